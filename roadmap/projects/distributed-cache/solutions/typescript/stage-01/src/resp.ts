// PROTOCOL.md describes all of it in one page.

/** A command's name, then its arguments. Bytes, not strings: keys and values may hold anything. */
export type Command = Buffer[];

/** What the server answers. */
export type Reply =
  | { kind: 'simple'; text: string }
  | { kind: 'error'; message: string }
  | { kind: 'integer'; value: bigint }
  | { kind: 'bulk'; bytes: Buffer | null }
  | { kind: 'array'; items: Reply[] | null };

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

export function encode(reply: Reply): Buffer {
  switch (reply.kind) {
    case 'simple': return Buffer.from(`+${reply.text}\r\n`);
    case 'error': return Buffer.from(`-${reply.message}\r\n`);
    case 'integer': return Buffer.from(`:${reply.value}\r\n`);
    case 'bulk': return reply.bytes === null
      ? Buffer.from('$-1\r\n')
      : Buffer.concat([Buffer.from(`$${reply.bytes.length}\r\n`), reply.bytes, Buffer.from('\r\n')]);
    case 'array': return reply.items === null
      ? Buffer.from('*-1\r\n')
      : Buffer.concat([Buffer.from(`*${reply.items.length}\r\n`), ...reply.items.map(encode)]);
  }
}

/** The line `<mark><digits>\r\n` at `start`. @throws when there is anything else. */
function lengthLine(input: Buffer, start: number, mark: '*' | '$'): { value: number; end: number } | undefined {
  if (start >= input.length) return undefined;
  const lineEnd = input.indexOf('\r\n', start);
  const line = input.toString('latin1', start, lineEnd < 0 ? input.length : lineEnd);
  if (line[0] !== mark) throw new Error(`Protocol error: expected '${mark}', got '${line[0]}'`);
  if (lineEnd < 0) {
    if (line.length > 32) throw new Error('Protocol error: too big length');
    return undefined;
  }
  if (!/^.\d{1,9}$/.test(line)) throw new Error(`Protocol error: invalid ${mark === '*' ? 'multibulk' : 'bulk'} length`);
  return { value: Number(line.slice(1)), end: lineEnd + 2 };
}
