// roadmap: tcp-udp-dns
// roadmap: io-and-ipc
//@ stage 1-13
import { createServer, type Socket } from 'node:net';
//@ end
//@ stage 14
import { createServer, type Server as Listener, type Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
//@ end
//@ stage 8
import { AppendOnlyFile } from './aof.js';
//@ end
//@ stage 12
import { Cluster } from './cluster.js';
//@ end
//@ stage 4
import { execute } from './commands.js';
//@ end
//@ stage 9
import { PubSub } from './pubsub.js';
//@ end
//@ stage 10
import { Replication } from './replication.js';
//@ end
//@ stage 1-2
import { encode, parseCommand, type Command, type Reply } from './resp.js';
//@ end
//@ stage 3-3
import { CommandReader, encode, ProtocolError, type Command, type Reply } from './resp.js';
//@ end
//@ stage 4-7
import { CommandReader, encode, failure, ProtocolError, type Reply } from './resp.js';
//@ end
//@ stage 13
import { command, CommandReader, encodeCommand, failure, Output, ProtocolError, type Command, type Reply } from './resp.js';
//@ end
//@ stage 8-12
import { command, CommandReader, encode, encodeCommand, failure, ProtocolError, type Command, type Reply } from './resp.js';
//@ end
//@ stage 4
import { Store } from './store.js';
//@ end
//@ stage 6
import type { Transaction } from './transactions.js';
//@ end

export interface Settings {
  host: string;
  port: number;
  //@ stage 1-7
  /** Where stage 8 keeps what must survive. */
  //@ end
  //@ stage 8
  /** Where the append-only file is kept. */
  //@ end
  dataDir: string;
  //@ stage 7
  /** In bytes; 0 means without limit. */
  maxMemory: number;
  /** Whether keys are evicted when the limit is reached; else writes are refused. */
  evicts: boolean;
  //@ end
  //@ stage 8
  /** Whether every write is on disk before its reply. */
  appendOnly: boolean;
  //@ end
  //@ stage 10
  /** The leader's host and port with a blank between; empty for a leader. */
  replicaOf: string;
  //@ end
  //@ stage 12
  /** Which node has which slots; empty for a server that has all keys. */
  clusterNodes: string;
  //@ end
  //@ stage 14
  maxClients: number;
  //@ end
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
//@ stage 4-13
/** Resolves when the server listens, rejects when it can't. */
export async function serve(settings: Settings): Promise<void> {
  await new Server(settings).listen();
}
//@ end
//@ stage 14
/** Resolves when the server listens, rejects when it can't. */
export async function serve(settings: Settings): Promise<Server> {
  const server = new Server(settings);
  await server.listen();
  return server;
}
//@ end
//@ stage 4

/** What all clients share. */
export class Server {
  readonly store = new Store();
  //@ stage 9
  readonly pubsub = new PubSub();
  //@ end
  //@ stage 10
  readonly replication = new Replication(this);
  //@ end
  //@ stage 12
  readonly cluster: Cluster | undefined;
  //@ end
  //@ stage 14
  readonly clients = new Set<Client>();
  readonly counts = { connections: 0, rejected: 0, commands: 0 };
  //@ end
  //@ stage 8
  /** What the present command has changed so far, in the words of the log. */
  private readonly effects: Command[] = [];
  private log: AppendOnlyFile | undefined;
  /** Those who get something when this turn of the event loop ends. */
  private readonly waiting = new Set<Client>();
  private turnIsEnding = false;
  //@ end
  //@ stage 14
  private listener: Listener | undefined;
  //@ end

  //@ stage 4-7
  constructor(private readonly settings: Settings) {}
  //@ end
  //@ stage 8-9
  constructor(private readonly settings: Settings) {
    this.store.onRemoval = (key) => this.record(() => command('DEL', key));
  }
  //@ end
  //@ stage 10
  constructor(readonly settings: Settings) {
    this.store.onRemoval = (key) => this.record(() => command('DEL', key));
    //@ stage 12
    if (settings.clusterNodes !== '') this.cluster = new Cluster(settings.clusterNodes, settings.port);
    //@ end
  }
  //@ end

  async listen(): Promise<void> {
    //@ stage 8
    if (this.settings.appendOnly) {
      const log = new AppendOnlyFile(this.settings.dataDir);
      //@ stage 8-9
      log.replay(this, new Client(this));
      //@ end
      //@ stage 10
      log.replay(this, this.session());
      //@ end
      this.log = log;
    }
    //@ end
    //@ stage 4-7
    const listener = createServer((socket) => new Client(this, socket));
    //@ end
    //@ stage 8
    // Half open: who has said that nothing more will come still gets the replies. No delay: a small packet does not wait
    // until the one before it is acknowledged, which can take 40 ms.
    //@ stage 8-13
    const listener = createServer({ allowHalfOpen: true, noDelay: true }, (socket) => new Client(this, socket));
    //@ end
    //@ stage 14
    const listener = createServer({ allowHalfOpen: true, noDelay: true }, (socket) => this.accept(socket));
    this.listener = listener;
    //@ end
    //@ end
    await new Promise<void>((resolve, reject) => {
      listener.once('error', reject);
      listener.listen(this.settings.port, this.settings.host, resolve);
    });
    //@ stage 10
    const [host, port] = this.settings.replicaOf.split(' ');
    if (host !== undefined && port !== undefined) this.replication.follow(host, Number(port));
    //@ end
    //@ stage 5
    this.expire();
    //@ end
  }
  //@ stage 10

  /** Forgets a client whose connection has ended. */
  leave(client: Client): void {
    this.pubsub.leave(client);
    this.replication.leave(client);
    //@ stage 14
    this.clients.delete(client);
    //@ end
  }
  //@ end
  //@ stage 14

  private accept(socket: Socket): void {
    this.counts.connections += 1;
    const client = new Client(this, socket);
    if (this.clients.size >= this.settings.maxClients) {
      this.counts.rejected += 1;
      client.refuse('ERR max number of clients reached');
    } else {
      this.clients.add(client);
    }
  }

  /** Accepts nobody any more, answers what is on its way, and resolves when everything is sent and saved. */
  async stop(): Promise<void> {
    const closed = new Promise((resolve) => this.listener?.close(resolve));
    // Clients that sent something before they could know about this get their replies, too. When all are silent, it was the last.
    const start = Date.now();
    do await delay(100);
    while (Date.now() - start < 800 && [...this.clients].some(({ lastHeard }) => Date.now() - lastHeard < 100));
    for (const client of this.clients) client.close();
    // One that does not read them can't hold up the others.
    await Promise.race([closed, delay(500)]);
    this.log?.close();
  }
  //@ end
  //@ stage 10

  /** In whose name the server does what took place elsewhere: before, or at its leader. */
  session(): Client {
    return new Client(this);
  }
  //@ end
  //@ stage 8

  execute(words: Command, client: Client): Reply {
    //@ stage 14
    this.counts.commands += 1;
    //@ end
    const reply = execute(words, this, client);
    //@ stage 8-10
    this.commit();
    return reply;
    //@ end
    //@ stage 11
    if (this.commit()) client.lastWrite = this.replication.offset;
    return reply;
    //@ end
  }

  //@ stage 8-9
  /** Notes what a command changed, if there is a log to tell it to. */
  record(effect: () => Command): void {
    if (this.log !== undefined) this.effects.push(effect());
  }

  /** Logs what has changed: several effects as one transaction, so that a replay does all or nothing. */
  private commit(): void {
    if (this.effects.length === 0) return;
  //@ end
  //@ stage 10
  /** Notes what a command changed, if there is anyone to tell it to. */
  record(effect: () => Command): void {
    if (this.log !== undefined || this.replication.replicas.size > 0) this.effects.push(effect());
  }

  //@ end
  //@ stage 10-10
  /** Tells the log and the replicas what has changed: several effects as one transaction, so that they do all or nothing. */
  private commit(): void {
    if (this.effects.length === 0) return;
  //@ end
  //@ stage 11
  /**
   * Tells the log and the replicas what has changed: several effects as one transaction, so that they do all or nothing.
   * @returns whether anything has
   */
  private commit(): boolean {
    if (this.effects.length === 0) return false;
  //@ end
    const effects = this.effects.splice(0);
    if (effects.length > 1) {
      effects.unshift(command('MULTI'));
      effects.push(command('EXEC'));
    }
    //@ stage 8-9
    this.log?.append(Buffer.concat(effects.map(encodeCommand)));
    this.endTurn();
    //@ end
    //@ stage 10
    const bytes = Buffer.concat(effects.map(encodeCommand));
    this.log?.append(bytes);
    this.replication.feed(bytes);
    this.endTurn();
    //@ end
    //@ stage 11
    return true;
    //@ end
  }

  /**
   * At the end of this turn of the event loop, when all clients that had something to say were heard: brings the log to disk,
   * then sends the replies. So one fsync serves them all, and no reply is sent before what it promises is kept.
   */
  endTurn(client?: Client): void {
    if (client !== undefined) this.waiting.add(client);
    if (this.turnIsEnding) return;
    this.turnIsEnding = true;
    setImmediate(() => {
      this.turnIsEnding = false;
      this.log?.sync();
      for (const each of this.waiting) each.flush();
      this.waiting.clear();
    });
  }
  //@ end
  //@ stage 7

  /** Evicts keys until the memory limit is kept, if keys may be evicted. @returns whether the limit is kept */
  makeRoom(): boolean {
    const { maxMemory, evicts } = this.settings;
    if (maxMemory === 0) return true;
    if (evicts) this.store.evict(maxMemory);
    return this.store.memory <= maxMemory;
  }
  //@ end
  //@ stage 5

  /** Removes expired keys that nobody asks for, some at a time, so that clients have their turns in between. */
  private expire(): void {
    this.store.now = Date.now();
    const more = this.store.removeExpired(1000);
    //@ stage 8
    this.commit();
    //@ end
    setTimeout(() => this.expire(), more ? 1 : 100).unref();
  }
  //@ end
}
//@ end

//@ stage 9
/** Messages come unasked. A subscriber with more unread bytes than this is dropped, before it fills the memory. */
const mostUnread = 16 * 1024 * 1024;

//@ end
//@ stage 1-3
/** One connection: takes commands off the bytes that arrive, and answers them in their order. */
class Client {
//@ end
//@ stage 4-7
/** One connection: takes commands off the bytes that arrive, and answers them in their order. */
export class Client {
//@ end
//@ stage 8-9
/** One connection: takes commands off the bytes that arrive, and answers them in their order. Without a socket, the log. */
export class Client {
//@ end
//@ stage 10
/** One connection: takes commands off the bytes that arrive, and answers them in their order. Without a socket, the log or the leader. */
export class Client {
//@ end
  //@ stage 1-2
  private pending: Buffer = Buffer.alloc(0);
  //@ end
  //@ stage 3
  private readonly reader = new CommandReader();
  private closing = false;
  //@ end
  //@ stage 8-12
  private readonly output: Buffer[] = [];
  //@ end
  //@ stage 13
  private readonly output = new Output();
  //@ end
  //@ stage 6
  /** What it has queued since MULTI. */
  transaction: Transaction | undefined;
  //@ end
  //@ stage 9
  /** What it has subscribed to, as Latin-1. */
  readonly channels = new Set<string>();
  //@ end
  //@ stage 10
  /** If it is a replica, where it listens itself. */
  listeningPort = 0;
  //@ end
  //@ stage 11
  /** Where in the stream of writes its last one is. */
  lastWrite = 0;
  /** A command of it waits for something, and those behind it for that command. */
  blocked = false;
  //@ end
  //@ stage 14
  /** When it last sent something. */
  lastHeard = 0;
  //@ end

  //@ stage 1-3
  constructor(private readonly socket: Socket) {
    socket.on('data', (piece) => this.receive(piece));
    // A reset connection is the client's way of leaving.
    socket.on('error', () => socket.destroy());
  }
  //@ end
  //@ stage 4-7
  constructor(private readonly server: Server, private readonly socket: Socket) {
    socket.on('data', (piece) => this.receive(piece));
    // A reset connection is the client's way of leaving.
    socket.on('error', () => socket.destroy());
  }
  //@ end
  //@ stage 8
  constructor(private readonly server: Server, private readonly socket?: Socket) {
    socket?.on('data', (piece) => this.receive(piece));
    socket?.on('end', () => this.close());
    // A reset connection is the client's way of leaving.
    socket?.on('error', () => socket.destroy());
    //@ stage 9-9
    socket?.on('close', () => this.server.pubsub.leave(this));
    //@ end
    //@ stage 10
    socket?.on('close', () => this.server.leave(this));
    //@ end
  }

  /** Whether its commands took place already, so that there is nothing to refuse. */
  get trusted(): boolean {
    return this.socket === undefined;
  }
  //@ end
  //@ stage 10

  get address(): string {
    return this.socket?.remoteAddress ?? '';
  }
  //@ end

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
    //@ stage 14
    this.lastHeard = Date.now();
    //@ end
    this.reader.push(piece);
    this.work();
  }

  /** Answers what has arrived in full. */
  private work(): void {
    try {
      //@ stage 3-10
      while (!this.closing) {
      //@ end
      //@ stage 11
      while (!this.closing && !this.blocked) {
      //@ end
        const words = this.reader.next();
        if (words === undefined) return;
        //@ stage 3-3
        this.send(answer(words));
        //@ end
        //@ stage 4-7
        this.send(execute(words, this.server, this));
        //@ end
        //@ stage 8
        this.send(this.server.execute(words, this));
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
    //@ stage 3-7
    this.socket.end();
    //@ end
  }
//@ end

//@ stage 1-7
  private send(reply: Reply): void {
    this.socket.write(encode(reply));
  }
//@ end
//@ stage 4-7

  /** Answers nothing more, and ends the connection as soon as what it has answered is sent. */
  close(): void {
    this.closing = true;
  }
//@ end
//@ stage 8-12
  private send(reply: Reply): void {
    this.push(encode(reply));
  }

  /** Sends `bytes` when this turn ends. */
  push(bytes: Buffer): void {
    this.output.push(bytes);
    this.server.endTurn(this);
  }
//@ end
//@ stage 13
  private send(reply: Reply): void {
    this.output.reply(reply);
    this.server.endTurn(this);
  }

  /** Sends `bytes` when this turn ends. */
  push(bytes: Buffer): void {
    this.output.bytes(bytes);
    this.server.endTurn(this);
  }
//@ end
//@ stage 11

  /** Gives the reply for which a command had to wait, and goes on with those behind it. */
  resume(reply: Reply): void {
    this.blocked = false;
    this.send(reply);
    this.work();
  }
//@ end
//@ stage 8

  /** Answers nothing more, and ends the connection as soon as what it has answered is sent. */
  close(): void {
    this.closing = true;
    this.server.endTurn(this);
  }

  //@ stage 14
  /** Says why it is not served, and ends the connection. */
  refuse(message: string): void {
    this.send(failure(message));
    this.close();
  }

  //@ end
  flush(): void {
    //@ stage 8-12
    for (const bytes of this.output.splice(0)) this.socket?.write(bytes);
    //@ end
    //@ stage 13
    if (this.output.length > 0) this.socket?.write(this.output.take());
    //@ end
    //@ stage 9-9
    if (this.channels.size > 0 && (this.socket?.writableLength ?? 0) > mostUnread) this.socket?.destroy();
    //@ end
    //@ stage 10
    const limit = this.server.replication.replicas.get(this)?.mostUnread ?? (this.channels.size > 0 ? mostUnread : Infinity);
    if ((this.socket?.writableLength ?? 0) > limit) this.socket?.destroy();
    //@ end
    if (this.closing) this.socket?.end().setTimeout(1000, () => this.socket?.destroy());
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
