import { credentials, Metadata, status, type CallOptions, type Client, type ClientReadableStream, type MethodDefinition, type ServiceClientConstructor, type ServiceError } from '@grpc/grpc-js';
import { isDeepStrictEqual } from 'node:util';
import type { CheckContext, Program, Report } from '../../../../src/runner/api.js';
import { codeName, remedyFor, shown } from './words.js';

/** How long a call without a deadline may take, in milliseconds. It is the checks' own patience: the program is not told. */
const patience = 10_000;

/** How a call ended. */
export interface Answer<Response> {
  readonly code: status;
  readonly details: string;
  /** Present with the code OK. */
  readonly message?: Response;
  /** Until it ended. */
  readonly milliseconds: number;
}

export interface CallSettings {
  /** Milliseconds that the program is told; none when absent. */
  readonly deadline?: number;
  readonly metadata?: Readonly<Record<string, string>>;
  /** Cancels the call. */
  readonly signal?: AbortSignal;
  /** What to do when the answer is wrong, when there is more to say than the code says. */
  readonly remedy?: string;
  /** Leaves no line in the transcript. */
  readonly quiet?: boolean;
}

/** A channel to one service of a program, with a connection of its own, that neither retries nor hides anything. */
export class Caller {
  readonly #client: Client;

  constructor(readonly t: CheckContext, address: Program | string, readonly service: ServiceClientConstructor) {
    this.#client = new service(typeof address === 'string' ? address : `127.0.0.1:${address.port}`, credentials.createInsecure(), {
      'grpc.use_local_subchannel_pool': 1, 'grpc.enable_retries': 0, 'grpc.service_config_disable_resolution': 1, 'grpc.max_receive_message_length': 64 * 1024 * 1024,
      'grpc.initial_reconnect_backoff_ms': 100, 'grpc.max_reconnect_backoff_ms': 200,
    });
    t.defer(() => { this.#client.close(); });
  }

  /** Calls, and takes whatever comes. */
  async call<Response>(method: string, message: object, { deadline, metadata, signal }: CallSettings = {}): Promise<Answer<Response>> {
    const { path, requestSerialize, responseDeserialize } = this.#method(method);
    const started = performance.now();
    return await new Promise((resolve) => {
      const call = this.#client.makeUnaryRequest(path, requestSerialize, responseDeserialize as (bytes: Buffer) => Response, message, metadataOf(metadata), optionsOf(deadline), (error: ServiceError | null, response) => {
        clearTimeout(timer);
        signal?.removeEventListener('abort', cancel);
        const milliseconds = performance.now() - started;
        resolve(error === null ? { code: status.OK, details: '', message: response!, milliseconds } : { code: error.code, details: ownWords(error.details), milliseconds });
      });
      const cancel = (): void => { call.cancel(); };
      const timer = setTimeout(cancel, patience);
      signal?.addEventListener('abort', cancel, { once: true });
    });
  }

  /** A call that succeeds, with exactly the `wanted` message when there is one. @returns its message. */
  async expectOk<Response extends object>(method: string, message: object, wanted?: Response, settings: CallSettings = {}): Promise<Response> {
    const answer = await this.call<Response>(method, message, settings);
    this.held(method, message, answer, status.OK, settings);
    const got = answer.message!;
    if (wanted !== undefined) {
      this.t.expect(isDeepStrictEqual(plain(got), plain(wanted)), () => ({
        summary: `The answer of ${method} is not the expected message.`, called: `${method} ${shown(message)}`, ...difference(wanted, got),
        remedy: settings.remedy ?? 'Fill every field from what is asked for, and leave those absent that the contract leaves absent.',
      }));
    }
    if (settings.quiet !== true) this.t.step(`✔ ${method} ${shown(message)} → ${shown(got)}`);
    return got;
  }

  /** A call that ends with this code. */
  async expectCode(method: string, message: object, wanted: status, settings: CallSettings = {}): Promise<Answer<object>> {
    const answer = await this.call<object>(method, message, settings);
    this.held(method, message, answer, wanted, settings);
    if (settings.quiet !== true) this.t.step(`✔ ${method} ${shown(message)} → ${codeName(wanted)}`);
    return answer;
  }

  /** Holds the code of an answer against the right one. */
  held(method: string, message: object, answer: Answer<object>, wanted: status, settings: CallSettings = {}): void {
    this.t.expect(answer.code === wanted, () => ({
      summary: `${method} ended with ${codeName(answer.code)}, not with ${codeName(wanted)}.`, called: calledWords(method, message, settings), expected: codeName(wanted),
      actual: answer.code === status.OK ? `OK with the message ${shown(answer.message)}` : codeName(answer.code) + (answer.details === '' ? ' without a text' : ` (“${answer.details.slice(0, 200)}”)`),
      remedy: settings.remedy ?? remedyFor(wanted, answer.code),
    }));
  }

  /** Opens a stream of answers. */
  stream<Response>(method: string, message: object, { deadline, metadata }: CallSettings = {}): Stream<Response> {
    const { path, requestSerialize, responseDeserialize } = this.#method(method);
    const stream = new Stream<Response>(this.t, `${method} ${shown(message)}`, this.#client.makeServerStreamRequest(path, requestSerialize, responseDeserialize as (bytes: Buffer) => Response, message, metadataOf(metadata), optionsOf(deadline)));
    this.t.defer(() => { stream.cancel(); });
    return stream;
  }

  /** The underlying client, for streams both ways. */
  get client(): Client { return this.#client; }

  #method(name: string): MethodDefinition<object, unknown> {
    return this.service.service[name] as MethodDefinition<object, unknown>;
  }
}

/** A stream of answers of which the check takes as many as it likes. Without a reader it stands still, as a slow client does. */
export class Stream<Message> {
  readonly #iterator: AsyncIterator<Message>;
  #ended: { readonly code: status; readonly details: string } | undefined;
  /** A question that was not answered in time goes on: the next one takes its answer. */
  #asked: Promise<IteratorResult<Message>> | undefined;

  constructor(readonly t: CheckContext, readonly called: string, readonly call: ClientReadableStream<Message>) {
    call.on('status', ({ code, details }) => { this.#ended = { code, details }; });
    call.on('error', () => { /* told by the status */ });
    this.#iterator = call[Symbol.asyncIterator]() as AsyncIterator<Message>;
  }

  /** The next message; "end" when the stream is over, undefined when nothing comes for so long. */
  async next(within = patience): Promise<Message | 'end' | undefined> {
    this.#asked ??= this.#iterator.next();
    let timer: NodeJS.Timeout | undefined;
    try {
      const got = await Promise.race([this.#asked, new Promise<undefined>((resolve) => { timer = setTimeout(() => { resolve(undefined); }, within); })]);
      if (got === undefined) return undefined;
      this.#asked = undefined;
      return got.done === true ? 'end' : got.value;
    } catch {
      this.#asked = undefined;
      return 'end';
    } finally {
      clearTimeout(timer);
    }
  }

  /** The next message. @throws Failure when none comes. */
  async expectMessage(what: string, remedy: string, within = patience): Promise<Message> {
    const message = await this.next(within);
    this.t.expect(message !== undefined && message !== 'end', () => ({
      summary: message === undefined ? `${what} did not come within ${within} ms.` : `The stream ended before ${what} came.`, called: this.called,
      ...(message === 'end' && { actual: this.endWords }), remedy,
    }));
    return message as Message;
  }

  /** All messages to the end, which has this code. */
  async expectAll(wanted: status = status.OK): Promise<Message[]> {
    const messages: Message[] = [];
    for (let message = await this.next(); message !== 'end'; message = await this.next()) {
      this.t.expect(message !== undefined, () => ({ summary: `After ${messages.length} messages neither another one nor the end of the stream came within ${patience} ms.`, called: this.called, remedy: 'Write every message, then end the stream: a reader waits for its status.' }));
      messages.push(message as Message);
    }
    const code = await this.code();
    this.t.expect(code === wanted, () => ({ summary: `The stream ended with ${codeName(code)}, not with ${codeName(wanted)}.`, called: this.called, expected: codeName(wanted), actual: this.endWords, remedy: remedyFor(wanted, code) }));
    return messages;
  }

  /** The code with which it ended; UNKNOWN when it did not tell. */
  async code(): Promise<status> {
    await this.t.until(1000, () => this.#ended);
    return this.#ended?.code ?? status.UNKNOWN;
  }

  get isOver(): boolean { return this.#ended !== undefined; }

  get endWords(): string {
    return this.#ended === undefined ? 'the end of the stream' : codeName(this.#ended.code) + (this.#ended.details === '' ? '' : ` (“${this.#ended.details.slice(0, 200)}”)`);
  }

  cancel(): void { this.call.cancel(); }
}

function calledWords(method: string, message: object, { deadline, metadata }: CallSettings): string {
  return `${method} ${shown(message)}${deadline === undefined ? '' : ` with a deadline of ${deadline} ms`}${metadata === undefined ? '' : ` with the metadata ${shown(metadata)}`}`;
}

/** What our own library says when time is over tells of its inside, and differs each time. */
function ownWords(details: string): string {
  return details.startsWith('Deadline exceeded after') ? 'no answer in this time' : details;
}

function metadataOf(values: Readonly<Record<string, string>> = {}): Metadata {
  const metadata = new Metadata();
  for (const [key, value] of Object.entries(values)) metadata.set(key, value);
  return metadata;
}

function optionsOf(deadline: number | undefined): CallOptions {
  return deadline === undefined ? {} : { deadline: Date.now() + deadline };
}

/** Without prototypes, as decoded messages have some. */
function plain(message: unknown): unknown {
  return JSON.parse(JSON.stringify(message)) as unknown;
}

/** The first field that differs, for a report. */
export function difference(wanted: object, got: object): Pick<Report, 'expected' | 'actual'> {
  const [ours, theirs] = [wanted as Record<string, unknown>, got as Record<string, unknown>];
  const field = [...Object.keys(ours), ...Object.keys(theirs)].find((key) => !isDeepStrictEqual(plain(ours[key] ?? null), plain(theirs[key] ?? null)));
  if (field === undefined) return { expected: shown(wanted), actual: shown(got) };
  const [left, right] = [ours[field], theirs[field]];
  if (typeof left === 'string' && typeof right === 'string' && left.length + right.length > 120) {
    let at = 0;
    while (left[at] === right[at]) at += 1;
    return { expected: `${field} of ${left.length} characters`, actual: `${field} of ${right.length} characters, which differs from character ${at + 1} on` };
  }
  return { expected: `${field}: ${shown(left)}`, actual: `${field}: ${shown(right)}` };
}
