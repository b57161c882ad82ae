import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { clock, type Recording } from './recording.js';

/** One request as the pricing service saw it arrive. */
export interface Call {
  readonly orderId: number;
  /** Milliseconds between its first and its last byte. */
  readonly gap: number;
  /** Pieces in which it arrived. */
  readonly pieces: number;
}

export interface PricingOptions {
  /** Milliseconds before an answer. */
  readonly delayMs?: number;
  readonly record?: boolean;
}

/** A pricing service that counts connections, and the time within a request. It answers HTTP/1.1 and keeps connections. */
export class PricingService {
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  readonly calls: Call[] = [];
  readonly recordings: Recording[] = [];
  connections = 0;
  #mostOpen = 0;
  delayMs: number;
  /** Takes requests and never answers. */
  hangs = false;
  /** Answers a byte at a time, ten in a second. */
  trickles = false;
  /** Added to every quote, to tell a fresh one from an old one. */
  surcharge = 0;

  private constructor(private readonly options: PricingOptions) {
    this.delayMs = options.delayMs ?? 0;
    this.#server = createServer({ noDelay: true }, (socket) => { this.#serve(socket); });
  }

  static async open(options: PricingOptions = {}): Promise<PricingService> {
    const service = new PricingService(options);
    await new Promise<void>((resolve, reject) => { service.#server.once('error', reject).listen(0, '127.0.0.1', resolve); });
    return service;
  }

  get port(): number { return (this.#server.address() as AddressInfo).port; }
  get url(): string { return `http://127.0.0.1:${this.port}`; }
  get mostOpen(): number { return this.#mostOpen; }
  /** Closes all connections, as services do with idle ones. */
  closeIdle(): void { for (const socket of this.#sockets) socket.end(); }
  forgetMost(): void { this.#mostOpen = this.#sockets.size; }

  /** What it asks for an order: the same for the same order and surcharge. */
  quote(orderId: number, items: readonly { readonly sku: string; readonly qty: number }[]): number {
    const price = (sku: string): number => 100 + [...sku].reduce((sum, character) => (sum * 31 + character.charCodeAt(0)) % 900, orderId % 7);
    return items.reduce((sum, { sku, qty }) => sum + qty * price(sku), this.surcharge);
  }

  async close(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  #serve(socket: Socket): void {
    this.connections += 1;
    this.#sockets.add(socket);
    this.#mostOpen = Math.max(this.#mostOpen, this.#sockets.size);
    const recording: Recording = { clientPort: socket.remotePort ?? 0, opened: clock(), chunks: [] };
    if (this.options.record === true) this.recordings.push(recording);
    let bytes: Buffer = Buffer.alloc(0);
    let began = 0;
    let pieces = 0;
    socket.on('data', (piece: Buffer) => {
      const now = clock();
      if (this.options.record === true) recording.chunks.push({ at: now, from: 'client', bytes: Buffer.from(piece) });
      if (bytes.length === 0) { began = now; pieces = 0; }
      pieces += 1;
      bytes = Buffer.concat([bytes, piece]);
      for (let request = readRequest(bytes); request !== undefined; request = readRequest(bytes)) {
        bytes = bytes.subarray(request.length);
        const { order_id: orderId = 0, items = [] } = request.body as { order_id?: number; items?: { sku: string; qty: number }[] };
        this.calls.push({ orderId, gap: now - began, pieces });
        const close = /^connection:\s*close/imu.test(request.head);
        const answer = (): void => {
          if (this.hangs || socket.destroyed) return;
          const text = JSON.stringify({ total_cents: this.quote(orderId, items) });
          const reply = Buffer.from(`HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: ${Buffer.byteLength(text)}\r\n${close ? 'Connection: close\r\n' : ''}\r\n${text}`);
          if (this.options.record === true) recording.chunks.push({ at: clock(), from: 'server', bytes: reply });
          if (this.trickles) {
            trickle(socket, reply);
            return;
          }
          socket.write(reply);
          if (close) socket.end();
        };
        if (this.delayMs === 0) answer();
        else setTimeout(answer, this.delayMs);
      }
    }).on('end', () => { recording.closed ??= { at: clock(), by: 'client' }; }).on('error', () => { /* closed below */ }).on('close', () => {
      recording.closed ??= { at: clock(), by: 'server' };
      this.#sockets.delete(socket);
    });
  }
}

/** The head at once, then a byte each 100 ms. */
function trickle(socket: Socket, reply: Buffer): void {
  let at = reply.indexOf('\r\n\r\n') + 4;
  socket.write(reply.subarray(0, at));
  const timer = setInterval(() => {
    if (at >= reply.length || socket.destroyed) clearInterval(timer);
    else socket.write(reply.subarray(at, ++at));
  }, 100);
  socket.once('close', () => { clearInterval(timer); });
}

/** The first request of `bytes`, with its length in bytes, when all of it is there. */
function readRequest(bytes: Buffer): { readonly head: string; readonly body: unknown; readonly length: number } | undefined {
  const end = bytes.indexOf('\r\n\r\n');
  if (end < 0) return undefined;
  const head = bytes.toString('latin1', 0, end);
  if (/^transfer-encoding:\s*chunked/imu.test(head)) return readChunked(bytes, head, end + 4);
  const length = end + 4 + Number(/^content-length:\s*(\d+)/imu.exec(head)?.[1] ?? 0);
  return bytes.length < length ? undefined : { head, body: parsed(bytes.toString('utf8', end + 4, length)), length };
}

function readChunked(bytes: Buffer, head: string, start: number): { readonly head: string; readonly body: unknown; readonly length: number } | undefined {
  const pieces: Buffer[] = [];
  for (let at = start; ;) {
    const line = bytes.indexOf('\r\n', at);
    if (line < 0) return undefined;
    const size = parseInt(bytes.toString('latin1', at, line), 16);
    at = line + 2 + size + 2;
    if (bytes.length < at) return undefined;
    if (size === 0) return { head, body: parsed(Buffer.concat(pieces).toString('utf8')), length: at };
    pieces.push(bytes.subarray(line + 2, line + 2 + size));
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown ?? {};
  } catch {
    return {};
  }
}
