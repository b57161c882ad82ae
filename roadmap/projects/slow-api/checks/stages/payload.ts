import type { CheckedStage } from '../../../../../src/runner/api.js';
import { usual } from '../database/databases.js';
import { same } from '../json.js';
import { Shop } from '../shop.js';

const gzip = { 'Accept-Encoding': 'gzip' };
const list = '/orders?limit=50';

export const payload: CheckedStage = {
  id: 'payload',
  checks: [
    {
      id: 'compact',
      title: 'sends JSON without decoration',
      async run(t) {
        const shop = await Shop.open(t);
        for (const path of [list, '/top', '/healthz', '/nothing']) {
          const { bytes, json } = await shop.http.send({ path });
          const least = Buffer.byteLength(JSON.stringify(json) ?? '');
          t.expect(json !== undefined && bytes.length <= least * 1.02, () => ({ summary: `GET ${path} is answered with ${bytes.length} bytes, of which ${bytes.length - least} are decoration.`, called: `GET ${path}`, expected: `${least} bytes`, actual: bytes.toString('utf8').slice(0, 80), remedy: 'Leave out indentation and line ends: programs read it.' }));
        }
        t.step('✔ no white space between tokens');
      },
    },
    {
      id: 'gzip',
      title: 'compresses for whoever accepts it',
      async run(t) {
        const shop = await Shop.open(t);
        const plain = await shop.get(list);
        t.expect(plain.headers['content-encoding'] === undefined, () => ({ summary: 'The answer is compressed for a client that did not ask for it.', called: `GET ${list}`, expected: 'no Content-Encoding', actual: String(plain.headers['content-encoding']), remedy: 'Compress only when Accept-Encoding names what you compress with.' }));
        const refused = await shop.get(list, { 'Accept-Encoding': 'gzip;q=0, identity' });
        t.expect(refused.headers['content-encoding'] === undefined, () => ({ summary: 'The answer is compressed for a client that refuses it.', called: `GET ${list}  Accept-Encoding: gzip;q=0, identity`, expected: 'no Content-Encoding', actual: String(refused.headers['content-encoding']), remedy: 'q=0 means “not this one”.' }));
        const packed = await shop.get(list, gzip);
        const pretty = Buffer.byteLength(JSON.stringify(plain.json, null, 2));
        t.expect(packed.headers['content-encoding'] === 'gzip' && packed.bytes.length * 5 <= pretty, () => ({ summary: `With gzip accepted, a page of 50 orders takes ${packed.bytes.length.toLocaleString('en-US')} bytes.`, called: `GET ${list}  Accept-Encoding: gzip`, expected: `Content-Encoding: gzip, and at most a fifth of the ${pretty.toLocaleString('en-US')} bytes that it had`, actual: `Content-Encoding: ${String(packed.headers['content-encoding'] ?? 'none')}, ${packed.bytes.length.toLocaleString('en-US')} bytes`, remedy: 'Compress the body with gzip when Accept-Encoding allows it, and say so in Content-Encoding.' }));
        same(t, `GET ${list} with gzip`, packed.json, plain.json, 'Compressed or not, it is the same content.');
        for (const answer of [plain, packed]) t.expect(/\baccept-encoding\b|\*/iu.test(String(answer.headers.vary ?? '')), () => ({ summary: 'The answer does not say that it depends on Accept-Encoding.', called: `GET ${list}`, expected: 'Vary: Accept-Encoding', actual: answer.headers.vary === undefined ? 'no Vary' : `Vary: ${String(answer.headers.vary)}`, remedy: 'Without it a cache in between hands a compressed answer to who can’t read it. It belongs to the uncompressed answer, too.' }));
        t.step(`✔ ${pretty.toLocaleString('en-US')} → ${packed.bytes.length.toLocaleString('en-US')} bytes`);
      },
    },
    {
      id: 'small',
      title: 'does not compress what is small anyway',
      async run(t) {
        const shop = await Shop.open(t);
        for (const path of ['/healthz', '/nothing', '/top?limit=1']) {
          const { headers, text } = await shop.http.send({ path, headers: gzip });
          t.expect(headers['content-encoding'] === undefined, () => ({ summary: `The ${Buffer.byteLength(text)} bytes of GET ${path} are compressed, which makes them more.`, called: `GET ${path}  Accept-Encoding: gzip`, expected: 'no Content-Encoding below 512 bytes', actual: String(headers['content-encoding']), remedy: 'Compress bodies of 512 bytes and more.' }));
        }
        t.step('✔ small bodies as they are');
      },
    },
    {
      id: 'unchanged',
      title: 'answers 304 when nothing has changed, and only then',
      limitSec: 60,
      async run(t) {
        const shop = await Shop.open(t);
        const id = t.random.integer(1, usual.orders);
        for (const path of [`/orders/${id}`, '/orders?limit=10', '/top']) {
          for (const headers of [{}, gzip]) {
            const first = await shop.get(path, headers);
            const tag = first.headers.etag ?? '';
            t.expect(/^(?:W\/)?"[^"]*"$/u.test(tag), () => ({ summary: `The answer to GET ${path} has no ETag that can be used.`, called: `GET ${path}`, expected: 'ETag: "…", with the quotes', actual: tag === '' ? 'no ETag' : `ETag: ${tag}`, remedy: 'Make it from the content, such as from a hash of the body.' }));
            const again = await shop.http.send({ path, headers: { ...headers, 'If-None-Match': `"other", ${tag}` } });
            t.expect(again.status === 304 && again.bytes.length === 0, () => ({ summary: `GET ${path} is sent once more to a client that has it already.`, called: `GET ${path}  If-None-Match: "other", ${tag}`, expected: '304 without a body', actual: `${again.status} with ${again.bytes.length} bytes`, remedy: 'Make the ETag from the content, not from the time or at random; compare it with each entry of If-None-Match, and answer 304 when one is equal.' }));
            for (const other of ['*', `W/${String(tag).replace(/^W\//u, '')}`]) {
              const { status } = await shop.http.send({ path, headers: { ...headers, 'If-None-Match': other } });
              t.expect(status === 304, () => ({ summary: `If-None-Match: ${other} is not understood.`, called: `GET ${path}  If-None-Match: ${other}`, expected: '304', actual: String(status), remedy: '* matches whatever there is, and W/ does not count when If-None-Match is compared.' }));
            }
            t.expect(again.headers.etag !== undefined, () => ({ summary: 'The 304 has no ETag.', called: `GET ${path}`, expected: `ETag: ${tag}`, actual: 'no ETag', remedy: 'A 304 carries the ETag that a 200 would have.' }));
            const other = await shop.http.send({ path, headers: { ...headers, 'If-None-Match': '"other"' } });
            t.expect(other.status === 200, () => ({ summary: `GET ${path} is answered with ${other.status} to a client that has something else.`, called: `GET ${path}  If-None-Match: "other"`, expected: '200', actual: String(other.status), remedy: 'Compare the whole ETag.' }));
          }
        }
        const path = `/customers/${t.random.integer(1, usual.customers)}/orders`;
        const before = await shop.get(path);
        await shop.database.query("UPDATE customers SET city = 'Reykjavík' WHERE id = $1", [Number(path.split('/')[2])]);
        const after = await shop.http.send({ path, headers: { 'If-None-Match': before.headers.etag ?? '' } });
        t.expect(after.status === 200 && after.headers.etag !== before.headers.etag, () => ({ summary: 'A customer has moved, and the API says that nothing has changed.', called: `GET ${path}  If-None-Match: ${before.headers.etag}`, expected: '200 with another ETag', actual: `${after.status} with ETag ${after.headers.etag}`, remedy: 'The ETag has to differ whenever the content does: make it from all of it.' }));
        t.step('✔ 304 for the same content, 200 for another');
      },
    },
  ],
};
