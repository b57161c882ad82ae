// PROTOCOL.md describes all of it in one page.

/** A command's name, then its arguments. Bytes, not strings: keys and values may hold anything. */
export type Command = Buffer[];

/** What the server answers. */
export type Reply =
  | { kind: 'simple'; text: string }
  | { kind: 'error'; message: string }
  | { kind: 'integer'; value: number | bigint }
  | { kind: 'bulk'; bytes: Buffer | null }
  //@ stage 1-8
  | { kind: 'array'; items: Reply[] | null };
  //@ end
  //@ stage 9
  | { kind: 'array'; items: Reply[] | null }
  /** One behind the other, as if each answered a command of its own. */
  | { kind: 'several'; replies: Reply[] };
  //@ end

//@ stage 4
export const ok: Reply = { kind: 'simple', text: 'OK' };
export const simple = (text: string): Reply => ({ kind: 'simple', text });
export const failure = (message: string): Reply => ({ kind: 'error', message });
export const integer = (value: number | bigint): Reply => ({ kind: 'integer', value });
export const bulk = (bytes: Buffer | string | undefined): Reply =>
  ({ kind: 'bulk', bytes: typeof bytes === 'string' ? Buffer.from(bytes) : bytes ?? null });
export const array = (items: Reply[]): Reply => ({ kind: 'array', items });
//@ stage 9
export const several = (replies: Reply[]): Reply => ({ kind: 'several', replies });
//@ end
//@ stage 10
export const noReply = several([]);
//@ end

const integerText = /^(?:0|-?[1-9]\d{0,18})$/;

export const fitsInt64 = (value: bigint): boolean => value === BigInt.asIntN(64, value);

/** A signed number of 64 bits in its one right spelling, without a plus, a blank or a zero in front; else undefined. */
export function parseInteger(bytes: Buffer): bigint | undefined {
  const text = bytes.toString('latin1');
  if (!integerText.test(text)) return undefined;
  const value = BigInt(text);
  return fitsInt64(value) ? value : undefined;
}

//@ end
//@ stage 1-2
/** Takes the first command off `input`: `used` says how many bytes it was. Undefined while it has not arrived in full. */
export function parseCommand(input: Buffer): { command: Command; used: number } | undefined {
  const count = lengthLine(input, 0, '*');
  if (count === undefined) return undefined;
  const command: Command = [];
  let used = count.end;
  for (let index = 0; index < count.value; index += 1) {
    const length = lengthLine(input, used, '$');
    if (length === undefined || input.length < length.end + length.value + 2) return undefined;
    command.push(input.subarray(length.end, length.end + length.value));
    used = length.end + length.value + 2;
  }
  return { command, used };
}

/** The line `<mark><digits>\r\n` at `start`. @throws when there is anything else. */
function lengthLine(input: Buffer, start: number, mark: '*' | '$'): { value: number; end: number } | undefined {
  const lineEnd = input.indexOf('\r\n', start);
  if (lineEnd < 0) return undefined;
  const line = input.toString('latin1', start, lineEnd);
  if (line[0] !== mark) throw new Error(`expected '${mark}', got '${line[0]}'`);
  if (!/^.\d{1,9}$/.test(line)) throw new Error(`invalid ${mark === '*' ? 'multibulk' : 'bulk'} length`);
  return { value: Number(line.slice(1)), end: lineEnd + 2 };
}
//@ end
//@ stage 3
/** What arrived breaks the protocol: nothing behind it makes sense. */
export class ProtocolError extends Error {}

const noBytes: Buffer = Buffer.alloc(0);
const mostItems = 2 ** 31 - 1;
const longestBulk = 512 * 1024 * 1024;
//@ stage 3-12
const [carriageReturn, minus, zero] = [0x0d, 0x2d, 0x30];
//@ end
//@ stage 13
const [lineFeed, carriageReturn, minus, zero] = [0x0a, 0x0d, 0x2d, 0x30];
//@ end

/**
 * Takes bytes in pieces of any size and gives whole commands. It goes on where it stopped, however little arrived,
 * and its memory grows with what has arrived, never with what a length promises.
 */
export class CommandReader {
  private buffer = noBytes;
  /** What is still to be read lies between these two. */
  private start = 0;
  private end = 0;
  /** The command that is arriving, how many of its items are missing, and how long the next one is, if that is known. */
  private command: Command = [];
  private missing = 0;
  private length: number | undefined;
  //@ stage 8
  private received = 0;

  /** How many bytes were read so far; after {@link next} gave a command, where it ended. */
  get position(): number {
    return this.received - (this.end - this.start);
  }
  //@ end

  push(piece: Buffer): void {
    //@ stage 8
    this.received += piece.length;
    //@ end
    const rest = this.end - this.start;
    if (rest === 0) {
      // The usual case: whole commands arrived, nothing is left of them, and nothing needs copying.
      [this.buffer, this.start, this.end] = [piece, 0, piece.length];
      return;
    }
    if (this.end + piece.length > this.buffer.length) {
      // Twice the room that is needed: so each byte of a long value is copied once or twice, not once per piece.
      const roomy = Buffer.allocUnsafe(2 * (rest + piece.length));
      this.buffer.copy(roomy, 0, this.start, this.end);
      [this.buffer, this.start, this.end] = [roomy, 0, rest];
    }
    piece.copy(this.buffer, this.end);
    this.end += piece.length;
  }

  /** The next command, undefined while it has not arrived in full. @throws ProtocolError */
  next(): Command | undefined {
    while (this.missing === 0) {
      const count = this.number('*', 'multibulk');
      if (count === undefined) return undefined;
      if (count > mostItems) throw new ProtocolError('invalid multibulk length');
      // Nothing is asked by `*0` and `*-1`, so nothing is answered.
      if (count > 0) this.missing = count;
    }
    while (this.missing > 0) {
      this.length ??= this.number('$', 'bulk');
      if (this.length === undefined) return undefined;
      if (this.length < 0 || this.length > longestBulk) throw new ProtocolError('invalid bulk length');
      if (this.end - this.start < this.length + 2) return undefined;
      this.command.push(this.buffer.subarray(this.start, this.start + this.length));
      this.start += this.length + 2;
      this.length = undefined;
      this.missing -= 1;
    }
    const whole = this.command;
    this.command = [];
    return whole;
  }

  //@ stage 10
  /** For what is no command: the next line without its end, undefined while it has not arrived in full. */
  line(): string | undefined {
    const lineEnd = this.buffer.subarray(0, this.end).indexOf('\r\n', this.start);
    if (lineEnd < 0) return undefined;
    const line = this.buffer.toString('latin1', this.start, lineEnd);
    this.start = lineEnd + 2;
    return line;
  }

  /** For what is no command: leaves out `count` bytes, or says false while they have not arrived. */
  skip(count: number): boolean {
    if (this.end - this.start < count) return false;
    this.start += count;
    return true;
  }

  //@ end
  /** Takes off the line `<mark><number>\r\n`; undefined, and nothing is taken, while it has not arrived in full. */
  private number(mark: '*' | '$', what: 'multibulk' | 'bulk'): number | undefined {
    const { buffer, start, end } = this;
    if (start === end) return undefined;
    if (buffer[start] !== mark.charCodeAt(0)) {
      throw new ProtocolError(`expected '${mark}', got '${String.fromCharCode(buffer[start] ?? 0)}'`);
    }
    const negative = buffer[start + 1] === minus;
    const first = start + (negative ? 2 : 1);
    let value = 0;
    let at = first;
    for (; at < end && buffer[at] !== carriageReturn; at += 1) {
      const digit = (buffer[at] ?? 0) - zero;
      // No length that makes sense has more than ten digits, and endless ones must not fill the memory.
      if (digit < 0 || digit > 9 || at - first >= 10) throw new ProtocolError(`invalid ${what} length`);
      value = value * 10 + digit;
    }
    if (at + 1 >= end) return undefined;
    if (at === first) throw new ProtocolError(`invalid ${what} length`);
    this.start = at + 2;
    return negative ? -value : value;
  }
}
//@ end

//@ stage 1-12
export function encode(reply: Reply): Buffer {
  return Buffer.concat(piecesOf(reply));
}

function piecesOf(reply: Reply): Buffer[] {
  switch (reply.kind) {
    case 'simple': return [Buffer.from(`+${reply.text}\r\n`, 'latin1')];
    case 'error': return [Buffer.from(`-${reply.message}\r\n`, 'latin1')];
    case 'integer': return [Buffer.from(`:${reply.value}\r\n`)];
    case 'bulk': return reply.bytes === null
      ? [Buffer.from('$-1\r\n')]
      : [Buffer.from(`$${reply.bytes.length}\r\n`), reply.bytes, Buffer.from('\r\n')];
    case 'array': return reply.items === null
      ? [Buffer.from('*-1\r\n')]
      : [Buffer.from(`*${reply.items.length}\r\n`), ...reply.items.flatMap(piecesOf)];
    //@ stage 9
    case 'several': return reply.replies.flatMap(piecesOf);
    //@ end
  }
}
//@ end
//@ stage 13
/** Replies one behind the other in one piece of memory that grows as needed, so that one write sends them all. */
export class Output {
  private buffer = noBytes;
  private used = 0;

  get length(): number {
    return this.used;
  }

  reply(reply: Reply): void {
    switch (reply.kind) {
      case 'simple': return this.line(`+${reply.text}`);
      case 'error': return this.line(`-${reply.message}`);
      case 'integer': return this.line(`:${reply.value}`);
      case 'bulk':
        if (reply.bytes === null) return this.line('$-1');
        this.line(`$${reply.bytes.length}`);
        this.bytes(reply.bytes);
        return this.line('');
      case 'array':
        if (reply.items === null) return this.line('*-1');
        this.line(`*${reply.items.length}`);
        for (const item of reply.items) this.reply(item);
        return;
      case 'several':
        for (const each of reply.replies) this.reply(each);
    }
  }

  bytes(bytes: Buffer): void {
    this.reserve(bytes.length);
    this.buffer.set(bytes, this.used);
    this.used += bytes.length;
  }

  /** All that was put in; what comes next goes into other memory, because this is on its way to the socket. */
  take(): Buffer {
    const taken = this.buffer.subarray(0, this.used);
    this.buffer = noBytes;
    this.used = 0;
    return taken;
  }

  /** Byte by byte: for short lines that is faster than a call of Buffer.write. */
  private line(text: string): void {
    this.reserve(text.length + 2);
    const { buffer } = this;
    let at = this.used;
    for (let index = 0; index < text.length; index += 1) buffer[at++] = text.charCodeAt(index);
    buffer[at++] = carriageReturn;
    buffer[at++] = lineFeed;
    this.used = at;
  }

  private reserve(count: number): void {
    if (this.used + count <= this.buffer.length) return;
    const roomy = Buffer.allocUnsafe(Math.max(512, 2 * (this.used + count)));
    this.buffer.copy(roomy, 0, 0, this.used);
    this.buffer = roomy;
  }
}

export function encode(reply: Reply): Buffer {
  const output = new Output();
  output.reply(reply);
  return output.take();
}
//@ end
//@ stage 8

/** A command of our own, for the log and for other servers. */
export function command(...words: (string | Buffer)[]): Command {
  return words.map((word) => (typeof word === 'string' ? Buffer.from(word, 'latin1') : word));
}

export function encodeCommand(words: Command): Buffer {
  return encode(array(words.map(bulk)));
}
//@ end
