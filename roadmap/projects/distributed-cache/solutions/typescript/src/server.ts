// roadmap: tcp-udp-dns
// roadmap: io-and-ipc
import { createServer, type Socket } from 'node:net';
//@ stage 4
import { execute } from './commands.js';
//@ end
//@ stage 1-2
import { encode, parseCommand, type Command, type Reply } from './resp.js';
//@ end
//@ stage 3-3
import { CommandReader, encode, ProtocolError, type Command, type Reply } from './resp.js';
//@ end
//@ stage 4-6
import { CommandReader, encode, failure, ProtocolError, type Reply } from './resp.js';
import { Store } from './store.js';
//@ end
//@ stage 6
import type { Transaction } from './transactions.js';
//@ end

export interface Settings {
  host: string;
  port: number;
  /** Where stage 8 keeps what must survive. */
  dataDir: string;
}

//@ stage 1-3
/** Resolves when the server listens, rejects when it can't. */
export async function serve({ host, port }: Settings): Promise<void> {
  const listener = createServer((socket) => new Client(socket));
  await new Promise<void>((resolve, reject) => {
    listener.once('error', reject);
    listener.listen(port, host, resolve);
  });
}
//@ end
//@ stage 4
/** Resolves when the server listens, rejects when it can't. */
export async function serve(settings: Settings): Promise<void> {
  await new Server(settings).listen();
}

/** What all clients share. */
export class Server {
  readonly store = new Store();

  constructor(private readonly settings: Settings) {}

  async listen(): Promise<void> {
    const listener = createServer((socket) => new Client(this, socket));
    await new Promise<void>((resolve, reject) => {
      listener.once('error', reject);
      listener.listen(this.settings.port, this.settings.host, resolve);
    });
    //@ stage 5
    this.expire();
    //@ end
  }
  //@ stage 5

  /** Removes expired keys that nobody asks for, some at a time, so that clients have their turns in between. */
  private expire(): void {
    this.store.now = Date.now();
    const more = this.store.removeExpired(1000);
    setTimeout(() => this.expire(), more ? 1 : 100).unref();
  }
  //@ end
}
//@ end

/** One connection: takes commands off the bytes that arrive, and answers them in their order. */
//@ stage 1-3
class Client {
//@ end
//@ stage 4
export class Client {
//@ end
//@ stage 1-2
  private pending: Buffer = Buffer.alloc(0);
//@ end
//@ stage 3
  private readonly reader = new CommandReader();
  private closing = false;
//@ end
//@ stage 6
  /** What it has queued since MULTI. */
  transaction: Transaction | undefined;
//@ end

//@ stage 1-3
  constructor(private readonly socket: Socket) {
//@ end
//@ stage 4
  constructor(private readonly server: Server, private readonly socket: Socket) {
//@ end
    socket.on('data', (piece) => this.receive(piece));
    // A reset connection is the client's way of leaving.
    socket.on('error', () => socket.destroy());
  }

//@ stage 1-2
  private receive(piece: Buffer): void {
    this.pending = Buffer.concat([this.pending, piece]);
    try {
      for (let next = parseCommand(this.pending); next !== undefined; next = parseCommand(this.pending)) {
        this.pending = this.pending.subarray(next.used);
        if (next.command.length > 0) this.send(answer(next.command));
      }
    } catch (error) {
      this.socket.end(encode({ kind: 'error', message: `ERR Protocol error: ${error instanceof Error ? error.message : error}` }));
    }
  }
//@ end
//@ stage 3
  private receive(piece: Buffer): void {
    if (this.closing) return;
    this.reader.push(piece);
    try {
      while (!this.closing) {
        const command = this.reader.next();
        if (command === undefined) return;
        //@ stage 3-3
        this.send(answer(command));
        //@ end
        //@ stage 4
        this.send(execute(command, this.server, this));
        //@ end
      }
    } catch (error) {
      if (!(error instanceof ProtocolError)) throw error;
      //@ stage 3-3
      this.send({ kind: 'error', message: `ERR Protocol error: ${error.message}` });
      this.closing = true;
      //@ end
      //@ stage 4
      this.send(failure(`ERR Protocol error: ${error.message}`));
      this.close();
      //@ end
    }
    this.socket.end();
  }
//@ end

  private send(reply: Reply): void {
    this.socket.write(encode(reply));
  }
//@ stage 4

  /** Answers nothing more, and ends the connection as soon as what it has answered is sent. */
  close(): void {
    this.closing = true;
  }
//@ end
}
//@ stage 1-3

function answer([name, argument, ...more]: Command): Reply {
  const text = name?.toString('latin1') ?? '';
  if (text.toUpperCase() !== 'PING') return { kind: 'error', message: `ERR unknown command '${text}'` };
  if (more.length > 0) return { kind: 'error', message: "ERR wrong number of arguments for 'ping' command" };
  return argument === undefined ? { kind: 'simple', text: 'PONG' } : { kind: 'bulk', bytes: argument };
}
//@ end
