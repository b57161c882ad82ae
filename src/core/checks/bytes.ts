const named: Readonly<Record<string, string>> = { '\r': '\\r', '\n': '\\n', '\t': '\\t', '\\': '\\\\' };

/** One byte as people read it: itself when it is printable ASCII, else `\r`, `\n`, `\t`, `\\` or `\xff`. */
function escapeByte(byte: string): string {
  const name = named[byte];
  if (name !== undefined) return name;
  return byte >= ' ' && byte <= '~' ? byte : `\\x${byte.charCodeAt(0).toString(16).padStart(2, '0')}`;
}

/** Bytes (a `latin1` string) on one line. */
export function escapeBytes(bytes: string): string {
  return [...bytes].map(escapeByte).join('');
}

export interface Excerpt {
  readonly text: string;
  /** Where in `text` the byte `at` stands; undefined when none was asked for. */
  readonly column?: number;
}

/**
 * At most about `width` columns of escaped bytes: all of them when they fit, else the beginning, or the surroundings of byte `at`, with the
 * number of bytes that were left out.
 */
export function excerpt(bytes: string, at?: number, width = 100): Excerpt {
  let start = 0;
  let end = bytes.length;
  if (bytes.length > width) {
    const focus = at === undefined ? 0 : Math.max(0, Math.min(at, bytes.length) - Math.floor(width / 3));
    start = focus;
    end = Math.min(bytes.length, start + width);
    // The escapes of binary data make a window wider than it is long.
    while (end > start + 1 && escapeBytes(bytes.slice(start, end)).length > width) end -= Math.ceil((end - start) / 8);
    if (at !== undefined && at >= end) end = Math.min(bytes.length, at + 1);
  }
  const before = start > 0 ? `… ${count(start)} … ` : '';
  const after = end < bytes.length ? ` … ${count(bytes.length - end)} more` : '';
  const text = `${before}${escapeBytes(bytes.slice(start, end))}${after}`;
  return { text, ...(at !== undefined && { column: before.length + escapeBytes(bytes.slice(start, Math.max(start, at))).length }) };
}

function count(bytes: number): string {
  return bytes === 1 ? '1 byte' : `${bytes.toLocaleString('en-US')} bytes`;
}

/** Index of the first byte in which `received` differs from `expected`; undefined when they are equal. */
export function firstDifference(received: string, expected: string): number | undefined {
  const length = Math.min(received.length, expected.length);
  for (let index = 0; index < length; index++) if (received[index] !== expected[index]) return index;
  return received.length === expected.length ? undefined : length;
}
