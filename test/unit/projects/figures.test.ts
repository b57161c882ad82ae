import assert from 'node:assert/strict';
import { capture } from '../../../roadmap/projects/slow-api/checks/wire/capture.js';
import { message } from '../../../roadmap/projects/slow-api/checks/wire/messages.js';
import type { Recording } from '../../../roadmap/projects/slow-api/checks/wire/recording.js';
import { drawFlameGraph } from '../../../src/build/projects/slowApi/figures/flameGraph.js';
import { drawLadder } from '../../../src/build/projects/slowApi/figures/ladder.js';
import { drawStall } from '../../../src/build/projects/slowApi/figures/stall.js';
import { checkSvg, parseSvg, viewBox } from '../../../src/core/notes/svg.js';

type Chunk = Recording['chunks'][number];

function recording(clientPort: number, opened: number, chunks: readonly Chunk[]): Recording {
  return { clientPort, opened, chunks: [...chunks], closed: { at: chunks.at(-1)!.at + 1, by: 'client' } };
}

const said = (at: number, from: Chunk['from'], bytes: Buffer | string): Chunk => ({ at, from, bytes: Buffer.from(bytes) });
const rows = (count: number): Buffer => Buffer.concat([...Array.from({ length: count }, () => message('D', Buffer.from('row'))), message('C', Buffer.from(`SELECT ${count}\0`)), message('Z', Buffer.from('I'))]);

/** A list of `orders` orders: opened after 1 ms, the table from 2 to 12, then a statement each 4 ms, answered after 3. */
function slowList(orders: number): Buffer {
  const start = Buffer.alloc(8);
  start.writeUInt32BE(8, 0);
  start.writeUInt32BE(196_608, 4);
  const chunks = [said(1, 'client', start), said(1.5, 'server', message('Z', Buffer.from('I'))), said(2, 'client', message('Q', Buffer.from('SELECT * FROM orders\0'))), said(12, 'server', rows(77))];
  for (let one = 0; one < 2 * orders; one++) {
    const sql = one % 2 === 0 ? 'SELECT * FROM customers WHERE id = $1' : 'SELECT * FROM items WHERE order_id = $1';
    const at = 14 + 4 * one;
    chunks.push(said(at, 'client', Buffer.concat([message('P', Buffer.from(`\0${sql}\0\0\0`)), message('B', Buffer.from('\0\0\0\0\0\0\0\0')), message('E', Buffer.from('\0\0\0\0\0')), message('S', Buffer.alloc(0))])), said(at + 3, 'server', rows(one % 2 === 0 ? 1 : 3)));
  }
  const done = chunks.at(-1)!.at;
  return capture([
    { port: 8080, recordings: [recording(40_000, 0, [said(0, 'client', 'GET /orders?limit=9 HTTP/1.1\r\n\r\n'), said(done + 1, 'server', 'HTTP/1.1 200 OK\r\n\r\n')])] },
    { port: 5432, recordings: [recording(40_001, 0.5, chunks)] },
  ]);
}

function words(svg: string): string[] {
  const root = parseSvg(svg);
  assert.deepEqual(checkSvg(root), []);
  assert.ok(viewBox(root)!.width <= 760);
  return [...svg.matchAll(/<text[^>]*>([^<]*)/gu)].map(([, text]) => text!);
}

describe('The pictures of the slow API', () => {
  it('draw each statement of the slow request, and what the parts of it took', () => {
    const svg = drawLadder(slowList(6));
    const texts = words(svg);
    // Asked and answered: the list, and two for each order.
    assert.equal([...svg.matchAll(/x1="116" y1="[\d.]+" x2="222"/gu)].length, 2 * 13);
    for (const expected of ['all 77 orders:', '12 ms', '12 statements,', '47 ms', 'of 62 ms', 'SELECT * FROM customers …', 'SELECT * FROM items …', '3 rows', '1 row']) assert.ok(texts.includes(expected), `${expected} among ${texts.join(' | ')}`);
  });

  it('are refused where there is nothing of the kind to see', () => {
    assert.throws(() => drawLadder(slowList(1)), /too few statements/u);
    assert.throws(() => drawStall(calls(5)), /no call in the capture stands still/u);
    assert.throws(() => drawFlameGraph({ samples: [{ stack: ['(idle)'], weight: 1 }] }, 'sign'), /no samples/u);
  });

  /** Two calls, each of a head, a body `gap` ms later and an answer after 2 ms more. */
  function calls(gap: number): Buffer {
    const chunks = [0, 1].flatMap((one) => [said(100 * one, 'client', 'POST /quotes\r\n\r\n'), said(100 * one + gap, 'client', '{"a":1}'), said(100 * one + gap + 2, 'server', 'HTTP/1.1 200 OK\r\n\r\n')]);
    return capture([{ port: 8088, recordings: [recording(40_000, -1, chunks)] }]);
  }

  it('draw the stall of a call, and how much of all calls it is', () => {
    const texts = words(drawStall(calls(43)));
    for (const expected of ['head: 16 bytes', 'nothing for 43.0 ms', 'body: 7 bytes', '45.00 ms', 'All 2 calls of the connection, to scale: 86 of 145 ms are stalls']) assert.ok(texts.includes(expected), `${expected} among ${texts.join(' | ')}`);
  });

  it('draw frames as wide as their share, without idle time, and mark the hot ones', () => {
    const svg = drawFlameGraph({ samples: [
      { stack: ['main', 'report', 'sign_report', 'hash'], weight: 60 }, { stack: ['main', 'report'], weight: 20 }, { stack: ['main', 'other'], weight: 20 }, { stack: ['(idle)'], weight: 900 },
    ] }, 'signReport');
    const texts = words(svg);
    for (const expected of ['main  100 %', 'report  80 %', 'sign_report  60 %', 'hash  60 %', 'other  20 %']) assert.ok(texts.includes(expected), `${expected} among ${texts.join(' | ')}`);
    assert.deepEqual([...svg.matchAll(/class="fill-wrong wrong"[^>]* width="([\d.]+)" height/gu)].map(([, width]) => Number(width)), [432, 432]);
  });
});
