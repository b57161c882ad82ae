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
  throw new Error(`TODO (stage 1): parse ${input.length} bytes`);
}

export function encode(reply: Reply): Buffer {
  throw new Error(`TODO (stage 1): encode a reply of kind ${reply.kind}`);
}
