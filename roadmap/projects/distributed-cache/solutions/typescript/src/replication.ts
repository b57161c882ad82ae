//@ file 10
// roadmap: replication-partitioning
import { randomBytes } from 'node:crypto';
import { connect, type Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { setCommand } from './aof.js';
//@ stage 10-10
import type { Commands } from './commands.js';
//@ end
//@ stage 11
import type { Arguments, Commands } from './commands.js';
//@ end
//@ stage 10-10
import { command, CommandReader, encodeCommand, failure, noReply, ok, type Command } from './resp.js';
//@ end
//@ stage 11
import { command, CommandReader, encodeCommand, failure, integer, noReply, ok, parseInteger, type Command, type Reply } from './resp.js';
//@ end
import type { Client, Server } from './server.js';

/** What a full copy begins with, as Redis does it: an RDB file. Ours is always empty, the data follow as commands. */
const emptyRdb = Buffer.from('REDIS0009\xff\0\0\0\0\0\0\0\0', 'latin1');
const askForOffset = encodeCommand(command('REPLCONF', 'GETACK', '*'));
const mebibyte = 1024 * 1024;

/** What a leader knows of one of its replicas. */
interface Replica {
  /** How many bytes it got that the others did not: its copy. The offsets that it sends count them. */
  readonly copied: number;
  /** How much of the stream it has, as far as it told; -1 before it has its copy. */
  acknowledged: number;
  /** With more unread bytes it is dropped, and may begin again. */
  readonly mostUnread: number;
}
//@ stage 11

/** A client whose WAIT is not answered yet. */
interface Waiter {
  readonly client: Client;
  readonly replicas: number;
  readonly timer: NodeJS.Timeout | undefined;
}
//@ end

/** This server's part in replication: a leader has replicas, a replica has a leader (and may have replicas in turn). */
export class Replication {
  /** Names the history of writes that begins here. */
  readonly id = randomBytes(20).toString('hex');
  /** The length of the stream of writes so far, which all replicas get alike. */
  offset = 0;
  readonly replicas = new Map<Client, Replica>();
  leader: LeaderLink | undefined;
  //@ stage 11
  private readonly waiters = new Set<Waiter>();
  //@ end
  private beats = 0;

  constructor(private readonly server: Server) {
    setInterval(() => this.beat(), 1000).unref();
  }

  get isReplica(): boolean {
    return this.leader !== undefined;
  }

  follow(host: string, port: number): void {
    this.leader?.stop();
    this.leader = new LeaderLink(this.server, host, port);
    this.server.store.follows = true;
  }
  //@ stage 11

  /** Stands on its own from now on, with the data that it has. */
  lead(): void {
    this.leader?.stop();
    this.leader = undefined;
    this.server.store.follows = false;
  }
  //@ end

  /** Sends all data to a new replica. Nothing can be written meanwhile, so the stream continues exactly where the copy ends. */
  welcome(client: Client): void {
    const copy = Buffer.concat(Array.from(this.server.store.all(), (entry) => encodeCommand(setCommand(entry))));
    client.push(Buffer.from(`+FULLRESYNC ${this.id} ${this.offset}\r\n$${emptyRdb.length}\r\n`));
    client.push(emptyRdb);
    client.push(copy);
    this.replicas.set(client, { copied: copy.length, acknowledged: -1, mostUnread: 256 * mebibyte + copy.length });
    // This tells the replica that the copy ends here, and its answer tells that it has arrived.
    this.feed(askForOffset);
  }

  /** Continues the stream. */
  feed(bytes: Buffer): void {
    if (this.replicas.size === 0) return;
    this.offset += bytes.length;
    for (const client of this.replicas.keys()) client.push(bytes);
  }

  acknowledge(client: Client, offset: number): void {
    const replica = this.replicas.get(client);
    if (replica === undefined) return;
    replica.acknowledged = offset - replica.copied;
    //@ stage 11
    for (const waiter of this.waiters) {
      if (this.countUpTo(waiter.client.lastWrite) >= waiter.replicas) this.answer(waiter);
    }
    //@ end
  }

  leave(client: Client): void {
    this.replicas.delete(client);
    //@ stage 11
    for (const waiter of this.waiters) {
      if (waiter.client === client) this.waiters.delete(waiter);
    }
    //@ end
  }
  //@ stage 11

  /** Answers how many replicas have all that `client` has written, as soon as they are so many, or the time is over. */
  wait(client: Client, replicas: number, milliseconds: number): Reply {
    const count = this.countUpTo(client.lastWrite);
    // In a transaction, nobody can wait.
    if (count >= replicas || client.transaction !== undefined) return integer(count);
    this.feed(askForOffset);
    const timer = milliseconds === 0 ? undefined : setTimeout(() => this.answer(waiter), milliseconds);
    const waiter: Waiter = { client, replicas, timer };
    this.waiters.add(waiter);
    client.blocked = true;
    return noReply;
  }

  private answer(waiter: Waiter): void {
    clearTimeout(waiter.timer);
    if (this.waiters.delete(waiter)) waiter.client.resume(integer(this.countUpTo(waiter.client.lastWrite)));
  }

  private countUpTo(offset: number): number {
    return [...this.replicas.values()].filter(({ acknowledged }) => acknowledged >= offset).length;
  }
  //@ end

  /** Once a second: shows the other side that this one is alive, and how far it is. */
  private beat(): void {
    this.leader?.acknowledge();
    this.beats += 1;
    if (this.beats % 10 === 0) this.feed(encodeCommand(command('PING')));
  }
}

/** A replica's connection to its leader, made anew whenever it is lost. */
class LeaderLink {
  /** Whether the copy is complete, so that the data here are the leader's. */
  isUp = false;
  /** How far this replica is in the leader's stream. */
  offset = 0;
  private socket: Socket | undefined;
  private stopped = false;

  constructor(private readonly server: Server, readonly host: string, readonly port: number) {
    void this.run();
  }

  stop(): void {
    this.stopped = true;
    this.socket?.destroy();
  }

  acknowledge(): void {
    if (this.isUp) this.socket?.write(encodeCommand(command('REPLCONF', 'ACK', String(this.offset))));
  }

  private async run(): Promise<void> {
    let complaint = '';
    while (!this.stopped) {
      this.socket = connect({ host: this.host, port: this.port, noDelay: true });
      // The iterator in follow() gets errors, too. Without this line, one that comes when it has ended would end the process.
      this.socket.on('error', () => {});
      // A leader says something every ten seconds. One that is silent for long is gone, even if nobody closed the connection.
      this.socket.setTimeout(60_000, () => this.socket?.destroy(new Error('it is silent')));
      try {
        await this.follow(this.socket);
      } catch (error) {
        const text = `Leader ${this.host}:${this.port}: ${error instanceof Error ? error.message : error}`;
        if (text !== complaint && !this.stopped) console.error(text);
        complaint = text;
      }
      this.isUp = false;
      this.socket.destroy();
      await delay(200);
    }
  }

  /** Asks for a copy, then does as the leader does, until the connection is lost. @throws always */
  private async follow(socket: Socket): Promise<never> {
    const reader = new CommandReader();
    const pieces = socket[Symbol.asyncIterator]() as AsyncIterator<Buffer>;
    const receive = async (): Promise<void> => {
      const { value, done } = await pieces.next();
      if (done === true) throw new Error('the connection was closed');
      reader.push(value);
    };
    const line = async (): Promise<string> => {
      for (;;) {
        const text = reader.line();
        if (text !== undefined) return text;
        await receive();
      }
    };

    let answer = '';
    for (const request of [
      command('PING'),
      command('REPLCONF', 'listening-port', String(this.server.settings.port)),
      command('REPLCONF', 'capa', 'eof', 'capa', 'psync2'),
      command('PSYNC', '?', '-1'),
    ]) {
      socket.write(encodeCommand(request));
      answer = await line();
      if (!answer.startsWith('+')) throw new Error(`it answers ${answer}`);
    }
    this.offset = Number(answer.split(' ')[2]);
    const length = await line();
    if (length !== `$${emptyRdb.length}`) throw new Error('its copy is an RDB file with data, which this server does not read');
    while (!reader.skip(emptyRdb.length)) await receive();

    // What this server has may be from another time, or never have reached the leader. The copy takes its place.
    const session = this.server.session();
    this.server.execute(command('FLUSHALL'), session);
    const start = this.offset - reader.position;
    for (;;) {
      for (let words = reader.next(); words !== undefined; words = reader.next()) {
        this.obey(words, session);
        this.offset = start + reader.position;
      }
      await receive();
    }
  }

  private obey(words: Command, session: Client): void {
    const name = words[0]?.toString('latin1').toUpperCase();
    // These two the leader says of the present, so the copy is behind us.
    if (name === 'PING' || name === 'REPLCONF') this.isUp = true;
    if (name === 'REPLCONF') this.acknowledge();
    else this.server.execute(words, session);
  }
}

export const replicationCommands: Commands = {
  replconf: {
    arity: -1,
    run: (args, { replication }, client) => {
      if (args.length % 2 !== 0) return failure('ERR syntax error');
      const [option, value] = [args[0]?.toString('latin1').toLowerCase(), Number(args[1])];
      if (option === 'listening-port') client.listeningPort = value;
      if (option !== 'ack') return ok;
      replication.acknowledge(client, value);
      return noReply;
    },
  },
  psync: {
    arity: 3,
    run: (_args, { replication }, client) => {
      replication.welcome(client);
      return noReply;
    },
  },
  //@ stage 11
  wait: { arity: 3, run: wait },
  replicaof: { arity: 3, run: replicaOf },
  slaveof: { arity: 3, run: replicaOf },
  //@ end
};
//@ stage 11

function wait([replicas, timeout]: Arguments, { replication }: Server, client: Client): Reply {
  if (replication.isReplica) {
    return failure('ERR WAIT cannot be used with replica instances. Please also note that since Redis 4.0 if a replica is '
      + 'configured to be writable (which is not the default) writes to replicas are just local and are not propagated.');
  }
  const [count, milliseconds] = [parseInteger(replicas), parseInteger(timeout)];
  if (count === undefined) return failure('ERR value is not an integer or out of range');
  if (milliseconds === undefined) return failure('ERR timeout is not an integer or out of range');
  if (milliseconds < 0n) return failure('ERR timeout is negative');
  return replication.wait(client, Number(count), Number(milliseconds));
}

function replicaOf([host, port]: Arguments, { replication }: Server): Reply {
  const [name, number] = [host.toString('latin1'), port.toString('latin1')];
  if (/^no one$/i.test(`${name} ${number}`)) replication.lead();
  else if (/^\d{1,5}$/.test(number)) replication.follow(name, Number(number));
  else return failure('ERR Invalid master port');
  return ok;
}
//@ end
