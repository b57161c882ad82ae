/** A message of the PostgreSQL protocol, version 3: a type, a length and a body. The first one of a client has no type. */
export interface Message {
  /** One letter; '' for a client's first messages. */
  readonly type: string;
  readonly body: Buffer;
  /** As it went over the wire. */
  readonly bytes: Buffer;
}

/** Cuts one direction of a connection into messages. */
export class Messages {
  #rest: Buffer = Buffer.alloc(0);
  #typed: boolean;

  /** @param side the server's messages have types from the beginning. */
  constructor(side: 'client' | 'server') {
    this.#typed = side === 'server';
  }

  /** @returns what is complete now. */
  push(bytes: Buffer): Message[] {
    this.#rest = this.#rest.length === 0 ? bytes : Buffer.concat([this.#rest, bytes]);
    const messages: Message[] = [];
    for (;;) {
      const head = this.#typed ? 1 : 0;
      if (this.#rest.length < head + 4) return messages;
      const end = head + this.#rest.readUInt32BE(head);
      if (this.#rest.length < end) return messages;
      const message: Message = { type: this.#typed ? String.fromCharCode(this.#rest[0]!) : '', body: this.#rest.subarray(head + 4, end), bytes: this.#rest.subarray(0, end) };
      this.#rest = this.#rest.subarray(end);
      // A request for encryption comes before the start-up message, and looks like it.
      if (!this.#typed && !asksForEncryption(message)) this.#typed = true;
      messages.push(message);
    }
  }
}

/** SSLRequest and GSSENCRequest. */
export function asksForEncryption({ type, body }: Message): boolean {
  return type === '' && body.length === 4 && (body.readUInt32BE(0) === 80_877_103 || body.readUInt32BE(0) === 80_877_104);
}

/** A message with this type and body. */
export function message(type: string, body: Buffer): Buffer {
  const bytes = Buffer.alloc(5 + body.length);
  bytes.write(type, 0, 'latin1');
  bytes.writeUInt32BE(4 + body.length, 1);
  body.copy(bytes, 5);
  return bytes;
}

/** The first `count` zero-terminated texts of a body, and what is behind them. */
export function texts(body: Buffer, count: number): { readonly values: string[]; readonly rest: Buffer } {
  const values: string[] = [];
  let at = 0;
  for (let index = 0; index < count; index++) {
    const end = body.indexOf(0, at);
    values.push(body.toString('utf8', at, end));
    at = end + 1;
  }
  return { values, rest: body.subarray(at) };
}

/** The columns that a RowDescription names. */
export function columns(body: Buffer): string[] {
  const names: string[] = [];
  for (let at = 2, left = body.readUInt16BE(0); left > 0; left--) {
    const end = body.indexOf(0, at);
    names.push(body.toString('utf8', at, end));
    at = end + 1 + 18;
  }
  return names;
}
