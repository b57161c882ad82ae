import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { asksForEncryption, message, Messages, texts, type Message } from './messages.js';
import { clock, type Recording } from './recording.js';
import { isBookkeeping, Statements, type Statement } from './statements.js';

/** What went over the wire between two moments. */
export interface Traffic {
  /** Without bookkeeping. */
  readonly statements: readonly Statement[];
  readonly rows: number;
  /** From the database. */
  readonly bytes: number;
  /** Connections that were opened. */
  readonly connections: number;
  /** Milliseconds that connections waited for the database in all, opening them not included; and with it. */
  readonly waited: number;
  readonly waitedWithOpening: number;
}

interface Wait { readonly from: number; until: number; readonly opening: boolean }

/** A moment to count from. */
export interface Mark { readonly statements: number; readonly bytes: number; readonly connections: number; readonly waits: number }

export interface WireOptions {
  readonly host: string;
  readonly port: number;
  /** Milliseconds by which everything that is sent to the database is delayed. */
  readonly roundTripMs?: number;
  /** Keeps all bytes, for a capture. */
  readonly record?: boolean;
}

/** The wire between the API and PostgreSQL: passes everything on, and counts it. */
export class DatabaseWire {
  readonly #options: WireOptions;
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  readonly #statements: Statement[] = [];
  readonly #waits: Wait[] = [];
  readonly #connections: Statements[] = [];
  readonly recordings: Recording[] = [];
  #bytes = 0;
  #open = 0;
  #mostOpen = 0;
  #waiting = 0;
  #mostWaiting = 0;
  #faults = 0;
  #roundTripMs: number;
  #held: { readonly matches: (sql: string) => boolean; readonly release: (() => void)[] } | undefined;

  private constructor(options: WireOptions) {
    this.#options = options;
    this.#roundTripMs = options.roundTripMs ?? 0;
    this.#server = createServer({ noDelay: true }, (socket) => { this.#pass(socket); });
  }

  static async open(options: WireOptions): Promise<DatabaseWire> {
    const wire = new DatabaseWire(options);
    await new Promise<void>((resolve, reject) => { wire.#server.once('error', reject).listen(0, '127.0.0.1', resolve); });
    return wire;
  }

  get port(): number { return (this.#server.address() as AddressInfo).port; }

  /** Connections that are open, and that were open at once at the most since the last {@link forgetMost}. */
  get open(): number { return this.#open; }
  get mostOpen(): number { return this.#mostOpen; }
  /** Connections that waited for an answer at once, at the most since the last {@link forgetMost}. */
  get mostWaiting(): number { return this.#mostWaiting; }
  /** Statements that are still to fail. */
  get faultsLeft(): number { return this.#faults; }

  forgetMost(): void {
    this.#mostOpen = this.#open;
    this.#mostWaiting = this.#waiting;
  }

  set roundTripMs(milliseconds: number) { this.#roundTripMs = milliseconds; }

  /** Lets the database refuse the next statements, bookkeeping excepted. */
  failNext(count: number): void { this.#faults = count; }

  /** Keeps back the answers to statements that match, until the function that it returns is called. */
  hold(matches: (sql: string) => boolean): () => void {
    const held = { matches, release: [] as (() => void)[] };
    this.#held = held;
    return () => {
      this.#held = undefined;
      for (const release of held.release) release();
    };
  }

  /** How many answers are kept back. */
  get heldBack(): number { return this.#held?.release.length ?? 0; }

  mark(): Mark {
    return { statements: this.#statements.length, bytes: this.#bytes, connections: this.#connections.length, waits: this.#waits.length };
  }

  since(mark: Mark): Traffic {
    const statements = this.#statements.slice(mark.statements).filter(({ sql }) => !isBookkeeping(sql));
    const waits = this.#waits.slice(mark.waits);
    const sum = (of: readonly Wait[]): number => of.reduce((total, { from, until }) => total + Math.max(0, until - from), 0);
    return {
      statements, rows: statements.reduce((total, { rows }) => total + rows, 0), bytes: this.#bytes - mark.bytes, connections: this.#connections.length - mark.connections,
      waited: sum(waits.filter(({ opening }) => !opening)), waitedWithOpening: sum(waits),
    };
  }

  /** Every RowDescription so far. */
  get described(): readonly { readonly sql: string; readonly columns: readonly string[] }[] {
    return this.#connections.flatMap(({ described }) => described);
  }

  async close(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  #pass(client: Socket): void {
    const database = connect({ host: this.#options.host, port: this.#options.port, noDelay: true });
    const statements = new Statements((statement) => { this.#statements.push(statement); });
    const fromClient = new Messages('client');
    const fromServer = new Messages('server');
    const recording: Recording = { clientPort: client.remotePort ?? 0, opened: clock(), chunks: [] };
    if (this.#options.record === true) this.recordings.push(recording);
    let counted = false;
    let opening = true;
    let wait: Wait | undefined;
    const keep = (from: 'client' | 'server', bytes: Buffer): void => { if (this.#options.record === true) recording.chunks.push({ at: clock(), from, bytes: Buffer.from(bytes) }); };
    const begin = (): void => {
      if (wait !== undefined) return;
      wait = { from: clock(), until: 0, opening };
      this.#waits.push(wait);
      this.#waiting += 1;
      this.#mostWaiting = Math.max(this.#mostWaiting, this.#waiting);
    };
    const finish = (): void => {
      if (wait === undefined) return;
      wait.until = clock();
      wait = undefined;
      this.#waiting -= 1;
    };
    for (const socket of [client, database]) this.#sockets.add(socket.on('close', () => { this.#sockets.delete(socket); }));
    client.on('data', (bytes: Buffer) => {
      keep('client', bytes);
      const forward: Buffer[] = [];
      for (const one of fromClient.push(bytes)) {
        if (asksForEncryption(one)) {
          client.write('N');
          keep('server', Buffer.from('N'));
          continue;
        }
        if (!counted) {
          counted = true;
          this.#connections.push(statements);
          this.#open += 1;
          this.#mostOpen = Math.max(this.#mostOpen, this.#open);
        }
        if (one.type !== 'X') begin();
        statements.fromClient(one);
        forward.push(this.#perhapsBroken(one, statements));
      }
      if (forward.length === 0) return;
      const all = Buffer.concat(forward);
      if (this.#roundTripMs === 0) database.write(all);
      else setTimeout(() => { if (!database.destroyed) database.write(all); }, this.#roundTripMs);
    });
    database.on('data', (bytes: Buffer) => {
      keep('server', bytes);
      this.#bytes += bytes.length;
      for (const one of fromServer.push(bytes)) {
        statements.fromServer(one);
        if (one.type === 'Z') {
          finish();
          opening = false;
        }
      }
      const held = this.#held;
      if (held?.matches(statements.lastSql) === true) held.release.push(() => { client.write(bytes); });
      else client.write(bytes);
    });
    const end = (by: 'client' | 'server') => (): void => {
      recording.closed ??= { at: clock(), by };
      finish();
      if (counted) this.#open -= 1;
      counted = false;
      if (this.#roundTripMs === 0) (by === 'client' ? database : client).end();
      else setTimeout(() => { (by === 'client' ? database : client).end(); }, this.#roundTripMs);
    };
    client.on('end', end('client')).on('error', () => { database.destroy(); }).on('close', end('client'));
    database.on('end', end('server')).on('error', () => { client.destroy(); }).on('close', () => { client.end(); });
  }

  /** The message, or one that the database refuses in its place: so its answer, and the state of the transaction, are its own. */
  #perhapsBroken(one: Message, statements: Statements): Buffer {
    if (this.#faults === 0) return one.bytes;
    if (one.type === 'Q' && !isBookkeeping(texts(one.body, 1).values[0]!)) {
      this.#faults -= 1;
      return message('Q', Buffer.from('SELECT 1/0\0'));
    }
    // A portal that is not there: nothing that the driver has prepared is lost by it.
    if (one.type === 'E' && !isBookkeeping(statements.lastSql)) {
      this.#faults -= 1;
      return message('E', Buffer.concat([Buffer.from('portal_that_is_not_there\0'), one.body.subarray(one.body.indexOf(0) + 1)]));
    }
    return one.bytes;
  }
}
