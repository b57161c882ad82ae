import { readCapture } from '../../../../../roadmap/projects/slow-api/checks/wire/readCapture.js';
import { Drawing, end, middle } from './svg.js';

/** One call of the pricing service; times are milliseconds since the connection's first call. */
interface Call { readonly head: number; readonly headBytes: number; /** Absent when head and body came in one segment. */ readonly body?: number; readonly bodyBytes: number; readonly answer: number; readonly answerBytes: number }

/** Calls that were let wait for less are not what is shown. */
const stalledMs = 20;

function readCalls(file: Buffer): Call[] {
  const [connection] = readCapture(file);
  const calls: Call[] = [];
  const start = connection?.chunks[0]?.at ?? 0;
  let sent: { at: number; length: number }[] = [];
  for (const { at, from, bytes } of connection?.chunks ?? []) {
    if (from === 'client') { sent.push({ at: at - start, length: bytes.length }); continue; }
    const [head, body] = sent;
    if (head !== undefined) calls.push({ head: head.at, headBytes: head.length, ...(body !== undefined && { body: body.at }), bodyBytes: body?.length ?? 0, answer: at - start, answerBytes: bytes.length });
    sent = [];
  }
  return calls;
}

/** One call with its stall to scale, and below it all calls of the connection on one line. */
export function drawStall(file: Buffer): string {
  const calls = readCalls(file);
  const shown = calls.find(({ head, body }) => body !== undefined && body - head > stalledMs);
  if (shown?.body === undefined) throw new Error('no call in the capture stands still: this system does not delay its acknowledgments');
  const drawing = new Drawing(700, 470);
  const [api, pricing] = [130, 580];
  for (const [x, name] of [[api, 'API (Nagle on)'], [pricing, 'pricing service (delays its ACK)']] as const) {
    drawing.text(x, 20, name, 'fg', `font-weight="600" ${middle}`);
    drawing.line(x, 28, x, 356, 'dim', 'stroke-dasharray="3 3"');
  }
  const stall = shown.body - shown.head;
  const [top, bottom] = [56, 256];
  const rung = (y: number, time: number, from: number, to: number, look: string, words: string): void => {
    drawing.text(api - 16, y + 4, `${time.toFixed(2)} ms`, 'dim', end);
    drawing.arrow(from, to, y, look);
    drawing.text((api + pricing) / 2, y - 6, words, look, middle);
  };
  rung(top, 0, api, pricing, 'accent', `head: ${shown.headBytes} bytes`);
  drawing.rect(api, top, pricing - api, bottom - top, 'fill-wrong', 'fill-opacity="0.12"');
  drawing.text((api + pricing) / 2, (top + bottom) / 2 - 12, `nothing for ${stall.toFixed(1)} ms`, 'wrong', `font-size="15" font-weight="600" ${middle}`);
  drawing.text(api + 14, (top + bottom) / 2 + 14, 'has the body ready, and holds it', 'fg', 'font-size="11"');
  drawing.text(api + 14, (top + bottom) / 2 + 29, 'until the head is acknowledged', 'fg', 'font-size="11"');
  drawing.text(pricing - 14, (top + bottom) / 2 + 14, 'waits for data to send', 'fg', `font-size="11" ${end}`);
  drawing.text(pricing - 14, (top + bottom) / 2 + 29, 'the ACK along with', 'fg', `font-size="11" ${end}`);
  rung(bottom, stall - 0.05, pricing, api, 'wrong', 'ACK, alone: the timer has run out');
  rung(bottom + 38, stall, api, pricing, 'accent', `body: ${shown.bodyBytes} bytes`);
  rung(bottom + 76, shown.answer - shown.head, pricing, api, 'good', `200: ${shown.answerBytes} bytes`);
  drawCalls(drawing, calls);
  return drawing.toString();
}

function drawCalls(drawing: Drawing, calls: readonly Call[]): void {
  const [left, width, y] = [20, 660, 410];
  const last = calls.at(-1)!.answer;
  const x = (at: number): number => left + at / last * width;
  const waited = calls.reduce((sum, { head, body }) => sum + (body === undefined ? 0 : body - head), 0);
  drawing.text(left, y - 16, `All ${calls.length} calls of the connection, to scale: ${waited.toFixed(0)} of ${last.toFixed(0)} ms are stalls`, 'fg', 'font-weight="600"');
  drawing.line(left, y + 22, left + width, y + 22, 'dim');
  for (const { head, body, answer } of calls) {
    if (body !== undefined) drawing.rect(x(head), y, Math.max(0.5, x(body) - x(head)), 22, 'fill-wrong', 'fill-opacity="0.3"');
    drawing.line(x(head), y - 4, x(head), y + 22, 'accent');
    drawing.line(x(answer), y + 8, x(answer), y + 22, 'good');
  }
  for (const tick of [0, 0.25, 0.5, 0.75, 1]) drawing.text(x(last * tick), y + 40, `${(last * tick).toFixed(0)} ms`, 'dim', `font-size="11" ${tick === 0 ? '' : tick === 1 ? end : middle}`.trim());
}
