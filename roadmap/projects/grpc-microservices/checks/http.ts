import { Agent, request as send, type IncomingHttpHeaders } from 'node:http';
import type { CheckContext, Program, Report } from '../../../../src/runner/api.js';

export interface HttpAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
  /** The body as JSON; undefined when it is none. */
  readonly json: unknown;
  readonly milliseconds: number;
}

export interface HttpRequest {
  readonly method?: string;
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Sent as it is when it is a text, else as JSON. */
  readonly body?: unknown;
  /** Without a Content-Length. */
  readonly chunked?: boolean;
}

const patience = 10_000;

/** A client of the gateway that keeps its connections. */
export class HttpClient {
  readonly #agent = new Agent({ keepAlive: true, maxSockets: 64 });

  constructor(readonly t: CheckContext, readonly program: Program) {
    t.defer(() => { this.#agent.destroy(); });
  }

  /** Sends a request. @throws Failure when no answer comes. */
  async send({ method = 'GET', path, headers = {}, body, chunked = false }: HttpRequest): Promise<HttpAnswer> {
    const started = performance.now();
    const text = body === undefined ? undefined : typeof body === 'string' ? body : JSON.stringify(body);
    const answer = await new Promise<HttpAnswer | Error>((resolve) => {
      const request = send({
        host: '127.0.0.1', port: this.program.port, method, path, agent: this.#agent,
        headers: { ...(text !== undefined && { 'Content-Type': 'application/json' }), ...(text !== undefined && !chunked && { 'Content-Length': String(Buffer.byteLength(text)) }), ...headers },
      }, (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => { chunks.push(chunk); }).on('error', resolve).on('end', () => {
          const all = Buffer.concat(chunks).toString('utf8');
          resolve({ status: response.statusCode ?? 0, headers: response.headers, text: all, json: parsed(all), milliseconds: performance.now() - started });
        });
      });
      // An answer that comes before all of the body was sent counts: the connection may be closed behind it.
      request.on('error', resolve).setTimeout(patience, () => { request.destroy(new Error(`no answer within ${patience} ms`)); });
      if (text !== undefined) request.write(text);
      request.end();
    });
    this.t.expect(!(answer instanceof Error), () => ({ summary: `The gateway did not answer (${(answer as Error).message}).`, called: `${method} ${path}`, remedy: 'Answer every request, those that fail with an error body: look for an exception in its last lines.' }));
    return answer as HttpAnswer;
  }

  /** @returns what a GET on a connection of its own is answered with, 0 when that takes a while, undefined when nobody takes it. */
  async statusOnNewConnection(path: string): Promise<number | undefined> {
    return await new Promise((resolve) => {
      const request = send({ host: '127.0.0.1', port: this.program.port, path, agent: false }, (response) => { resolve(response.statusCode); response.resume(); });
      request.on('error', () => { resolve(undefined); }).setTimeout(300, () => { resolve(0); request.destroy(); });
      request.end();
    });
  }

  /** Sends a request and holds the status of its answer. */
  async expect(request: HttpRequest, wanted: number, remedy: string, quiet = false): Promise<HttpAnswer> {
    const answer = await this.send(request);
    const called = `${request.method ?? 'GET'} ${request.path}`;
    this.t.expect(answer.status === wanted, () => ({ summary: `${called} was answered with ${answer.status}, not with ${wanted}.`, called: calledWords(request), expected: `${wanted}`, actual: `${answer.status} ${answer.text.slice(0, 300)}`, remedy }));
    if (wanted >= 400) {
      const error = (answer.json as { error?: { code?: unknown; message?: unknown } } | undefined)?.error;
      this.t.expect(typeof error?.code === 'string' && typeof error.message === 'string' && error.message !== '' && /^application\/json/u.test(answer.headers['content-type'] ?? ''), () => ({ summary: `The body of the ${wanted} is not an error as agreed.`, called: calledWords(request), expected: '{ "error": { "code": "…", "message": "…" } } as application/json', actual: `${answer.text.slice(0, 300)} as ${answer.headers['content-type'] ?? 'nothing'}`, remedy: 'Errors have one form, so that clients can read all of them.' }));
    }
    if (!quiet) this.t.step(`✔ ${called} → ${wanted}`);
    return answer;
  }
}

function calledWords({ method = 'GET', path, headers = {}, body }: HttpRequest): string {
  const shown = Object.entries(headers).map(([name, value]) => `${name}: ${value.length > 60 ? `${value.slice(0, 60)}…` : value}`);
  return [`${method} ${path}`, ...shown, ...(body === undefined ? [] : [typeof body === 'string' ? body.slice(0, 100) : JSON.stringify(body).slice(0, 200)])].join('  ');
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

/** Holds a JSON body against what is expected. */
export function sameJson(t: CheckContext, called: string, got: unknown, wanted: object, remedy: string): void {
  const differs = Object.entries(wanted).find(([key, value]) => JSON.stringify((got as Record<string, unknown> | undefined)?.[key]) !== JSON.stringify(value));
  const report = (): Report => ({ summary: `The answer to ${called} is not the expected one.`, called, expected: JSON.stringify(Object.fromEntries([differs!])), actual: JSON.stringify({ [differs![0]]: (got as Record<string, unknown> | undefined)?.[differs![0]] }), remedy });
  t.expect(differs === undefined, report);
}
