import { excerpt } from '../../../../src/core/checks/bytes.js';

/** A RESP2 value. Bytes are strings of which every character is one byte (`latin1`). */
export type Reply =
  | { readonly kind: 'simple'; readonly text: string }
  | { readonly kind: 'error'; readonly text: string }
  | { readonly kind: 'integer'; readonly value: bigint }
  | { readonly kind: 'bulk'; readonly bytes: string | null }
  | { readonly kind: 'array'; readonly items: readonly Reply[] | null };

export type Parsed =
  | { readonly type: 'reply'; readonly reply: Reply; readonly end: number }
  | { readonly type: 'incomplete' }
  | { readonly type: 'malformed'; readonly at: number; readonly reason: string };

/** An argument of a command; numbers travel as their digits. */
export type Argument = string | number | bigint;

/** A command as clients send it: an array of bulk strings. */
export function command(...parts: readonly Argument[]): string {
  return `*${parts.length}\r\n${parts.map((part) => { const bytes = String(part); return `$${bytes.length}\r\n${bytes}\r\n`; }).join('')}`;
}

export function encode(reply: Reply): string {
  switch (reply.kind) {
    case 'simple': return `+${reply.text}\r\n`;
    case 'error': return `-${reply.text}\r\n`;
    case 'integer': return `:${reply.value}\r\n`;
    case 'bulk': return reply.bytes === null ? '$-1\r\n' : `$${reply.bytes.length}\r\n${reply.bytes}\r\n`;
    case 'array': return reply.items === null ? '*-1\r\n' : `*${reply.items.length}\r\n${reply.items.map(encode).join('')}`;
  }
}

/** A value with its type, as a report names it: `bulk string "PONG"`. */
export function describe(reply: Reply): string {
  const quote = (bytes: string): string => `"${excerpt(bytes, undefined, 60).text}"`;
  switch (reply.kind) {
    case 'simple': return `simple string ${quote(reply.text)}`;
    case 'error': return `error ${quote(reply.text)}`;
    case 'integer': return `integer ${reply.value}`;
    case 'bulk': return reply.bytes === null ? 'null bulk string' : `bulk string ${quote(reply.bytes)}${reply.bytes.length > 60 ? ` (${reply.bytes.length} bytes)` : ''}`;
    case 'array':
      if (reply.items === null) return 'null array';
      return `array of ${reply.items.length}${reply.items.length === 0 ? '' : `: [${reply.items.slice(0, 6).map(describe).join(', ')}${reply.items.length > 6 ? ', …' : ''}]`}`;
  }
}

const marks = '+-:$*';
const longestLine = 64 * 1024;

/** Takes the reply that begins at `start` of `input`. */
export function parseReply(input: Buffer, start = 0): Parsed {
  if (start >= input.length) return { type: 'incomplete' };
  const mark = String.fromCharCode(input[start]!);
  if (!marks.includes(mark)) return { type: 'malformed', at: start, reason: 'a reply begins with +, -, :, $ or *' };
  const lineEnd = input.indexOf('\r', start);
  const lineFeed = input.indexOf('\n', start);
  if (lineFeed >= 0 && (lineEnd < 0 || lineFeed < lineEnd)) return { type: 'malformed', at: lineFeed, reason: 'a line ends with \\r\\n, not with \\n alone' };
  if (lineEnd < 0 || lineEnd + 1 >= input.length) {
    return input.length - start > longestLine ? { type: 'malformed', at: start + longestLine, reason: 'the line has no end' } : { type: 'incomplete' };
  }
  if (input[lineEnd + 1] !== 0x0a) return { type: 'malformed', at: lineEnd + 1, reason: '\\r is followed by \\n' };
  const line = input.toString('latin1', start + 1, lineEnd);
  const end = lineEnd + 2;
  if (mark === '+') return { type: 'reply', reply: { kind: 'simple', text: line }, end };
  if (mark === '-') return { type: 'reply', reply: { kind: 'error', text: line }, end };
  if (!/^[+-]?\d{1,20}$/u.test(line)) return { type: 'malformed', at: start + 1, reason: `a number follows ${mark}` };
  if (mark === ':') return { type: 'reply', reply: { kind: 'integer', value: BigInt(line) }, end };
  const length = Number(line);
  if (length < 0) {
    if (length !== -1) return { type: 'malformed', at: start + 1, reason: 'a length is not negative, but for -1' };
    return { type: 'reply', reply: mark === '$' ? { kind: 'bulk', bytes: null } : { kind: 'array', items: null }, end };
  }
  return mark === '$' ? parseBulk(input, end, length) : parseArray(input, end, length);
}

function parseBulk(input: Buffer, start: number, length: number): Parsed {
  const end = start + length;
  const ending = input.toString('latin1', end, end + 2);
  if (!'\r\n'.startsWith(ending)) return { type: 'malformed', at: ending.startsWith('\r') ? end + 1 : end, reason: `\\r\\n follows the ${length} bytes of a bulk string` };
  if (input.length < end + 2) return { type: 'incomplete' };
  return { type: 'reply', reply: { kind: 'bulk', bytes: input.toString('latin1', start, end) }, end: end + 2 };
}

function parseArray(input: Buffer, start: number, length: number): Parsed {
  const items: Reply[] = [];
  let at = start;
  for (let index = 0; index < length; index++) {
    const item = parseReply(input, at);
    if (item.type !== 'reply') return item;
    items.push(item.reply);
    at = item.end;
  }
  return { type: 'reply', reply: { kind: 'array', items }, end: at };
}
