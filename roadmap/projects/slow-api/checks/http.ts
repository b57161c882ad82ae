import { Agent, request as send, type IncomingHttpHeaders } from 'node:http';
import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import type { CheckContext, Program } from '../../../../src/runner/api.js';

export interface HttpAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  /** As it came, compressed or not. */
  readonly bytes: Buffer;
  /** Uncompressed. */
  readonly text: string;
  /** The body as JSON; undefined when it is none. */
  readonly json: unknown;
  /** From sending to the last byte. */
  readonly milliseconds: number;
  /** When it was complete, in milliseconds of `performance.now`. */
  readonly at: number;
}

export interface HttpRequest {
  readonly method?: string;
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Sent as it is when it is a text, else as JSON. */
  readonly body?: unknown;
  /** Milliseconds to wait for an answer. */
  readonly patience?: number;
}

/** A client of the API that keeps its connections. */
export class HttpClient {
  readonly #agent = new Agent({ keepAlive: true, maxSockets: 256 });

  constructor(readonly t: CheckContext, readonly program: Pick<Program, 'port'>) {
    t.defer(() => { this.#agent.destroy(); });
  }

  /** Sends a request. @throws Failure when no answer comes. */
  async send(request: HttpRequest): Promise<HttpAnswer> {
    const answer = await this.try(request);
    this.t.expect(!(answer instanceof Error), () => ({ summary: `The API did not answer (${(answer as Error).message}).`, called: calledWords(request), remedy: 'Answer every request, those that fail with an error: look for an exception in its last lines, or for something that waits for ever.' }));
    return answer as HttpAnswer;
  }

  /** Sends a request; what went wrong is the result. */
  async try({ method = 'GET', path, headers = {}, body, patience = 30_000 }: HttpRequest): Promise<HttpAnswer | Error> {
    const text = body === undefined ? undefined : typeof body === 'string' ? body : JSON.stringify(body);
    const started = performance.now();
    return await new Promise<HttpAnswer | Error>((resolve) => {
      const request = send({
        host: '127.0.0.1', port: this.program.port, method, path, agent: this.#agent,
        headers: { ...(text !== undefined && { 'Content-Type': 'application/json', 'Content-Length': String(Buffer.byteLength(text)) }), ...headers },
      }, (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => { chunks.push(chunk); }).on('error', resolve).on('end', () => {
          const at = performance.now();
          const bytes = Buffer.concat(chunks);
          try {
            const plain = decoded(bytes, response.headers['content-encoding']).toString('utf8');
            resolve({ status: response.statusCode ?? 0, headers: response.headers, bytes, text: plain, json: parsed(plain), milliseconds: at - started, at });
          } catch (error) {
            resolve(new Error(`its body is not ${response.headers['content-encoding'] ?? ''} as Content-Encoding says: ${(error as Error).message}`));
          }
        });
      });
      request.on('error', resolve).setTimeout(patience, () => { request.destroy(new Error(`no answer within ${patience / 1000} s`)); });
      this.t.signal.addEventListener('abort', () => request.destroy(), { once: true });
      request.end(text);
    });
  }

  /** Sends a request and holds the status of its answer. */
  async expect(request: HttpRequest, wanted: number, remedy: string): Promise<HttpAnswer> {
    const answer = await this.send(request);
    this.t.expect(answer.status === wanted, () => ({ summary: `${request.method ?? 'GET'} ${request.path} was answered with ${answer.status}, not with ${wanted}.`, called: calledWords(request), expected: String(wanted), actual: `${answer.status} ${answer.text.replace(/\s+/gu, ' ').slice(0, 200)}`, remedy }));
    return answer;
  }
}

/** A request as people read it. */
export function calledWords({ method = 'GET', path, headers = {}, body }: HttpRequest): string {
  return [`${method} ${path}`, ...Object.entries(headers).map(([name, value]) => `${name}: ${value}`), ...(body === undefined ? [] : [typeof body === 'string' ? body.slice(0, 100) : JSON.stringify(body).slice(0, 200)])].join('  ');
}

function decoded(bytes: Buffer, encoding: string | undefined): Buffer {
  if (encoding === 'gzip' || encoding === 'x-gzip') return gunzipSync(bytes);
  if (encoding === 'br') return brotliDecompressSync(bytes);
  return bytes;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}
