/** The file format of the event log: JSON lines in pure ASCII, each behind its checksum; the first line says what the file is. */

export const format = 'backend-roadmap-progress';
/** Of files. A file of a newer schema is left alone. */
export const schema = 1;

export interface Header {
  readonly format: typeof format;
  readonly schema: number;
  /** How many records follow, where that was known when the file was made. */
  readonly count?: number;
}

/**
 * 32-bit FNV-1a. Each step is a bijection of the sum so far, so any change within one character is always found; other damage is missed
 * once in four thousand million times.
 */
export function checksum(text: string, from = 0, to = text.length): number {
  let sum = 0x811c9dc5;
  for (let i = from; i < to; i++) sum = Math.imul(sum ^ text.charCodeAt(i), 0x01000193);
  return sum >>> 0;
}

/** One line, its end included. */
export function encodeLine(value: unknown): string {
  const json = toAscii(JSON.stringify(value));
  return `${hex(checksum(json))} ${json}\n`;
}

export function encodeHeader(count?: number): string {
  return encodeLine(count === undefined ? { format, schema } : { format, schema, count });
}

/** The value of the line that stands at `from`…`to` (its end excluded); undefined when it is damaged. */
export function decodeLine(text: string, from: number, to: number): unknown {
  if (to - from < 10 || text.charCodeAt(from + 8) !== 32) return undefined;
  if (text.slice(from, from + 8) !== hex(checksum(text, from + 9, to))) return undefined;
  try {
    return JSON.parse(text.slice(from + 9, to)) as unknown;
  } catch {
    return undefined;
  }
}

/** What a piece of a log file holds. */
export interface Piece {
  readonly header: Header | undefined;
  /** It begins like a header of this extension, readable or not. */
  readonly isOurs: boolean;
  readonly records: unknown[];
  /** The readable record lines, verbatim. */
  readonly lines: string[];
  /** Lines that are damaged, an unreadable header among them. */
  bad: number;
  /** Where the last complete line ends. */
  readonly end: number;
  /** Something follows the last complete line. */
  readonly cut: boolean;
}

/** @param isStart the piece begins with the file's header. */
export function decodePiece(text: string, isStart: boolean): Piece {
  const records: unknown[] = [];
  const lines: string[] = [];
  let header: Header | undefined;
  let bad = 0;
  let from = 0;
  for (let to = text.indexOf('\n'); to >= 0; to = text.indexOf('\n', from)) {
    const value = decodeLine(text, from, to);
    if (isStart && from === 0 && (value === undefined || isHeader(value))) {
      if (value === undefined) bad++;
      else header = value as Header;
    } else if (value === undefined) {
      bad++;
    } else {
      records.push(value);
      lines.push(text.slice(from, to + 1));
    }
    from = to + 1;
  }
  if (isStart && header === undefined && bad === 0 && records.length > 0) bad++;
  return { header, isOurs: isStart && /^[0-9a-f]{0,8}$/.test(text.slice(0, 8)) && headerStart.startsWith(text.slice(9, 9 + headerStart.length)), records, lines, bad, end: from, cut: from < text.length };
}

/** What is wrong with a file, given all of it. */
export function faultOf({ header, isOurs, records, bad, cut, end }: Piece): 'damaged' | 'cutOff' | 'empty' | 'foreign' | undefined {
  if (header === undefined && records.length === 0) {
    if (end === 0 && !cut) return 'empty';
    return isOurs ? 'cutOff' : 'foreign';
  }
  if (bad > 0 || header === undefined) return 'damaged';
  if (cut) return 'cutOff';
  return header.count !== undefined && header.count > records.length ? 'damaged' : undefined;
}

const headerStart = JSON.stringify({ format }).slice(0, -1);

function isHeader(value: unknown): boolean {
  const header = value as Partial<Header> | null;
  return typeof header === 'object' && header?.format === format && typeof header.schema === 'number';
}

function hex(sum: number): string {
  return sum.toString(16).padStart(8, '0');
}

function toAscii(json: string): string {
  return json.replace(/[^\x20-\x7e]/g, (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`);
}
