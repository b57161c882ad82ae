import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { freePorts, type CheckContext } from '../../../../src/runner/api.js';

/** A TCP door before something that listens on the loopback address: it counts who comes, and it can die and come back on the same port. */
export class Front {
  #server: Server | undefined;
  readonly #sockets = new Set<Socket>();
  /** Connections that were ever opened. */
  opened = 0;

  private constructor(private readonly behind: number, private readonly port: number) {}

  static async before(t: CheckContext, port: number): Promise<Front> {
    // Not any port: one that the system gives to somebody else while the door is dead could not be taken back.
    const front = new Front(port, (await freePorts(1))[0]!);
    await front.revive();
    t.defer(async () => { await front.kill(); });
    return front;
  }

  get address(): string { return `127.0.0.1:${this.port}`; }

  /** Connections that are open now. */
  get open(): number { return this.#sockets.size; }

  /** Refuses connections from now on, and resets those that are open: what a machine does that is switched off. */
  async kill(): Promise<void> {
    const server = this.#server;
    this.#server = undefined;
    for (const socket of this.#sockets) socket.resetAndDestroy();
    this.#sockets.clear();
    if (server !== undefined) await new Promise((resolve) => server.close(resolve));
  }

  /** Accepts again, on the same port. */
  async revive(): Promise<void> {
    const server = createServer({ noDelay: true }, (socket) => { this.#take(socket); });
    server.listen(this.port, '127.0.0.1');
    await once(server, 'listening');
    this.#server = server;
  }

  #take(socket: Socket): void {
    this.opened += 1;
    this.#sockets.add(socket);
    const inner = connect({ port: this.behind, host: '127.0.0.1', noDelay: true });
    socket.pipe(inner).pipe(socket);
    socket.on('error', () => { /* "close" follows */ }).on('close', () => { this.#sockets.delete(socket); inner.destroy(); });
    inner.on('error', () => { /* "close" follows */ }).on('close', () => { socket.destroy(); });
  }
}
