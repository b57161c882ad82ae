import { connect, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { escapeBytes, excerpt, firstDifference } from '../../../../src/core/checks/bytes.js';
import { endedWords, Failure, type CheckContext, type Program, type Report } from '../../../../src/runner/api.js';
import type { Expected } from './expected.js';
import { command, describe, parseReply, type Argument, type Parsed, type Reply } from './resp.js';

/** Milliseconds that a reply may take where nothing else is said: far more than any server needs, so that a busy machine fails nobody. */
export const patience = 3000;

export interface ExpectOptions {
  /** Milliseconds until the reply must have come. */
  readonly within?: number;
  /** What to do when another reply comes; a general remedy when absent. */
  readonly remedy?: string;
  /** For the transcript; the command itself when absent. */
  readonly as?: string;
  /** It is no reply: a message that comes unasked. */
  readonly unasked?: boolean;
  /** Nothing for the transcript. */
  readonly quiet?: boolean;
}

/** What a program is among several, as a report names it. */
export const roles = new WeakMap<Program, string>();

/** A raw connection to the learner's server: every byte is known, for the report. */
export class Client {
  readonly #t: CheckContext;
  readonly #program: Program;
  readonly #socket: Socket;
  #input = Buffer.alloc(4096);
  #length = 0;
  #start = 0;
  /** What was sent last, and is not answered rightly, or was just now. */
  #sent = '';
  #answered = false;
  #over: 'closed' | 'reset' | undefined;
  #wake: (() => void) | undefined;

  private constructor(t: CheckContext, program: Program, socket: Socket) {
    this.#t = t;
    this.#program = program;
    this.#socket = socket;
    socket.on('data', (chunk: Buffer) => { this.#take(chunk); });
    socket.on('end', () => { this.#finish('closed'); }).on('close', () => { this.#finish('closed'); });
    socket.on('error', (error: NodeJS.ErrnoException) => { this.#finish(error.code === 'ECONNRESET' || error.code === 'EPIPE' ? 'reset' : 'closed'); });
    // Gracefully: a server that prints every reset connection would fill its log.
    t.defer(() => { this.#socket.end(); this.#socket.destroySoon(); });
  }

  /** @throws Failure when the server does not accept. */
  static async open(t: CheckContext, program: Program): Promise<Client> {
    const socket = connect({ port: program.port, host: '127.0.0.1', noDelay: true, allowHalfOpen: true });
    const error = await new Promise<NodeJS.ErrnoException | undefined>((resolve) => {
      const timer = setTimeout(() => { resolve(Object.assign(new Error('no answer'), { code: 'ETIMEDOUT' })); }, patience);
      socket.once('connect', () => { clearTimeout(timer); resolve(undefined); }).once('error', (failure) => { clearTimeout(timer); resolve(failure); });
    });
    if (error !== undefined) {
      socket.destroy();
      await settle(program);
      throw new Failure({
        summary: `A client could not connect to 127.0.0.1:${program.port} (${error.code ?? error.message}).`,
        remedy: program.end === undefined ? 'Go on accepting: after one client comes the next, and many at a time.' : `The server has ended ${endedWords(program.end)}: one client must not end it.`,
      });
    }
    return new Client(t, program, socket);
  }

  /** Opens a connection to a server that may still be reading its log: it is asked until it has stopped answering -LOADING. */
  static async openLoaded(t: CheckContext, program: Program, within = 15_000): Promise<Client> {
    const client = await Client.open(t, program);
    let last: Reply | undefined;
    const loaded = await t.until(within, async () => {
      client.send(command('PING'));
      last = await client.reply({ within, as: 'PING after the start' });
      return last.kind === 'error' && last.text.startsWith('LOADING') ? undefined : true;
    });
    t.expect(loaded === true, () => ({ summary: `The server is still loading its log after ${within / 1000} s.`, expected: '+PONG', actual: describe(last!), remedy: 'Read the log in large pieces and run its commands directly, with no work per command that grows with the file.' }));
    return client;
  }

  /** Bytes as they are (`latin1`), whole commands or pieces of them. */
  send(bytes: string): void {
    this.#sent = this.#answered ? bytes : this.#sent + bytes;
    this.#answered = false;
    this.#socket.write(bytes, 'latin1');
  }

  /** Sends a command and holds its reply against what is expected. @returns the reply. */
  async expect(parts: readonly Argument[], expected: Expected, options: ExpectOptions = {}): Promise<Reply> {
    this.send(command(...parts));
    return await this.expectReply(expected, { as: nameOf(parts), ...options });
  }

  /** Holds the next reply against what is expected. @returns the reply. */
  async expectReply(expected: Expected, options: ExpectOptions = {}): Promise<Reply> {
    const reply = await this.#next(expected, options);
    const raw = this.#taken(reply.end);
    this.#t.expect(expected.matches(reply.reply), () => {
      const wrongAt = expected.bytes === undefined ? undefined : firstDifference(raw, expected.bytes);
      return {
        summary: `${options.unasked === true ? 'What came for' : 'The reply to'} ${options.as ?? this.#what()} is not the expected one.`,
        exchange: { sent: this.#sent, received: raw, ...(expected.bytes !== undefined && { expected: expected.bytes }), ...(wrongAt !== undefined && { wrongAt }) },
        expected: expected.words, actual: describe(reply.reply), remedy: options.remedy ?? remedyFor(expected, reply.reply),
      };
    });
    if (options.quiet !== true) this.#t.step(`✔ ${options.as ?? this.#what()} → ${describe(reply.reply)}`);
    this.#consume(reply.end);
    return reply.reply;
  }

  /** Sends a command and takes whatever well-formed reply comes. */
  async call(...parts: readonly Argument[]): Promise<Reply> {
    this.send(command(...parts));
    return await this.reply({ as: nameOf(parts) });
  }

  /** The next well-formed reply, whatever it is. */
  async reply(options: ExpectOptions = {}): Promise<Reply> {
    const reply = await this.#next(undefined, options);
    this.#consume(reply.end);
    return reply.reply;
  }

  /** Sends commands all at once, and takes as many well-formed replies, in order. */
  async pipeline(commands: readonly (readonly Argument[])[], options: ExpectOptions = {}): Promise<Reply[]> {
    const replies: Reply[] = [];
    this.send(commands.map((parts) => command(...parts)).join(''));
    for (const [index, parts] of commands.entries()) replies.push(await this.reply({ as: `command ${index + 1} of ${commands.length} sent at once (${nameOf(parts)})`, ...options }));
    return replies;
  }

  /** {@link pipeline}, of which every reply is the expected one. */
  async expectAll(commands: readonly (readonly Argument[])[], expected: Expected, options: ExpectOptions = {}): Promise<void> {
    const replies = await this.pipeline(commands, options);
    const wrong = replies.findIndex((reply) => !expected.matches(reply));
    this.#t.expect(wrong < 0, () => ({
      summary: `Of ${commands.length} commands sent at once, the reply to number ${wrong + 1} (${nameOf(commands[wrong]!)}) is not the expected one.`,
      expected: expected.words, actual: describe(replies[wrong]!), remedy: options.remedy ?? remedyFor(expected, replies[wrong]!),
    }));
  }

  /** Nothing arrives for so long. */
  async silent(milliseconds: number, remedy: string): Promise<void> {
    await this.#t.sleep(milliseconds);
    const received = this.#taken(this.#length);
    this.#t.expect(received === '', () => ({
      summary: 'Something was answered where nothing should have been.', exchange: { sent: this.#sent, received, expected: '', wrongAt: 0 }, remedy,
    }));
  }

  /** The server closes the connection, with nothing more to read. */
  async expectClosed(remedy: string, within = patience): Promise<void> {
    for (const deadline = Date.now() + within; this.#over === undefined && Date.now() < deadline;) await this.#changed(deadline - Date.now());
    this.#t.expect(this.#over !== undefined, () => ({
      summary: `The server did not close the connection within ${within} ms.`, exchange: { sent: this.#sent, received: this.#taken(this.#length) }, remedy,
    }));
  }

  /** Whose connection it is, for a report: " of the replica"; empty when there is one server only. */
  get whose(): string { return roles.has(this.#program) ? ` of ${roles.get(this.#program)!}` : ''; }

  get isOver(): boolean { return this.#over !== undefined; }

  /** Bytes that have arrived and were not yet looked at. */
  get pending(): number { return this.#length - this.#start; }

  /** Stops reading, as a slow client does. */
  pause(): void { this.#socket.pause(); }
  resume(): void { this.#socket.resume(); }

  /** Leaves politely. */
  end(): void { this.#socket.end(); }

  /** Leaves with a reset (RST), as a client that crashes may. */
  reset(): void { this.#socket.resetAndDestroy(); }

  async #next(expected: Expected | undefined, options: ExpectOptions): Promise<Extract<Parsed, { type: 'reply' }>> {
    const { within = patience, as } = options;
    const deadline = Date.now() + within;
    for (;;) {
      const parsed = parseReply(this.#input.subarray(0, this.#length), this.#start);
      if (parsed.type === 'reply') return parsed;
      if (parsed.type === 'malformed') throw this.#malformed(parsed, expected, as);
      const left = deadline - Date.now();
      if (this.#over !== undefined || left <= 0) throw await this.#nothing(within, expected, options);
      await this.#changed(left);
    }
  }

  #malformed({ at, reason }: Extract<Parsed, { type: 'malformed' }>, expected: Expected | undefined, as: string | undefined): Failure {
    this.#t.counted();
    const received = this.#taken(this.#length);
    const wrongAt = (expected?.bytes === undefined ? undefined : firstDifference(received, expected.bytes)) ?? at - this.#start;
    return new Failure({
      summary: `The reply to ${as ?? this.#what()} is not RESP: ${reason}.`,
      exchange: { sent: this.#sent, received, ...(expected?.bytes !== undefined && { expected: expected.bytes }), wrongAt },
      ...(expected !== undefined && { expected: expected.words }),
      remedy: 'Compare the reply with PROTOCOL.md: a mark, the value or its length in bytes, and \\r\\n.',
    });
  }

  async #nothing(within: number, expected: Expected | undefined, { as, remedy: own, unasked = false }: ExpectOptions): Promise<Failure> {
    this.#t.counted();
    // The report tells when the program has ended.
    if (this.#over !== undefined) await settle(this.#program);
    const received = this.#taken(this.#length);
    const partly = received !== '';
    const what = as ?? this.#what();
    const also = own === undefined ? '' : `${own} `;
    const report = (summary: string, remedy: string): Failure => new Failure({
      summary, exchange: { sent: this.#sent, received, ...(expected?.bytes !== undefined && { expected: expected.bytes }), ...(partly && { wrongAt: received.length }) },
      ...(expected !== undefined && { expected: expected.words }), remedy,
    });
    if (this.#over === 'reset') return report(`The connection was reset before ${what} ${unasked ? 'came' : 'was answered'}.`, own ?? 'The server ended, or closed its socket with data unread: look for an exception while it handled this command.');
    if (this.#over === 'closed') return report(`The connection was closed before ${what} ${unasked ? 'came' : 'was answered'}${partly ? ' in full' : ''}.`, own ?? 'Keep the connection open: a client may send many commands on one, and an exception while a command is handled must not close it either.');
    if (partly) return report(`The reply to ${what} is incomplete after ${within} ms.`, also + 'The last bytes are missing: check the length of a bulk string (in bytes), the count of an array, and the final \\r\\n; and that the output is flushed.');
    if (unasked) return report(`${what} did not come within ${within} ms.`, also + 'Check that it is written to the connection of this client, and that the output is flushed.');
    return report(`${what} was not answered within ${within} ms.`, also + 'When nothing is answered at all: check that the parser notices that the command is whole, that a reply is written for it, and that the output is flushed.');
  }

  /** The first words of what was sent, for a summary. */
  #what(): string {
    const words = /^\*\d+\r\n((?:\$\d+\r\n[^\r\n]*\r\n){1,4})/u.exec(this.#sent)?.[1]?.replace(/\$\d+\r\n([^\r\n]*)\r\n/gu, '$1 ').trim();
    return words ?? (this.#sent === '' ? 'what was sent' : excerpt(this.#sent, undefined, 40).text);
  }

  #take(chunk: Buffer): void {
    if (this.#length + chunk.length > this.#input.length) {
      const kept = this.#length - this.#start;
      const larger = kept + chunk.length > this.#input.length / 2 ? Buffer.alloc((kept + chunk.length) * 2) : this.#input;
      this.#input.copy(larger, 0, this.#start, this.#length);
      this.#input = larger;
      this.#length = kept;
      this.#start = 0;
    }
    chunk.copy(this.#input, this.#length);
    this.#length += chunk.length;
    this.#wake?.();
  }

  #finish(how: 'closed' | 'reset'): void {
    this.#over ??= how;
    this.#wake?.();
  }

  async #changed(milliseconds: number): Promise<void> {
    this.#t.signal.throwIfAborted();
    await new Promise<void>((resolve) => {
      const timer = setTimeout(done, milliseconds);
      const { signal } = this.#t;
      signal.addEventListener('abort', done, { once: true });
      this.#wake = done;
      function done(): void { clearTimeout(timer); signal.removeEventListener('abort', done); resolve(); }
    });
    this.#wake = undefined;
    this.#t.signal.throwIfAborted();
  }

  #taken(end: number): string {
    return this.#input.toString('latin1', this.#start, end);
  }

  /** A reply was right: what was sent for it needs no report any more as soon as something else is sent. */
  #consume(end: number): void {
    this.#start = end;
    if (this.#start === this.#length) this.#answered = true;
  }
}

function nameOf(parts: readonly Argument[]): string {
  const text = parts.map((part) => escapeBytes(String(part).slice(0, 40))).join(' ');
  return text.length > 60 ? `${text.slice(0, 60)}…` : text;
}

/** Leaves a moment to a program that is ending. */
async function settle(program: Program): Promise<void> {
  await Promise.race([program.ended, sleep(300, undefined, { ref: false })]);
}

/** What to do when a well-formed reply is another than the expected one, by how they differ. */
export function remedyFor(expected: Expected, got: Reply): Report['remedy'] {
  if (got.kind === 'error' && /unknown command/iu.test(got.text)) return 'The server does not know this command yet: add it to the command table. Names are compared without regard to case.';
  if (got.kind === 'error' && !expected.words.startsWith('error')) return 'The server answered an error where the command is right. Its text says which of your checks refused it.';
  if (expected.words.startsWith('error') && got.kind !== 'error') return 'This command must be refused. An error begins with - and is one line: -ERR …\\r\\n.';
  const [wanted, actual] = [withArticle(expected.words), withArticle(describe(got))];
  if (wanted !== actual) return `The kind of value differs: wanted is ${wanted}, answered was ${actual}. PROTOCOL.md lists the first byte of each kind.`;
  return 'The kind is right and the value is not: compare the two lines above.';
}

function withArticle(words: string): string {
  const kind = /^(?:null )?(?:simple string|bulk string|integer|error|array)/u.exec(words)?.[0] ?? words;
  return `${/^[aeio]/u.test(kind) ? 'an' : 'a'} ${kind}`;
}
