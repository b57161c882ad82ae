//@ file 4
//@ stage 8
import { setCommand } from './aof.js';
//@ end
//@ stage 12
import { clusterCommands } from './cluster.js';
//@ end
//@ stage 10
import { infoCommands } from './info.js';
//@ end
//@ stage 9
import { pubsubCommands } from './pubsub.js';
//@ end
//@ stage 10
import { replicationCommands } from './replication.js';
//@ end
//@ stage 4-7
import { array, bulk, failure, fitsInt64, integer, ok, parseInteger, simple, type Command, type Reply } from './resp.js';
//@ end
//@ stage 8
import { array, bulk, command, failure, fitsInt64, integer, ok, parseInteger, simple, type Command, type Reply } from './resp.js';
//@ end
import type { Client, Server } from './server.js';
import type { Store } from './store.js';
//@ stage 6
import { transactionCommands } from './transactions.js';
//@ end

/** What follows the name. The arity was checked: as many as a command demands are there. */
export type Arguments = readonly [Buffer, Buffer, Buffer, ...Buffer[]];

export interface Spec {
  /** The number of words, the name included: exactly so many or, when negative, at least so many. */
  readonly arity: number;
  //@ stage 6
  /** It acts on the connection or its transaction, and so is not queued in one. */
  readonly control?: boolean;
  //@ end
  //@ stage 9
  /** A client that has subscribed to channels may send it. */
  readonly whileSubscribed?: boolean;
  //@ end
  run(args: Arguments, server: Server, client: Client): Reply;
}

export type Commands = Readonly<Record<string, Spec>>;

/** What a client asked for can't be done; the message is the reply. */
class CommandError extends Error {}

const syntaxError = 'ERR syntax error';

/** What a client gets for a command. */
export function execute(words: Command, server: Server, client: Client): Reply {
  const name = nameOf(words);
  //@ stage 5-7
  server.store.now = Date.now();
  //@ end
  //@ stage 8
  // What the log says took place long ago: nothing had expired at that moment, unless the log says so.
  server.store.now = client.trusted ? 0 : Date.now();
  //@ end
  //@ stage 4-6
  const spec = admit(name, words);
  //@ end
  //@ stage 7-7
  const spec = admit(name, words, server);
  //@ end
  //@ stage 8
  const spec = admit(name, words, server, client);
  //@ end
  if (typeof spec === 'string') {
    //@ stage 6
    if (client.transaction !== undefined) client.transaction.broken = true;
    //@ end
    return failure(spec);
  }
  //@ stage 6
  if (client.transaction !== undefined && spec.control !== true) {
    return client.transaction.add(() => call(spec, words, server, client));
  }
  //@ end
  return call(spec, words, server, client);
}

const nameOf = (words: Command): string => words[0]?.toString('latin1').toLowerCase() ?? '';

//@ stage 4-6
/** What `name` stands for, or why the command is refused. */
function admit(name: string, words: Command): Spec | string {
//@ end
//@ stage 7-7
/** What `name` stands for, or why the command is refused. */
function admit(name: string, words: Command, server: Server): Spec | string {
//@ end
//@ stage 8
/** What `name` stands for, or why the command is refused. */
function admit(name: string, words: Command, server: Server, client: Client): Spec | string {
//@ end
  const spec = table.get(name);
  if (spec === undefined) return unknownCommand(words);
  if (spec.arity < 0 ? words.length < -spec.arity : words.length !== spec.arity) return wrongArity(name);
  //@ stage 8
  if (client.trusted) return spec;
  //@ end
  //@ stage 12
  const redirection = server.cluster?.redirect(name, words);
  if (redirection !== undefined) return redirection;
  //@ end
  //@ stage 10
  if (server.replication.isReplica && writing.has(name)) return "READONLY You can't write against a read only replica.";
  //@ end
  //@ stage 7
  if (growing.has(name) && !server.makeRoom()) return "OOM command not allowed when used memory > 'maxmemory'.";
  //@ end
  //@ stage 9
  if (client.channels.size > 0 && spec.whileSubscribed !== true) {
    return `ERR Can't execute '${name}': only (P|S)SUBSCRIBE / (P|S)UNSUBSCRIBE / PING / QUIT / RESET are allowed in this context`;
  }
  //@ end
  return spec;
}

//@ stage 4-7
function call(spec: Spec, words: Command, server: Server, client: Client): Reply {
  try {
    return spec.run(words.slice(1) as unknown as Arguments, server, client);
  } catch (error) {
    if (!(error instanceof CommandError)) throw error;
    return failure(error.message);
  }
}
//@ end
//@ stage 8
function call(spec: Spec, words: Command, server: Server, client: Client): Reply {
  const { store } = server;
  const changesBefore = store.changes;
  try {
    const reply = spec.run(words.slice(1) as unknown as Arguments, server, client);
    // What EXEC changed was recorded for each command of its transaction.
    if (store.changes !== changesBefore && spec.control !== true) server.record(() => effect(words, store));
    return reply;
  } catch (error) {
    if (!(error instanceof CommandError)) throw error;
    return failure(error.message);
  }
}

/** What a command did, so told that it means the same at any later time: every time to live becomes a moment. */
function effect(words: Command, store: Store): Command {
  const [name, key] = [nameOf(words), words[1] ?? Buffer.alloc(0)];
  switch (name) {
    case 'set': case 'expire': case 'pexpire': case 'expireat': case 'pexpireat': {
      const entry = store.peek(key);
      if (entry === undefined) return command('DEL', key);
      return name === 'set' ? setCommand(entry) : command('PEXPIREAT', key, String(entry.expiresAt));
    }
    default: return words;
  }
}
//@ end

function unknownCommand([name = Buffer.alloc(0), ...args]: Command): string {
  let shown = '';
  for (const arg of args) {
    if (shown.length >= 128) break;
    shown += `'${arg.toString('latin1').slice(0, 128 - shown.length)}' `;
  }
  // A line end would end the reply.
  return `ERR unknown command '${name.toString('latin1').slice(0, 128)}', with args beginning with: ${shown}`.replace(/[\r\n]/g, ' ');
}

const wrongArity = (name: string): string => `ERR wrong number of arguments for '${name}' command`;

const connectionCommands: Commands = {
  //@ stage 4-8
  ping: { arity: -1, run: ping },
  //@ end
  //@ stage 9
  ping: { arity: -1, whileSubscribed: true, run: ping },
  //@ end
  echo: { arity: 2, run: ([text]) => bulk(text) },
  //@ stage 4-5
  quit: { arity: -1, run: quit },
  //@ end
  //@ stage 6-8
  quit: { arity: -1, control: true, run: quit },
  //@ end
  //@ stage 9
  quit: { arity: -1, control: true, whileSubscribed: true, run: quit },
  //@ end
  select: { arity: 2, run: select },
  // What client programs ask before their user does: they make do with these answers.
  client: { arity: -2, run: () => ok },
  command: { arity: -1, run: () => array([]) },
  //@ stage 4-12
  config: { arity: -2, run: () => array([]) },
  //@ end
  //@ stage 13
  config: { arity: -2, run: config },
  //@ end
};

//@ stage 4-8
function ping(args: Arguments): Reply {
  if (args.length > 1) throw new CommandError(wrongArity('ping'));
  return args.length === 0 ? simple('PONG') : bulk(args[0]);
}
//@ end
//@ stage 9
function ping(args: Arguments, _server: Server, client: Client): Reply {
  if (args.length > 1) throw new CommandError(wrongArity('ping'));
  // A subscriber reads nothing but arrays.
  if (client.channels.size > 0) return array([bulk('pong'), bulk(args.length === 0 ? '' : args[0])]);
  return args.length === 0 ? simple('PONG') : bulk(args[0]);
}
//@ end

function quit(_args: Arguments, _server: Server, client: Client): Reply {
  client.close();
  return ok;
}

function select([index]: Arguments): Reply {
  if (toInteger(index) !== 0n) throw new CommandError('ERR DB index is out of range');
  return ok;
}

//@ stage 13
/** What redis-benchmark notes beside its figures; nothing else is told. */
function config([, name]: Arguments, { settings }: Server): Reply {
  const values = new Map([['save', ''], ['appendonly', settings.appendOnly ? 'yes' : 'no']]);
  const value = values.get(String(name).toLowerCase());
  return array(value === undefined ? [] : [bulk(name), bulk(value)]);
}

//@ end
const stringCommands: Commands = {
  get: { arity: 2, run: ([key], { store }) => bulk(store.get(key)) },
  set: { arity: -3, run: set },
  mget: { arity: -2, run: (keys, { store }) => array(keys.map((key) => bulk(store.get(key)))) },
  mset: { arity: -3, run: mset },
  del: { arity: -2, run: (keys, { store }) => integer(keys.filter((key) => store.delete(key)).length) },
  exists: { arity: -2, run: (keys, { store }) => integer(keys.filter((key) => store.has(key)).length) },
  type: { arity: 2, run: ([key], { store }) => simple(store.has(key) ? 'string' : 'none') },
  incr: { arity: 2, run: ([key], { store }) => add(store, key, 1n) },
  incrby: { arity: 3, run: ([key, amount], { store }) => add(store, key, toInteger(amount)) },
  decr: { arity: 2, run: ([key], { store }) => add(store, key, -1n) },
  decrby: { arity: 3, run: decrby },
  dbsize: { arity: 1, run: (_args, { store }) => integer(store.size) },
  flushall: { arity: -1, run: flush },
  flushdb: { arity: -1, run: flush },
};

//@ stage 4-4
function set([key, value, ...options]: Arguments, { store }: Server): Reply {
  let condition = '';
  let wantsOld = false;
  for (const option of options.map((word) => word.toString('latin1').toUpperCase())) {
    if ((option === 'NX' || option === 'XX') && (condition === '' || condition === option)) condition = option;
    else if (option === 'GET') wantsOld = true;
    else throw new CommandError(syntaxError);
  }
  const old = wantsOld ? bulk(store.get(key)) : undefined;
  if (condition !== '' && store.has(key) !== (condition === 'XX')) return old ?? bulk(undefined);
  store.set(key, value);
  return old ?? ok;
}
//@ end
//@ stage 5-7
/** The options of SET that say how long a key lives, with their unit in milliseconds. */
const lifetimes = new Map([['EX', 1000], ['PX', 1]]);

//@ end
//@ stage 8
/** The options of SET that say how long a key lives, or, with AT, until when, and their unit in milliseconds. */
const lifetimes = new Map([['EX', 1000], ['PX', 1], ['EXAT', 1000], ['PXAT', 1]]);

//@ end
//@ stage 5
function set([key, value, ...options]: Arguments, { store }: Server): Reply {
  let condition = '';
  let wantsOld = false;
  let lifetime = '';
  let amount: Buffer | undefined;
  for (let index = 0; index < options.length; index += 1) {
    const option = options[index]?.toString('latin1').toUpperCase() ?? '';
    const next = options[index + 1];
    if ((option === 'NX' || option === 'XX') && (condition === '' || condition === option)) condition = option;
    else if (option === 'GET') wantsOld = true;
    else if (option === 'KEEPTTL' && (lifetime === '' || lifetime === option)) lifetime = option;
    else if (lifetimes.has(option) && lifetime === '' && next !== undefined) [lifetime, amount, index] = [option, next, index + 1];
    else throw new CommandError(syntaxError);
  }
  let expiresAt = lifetime === 'KEEPTTL' ? store.expiresAt(key) : undefined;
  if (amount !== undefined) {
    const unit = lifetimes.get(lifetime) ?? 1;
    if (toInteger(amount) <= 0n) throw new CommandError(invalidExpiry('set'));
    //@ stage 5-7
    expiresAt = toMoment('set', amount, unit, store.now);
    //@ end
    //@ stage 8
    expiresAt = toMoment('set', amount, unit, lifetime.endsWith('AT') ? 0 : store.now);
    //@ end
  }
  const old = wantsOld ? bulk(store.get(key)) : undefined;
  if (condition !== '' && store.has(key) !== (condition === 'XX')) return old ?? bulk(undefined);
  store.set(key, value, expiresAt);
  return old ?? ok;
}
//@ end

function mset(pairs: Arguments, { store }: Server): Reply {
  if (pairs.length % 2 !== 0) throw new CommandError(wrongArity('mset'));
  for (let index = 0; index < pairs.length; index += 2) store.set(pairs[index] as Buffer, pairs[index + 1] as Buffer);
  return ok;
}

function decrby([key, amount]: Arguments, { store }: Server): Reply {
  const by = -toInteger(amount);
  // The least integer has no counterpart.
  if (!fitsInt64(by)) throw new CommandError('ERR decrement would overflow');
  return add(store, key, by);
}

function add(store: Store, key: Buffer, by: bigint): Reply {
  //@ stage 4-13
  const sum = toInteger(store.get(key) ?? Buffer.from('0')) + by;
  //@ end
  //@ stage 14
  // Not get(): nobody looks the value up, so it is neither a hit nor a miss.
  const value = store.has(key) ? store.peek(key)?.value : undefined;
  const sum = toInteger(value ?? Buffer.from('0')) + by;
  //@ end
  if (!fitsInt64(sum)) throw new CommandError('ERR increment or decrement would overflow');
  //@ stage 4-4
  store.set(key, Buffer.from(String(sum)));
  //@ end
  //@ stage 5
  store.set(key, Buffer.from(String(sum)), store.expiresAt(key));
  //@ end
  return integer(sum);
}

function flush(_args: Arguments, { store }: Server): Reply {
  store.clear();
  return ok;
}

function toInteger(bytes: Buffer): bigint {
  const value = parseInteger(bytes);
  if (value === undefined) throw new CommandError('ERR value is not an integer or out of range');
  return value;
}
//@ stage 5

const expiryCommands: Commands = {
  ttl: { arity: 2, run: ([key], { store }) => integer(timeToLive(store, key, 1000)) },
  pttl: { arity: 2, run: ([key], { store }) => integer(timeToLive(store, key, 1)) },
  persist: { arity: 2, run: persist },
  expire: { arity: 3, run: ([key, seconds], { store }) => expire(store, key, toMoment('expire', seconds, 1000, store.now)) },
  pexpire: { arity: 3, run: ([key, amount], { store }) => expire(store, key, toMoment('pexpire', amount, 1, store.now)) },
  //@ stage 8
  expireat: { arity: 3, run: ([key, seconds], { store }) => expire(store, key, toMoment('expireat', seconds, 1000, 0)) },
  pexpireat: { arity: 3, run: ([key, amount], { store }) => expire(store, key, toMoment('pexpireat', amount, 1, 0)) },
  //@ end
};

/** What is left in `unit` milliseconds; -1 for a key that stays, -2 for none. */
function timeToLive(store: Store, key: Buffer, unit: number): number {
  const expiresAt = store.expiresAt(key);
  if (expiresAt === undefined) return -2;
  return expiresAt === Infinity ? -1 : Math.round((expiresAt - store.now) / unit);
}

function persist([key]: Arguments, { store }: Server): Reply {
  const expiresAt = store.expiresAt(key);
  if (expiresAt === undefined || expiresAt === Infinity) return integer(0);
  store.expireAt(key, Infinity);
  return integer(1);
}

function expire(store: Store, key: Buffer, moment: number): Reply {
  return integer(store.expireAt(key, moment) ? 1 : 0);
}

/** The moment that lies `amount` times `unit` milliseconds after `start`. */
function toMoment(name: string, amount: Buffer, unit: number, start: number): number {
  const moment = toInteger(amount) * BigInt(unit) + BigInt(start);
  if (!fitsInt64(moment)) throw new CommandError(invalidExpiry(name));
  // What a number can't tell exactly is so far away that nobody will see the difference.
  return Math.min(Number(moment), Number.MAX_SAFE_INTEGER);
}

const invalidExpiry = (name: string): string => `ERR invalid expire time in '${name}' command`;
//@ end

//@ stage 7
/** Commands that may take more memory. */
const growing = new Set(['set', 'mset', 'incr', 'incrby', 'decr', 'decrby']);
//@ end
//@ stage 10
/** Commands that a replica takes from its leader only. */
const writing = new Set([...growing, 'del', 'flushall', 'flushdb', 'persist', 'expire', 'pexpire', 'expireat', 'pexpireat']);
//@ end
//@ stage 7

//@ end
const table = new Map(Object.entries({
  ...connectionCommands,
  ...stringCommands,
  //@ stage 5
  ...expiryCommands,
  //@ end
  //@ stage 6
  ...transactionCommands,
  //@ end
  //@ stage 9
  ...pubsubCommands,
  //@ end
  //@ stage 10
  ...replicationCommands,
  ...infoCommands,
  //@ end
  //@ stage 12
  ...clusterCommands,
  //@ end
}));
