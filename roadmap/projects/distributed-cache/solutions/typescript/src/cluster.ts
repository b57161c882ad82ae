//@ file 12
// roadmap: load-balancing-strategies
import { createHash } from 'node:crypto';
import type { Arguments, Commands } from './commands.js';
import { array, bulk, failure, integer, ok, type Command, type Reply } from './resp.js';
import type { Server } from './server.js';

const slotCount = 16384;

interface ClusterNode {
  readonly id: string;
  readonly host: string;
  readonly port: number;
  readonly firstSlot: number;
  readonly lastSlot: number;
}

/** Who has which slots, as all nodes were told at their start. */
export class Cluster {
  readonly nodes: readonly ClusterNode[];
  readonly self: ClusterNode;

  /** `layout` is like `127.0.0.1:7001=0-5460,127.0.0.1:7002=5461-16383`; this node is the one at `port`. */
  constructor(layout: string, port: number) {
    this.nodes = layout.split(',').map(parseNode);
    const self = this.nodes.find((node) => node.port === port);
    if (self === undefined) throw new Error(`CLUSTER_NODES is "${layout}", where no node has the port ${port} of this one.`);
    this.self = self;
  }

  /** Why a command is not for this node; undefined if it is. */
  redirect(name: string, words: Command): string | undefined {
    const slots = new Set(keysOf(name, words).map(keySlot));
    const [slot] = slots;
    if (slot === undefined) return undefined;
    if (slots.size > 1) return "CROSSSLOT Keys in request don't hash to the same slot";
    const owner = this.nodes.find(({ firstSlot, lastSlot }) => firstSlot <= slot && slot <= lastSlot);
    if (owner === undefined) return 'CLUSTERDOWN Hash slot not served';
    return owner === this.self ? undefined : `MOVED ${slot} ${owner.host}:${owner.port}`;
  }
}

function parseNode(text: string): ClusterNode {
  const [, host, port, firstSlot, lastSlot] = /^(.+):(\d+)=(\d+)-(\d+)$/.exec(text) ?? [];
  if (host === undefined) throw new Error(`CLUSTER_NODES has "${text}" where a node should be: write 127.0.0.1:7001=0-5460.`);
  // Every node gives every node the same name, without a word between them.
  const id = createHash('sha1').update(`${host}:${port}`).digest('hex');
  return { id, host, port: Number(port), firstSlot: Number(firstSlot), lastSlot: Number(lastSlot) };
}

function keysOf(name: string, [, ...args]: Command): Command {
  switch (name) {
    case 'get': case 'set': case 'type': case 'incr': case 'incrby': case 'decr': case 'decrby': case 'ttl': case 'pttl':
    case 'persist': case 'expire': case 'pexpire': case 'expireat': case 'pexpireat':
      return args.slice(0, 1);
    case 'mget': case 'del': case 'exists':
      return args;
    case 'mset':
      return args.filter((_word, index) => index % 2 === 0);
    default:
      return [];
  }
}

/** What is between the first { and the next }, if that is anything, decides alone: so related keys can be kept together. */
export function keySlot(key: Buffer): number {
  const open = key.indexOf('{');
  const close = open < 0 ? -1 : key.indexOf('}', open);
  return crc16(close > open + 1 ? key.subarray(open + 1, close) : key) % slotCount;
}

/** CRC-16/XMODEM: the polynomial 0x1021, beginning with 0. */
function crc16(bytes: Buffer): number {
  let crc = 0;
  for (const byte of bytes) crc = (crc << 8 & 0xffff) ^ (crcTable[crc >> 8 ^ byte] ?? 0);
  return crc;
}

const crcTable = Array.from({ length: 256 }, (_, byte) => {
  let crc = byte << 8;
  for (let bit = 0; bit < 8; bit += 1) crc = (crc & 0x8000) === 0 ? crc << 1 : (crc << 1 ^ 0x1021) & 0xffff;
  return crc;
});

export const clusterCommands: Commands = {
  cluster: { arity: -2, run: runCluster },
  // A client says this before it reads from a replica. Here, every node is a leader.
  readonly: { arity: 1, run: (_args, { cluster }) => (cluster === undefined ? failure(disabled) : ok) },
  readwrite: { arity: 1, run: (_args, { cluster }) => (cluster === undefined ? failure(disabled) : ok) },
};

const disabled = 'ERR This instance has cluster support disabled';

function runCluster([subcommand, ...args]: Arguments, { cluster }: Server): Reply {
  if (cluster === undefined) return failure(disabled);
  const name = subcommand.toString('latin1');
  const describe = descriptions[name.toLowerCase()];
  if (describe === undefined) return failure(`ERR unknown subcommand '${name}'. Try CLUSTER HELP.`);
  return describe(cluster, args);
}

const descriptions: Readonly<Record<string, (cluster: Cluster, args: readonly Buffer[]) => Reply>> = {
  keyslot: (_cluster, [key, ...more]) =>
    (key === undefined || more.length > 0 ? failure("ERR wrong number of arguments for 'cluster|keyslot' command") : integer(keySlot(key))),
  myid: ({ self }) => bulk(self.id),
  info: ({ nodes }) => {
    const assigned = nodes.reduce((sum, { firstSlot, lastSlot }) => sum + lastSlot - firstSlot + 1, 0);
    return bulk([
      `cluster_state:${assigned === slotCount ? 'ok' : 'fail'}`,
      `cluster_slots_assigned:${assigned}`,
      `cluster_slots_ok:${assigned}`,
      'cluster_slots_pfail:0',
      'cluster_slots_fail:0',
      `cluster_known_nodes:${nodes.length}`,
      `cluster_size:${nodes.length}`,
      '',
    ].join('\r\n'));
  },
  nodes: ({ nodes, self }) => bulk(nodes.map((node) => {
    const flags = node === self ? 'myself,master' : 'master';
    return `${node.id} ${node.host}:${node.port}@${node.port + 10_000} ${flags} - 0 0 1 connected ${node.firstSlot}-${node.lastSlot}\n`;
  }).join('')),
  slots: ({ nodes }) => array(nodes.map(({ firstSlot, lastSlot, host, port, id }) =>
    array([integer(firstSlot), integer(lastSlot), array([bulk(host), integer(port), bulk(id), array([])])]))),
  shards: ({ nodes }) => array(nodes.map(({ firstSlot, lastSlot, host, port, id }) => array([
    bulk('slots'), array([integer(firstSlot), integer(lastSlot)]),
    bulk('nodes'), array([array([
      bulk('id'), bulk(id), bulk('port'), integer(port), bulk('ip'), bulk(host), bulk('endpoint'), bulk(host),
      bulk('role'), bulk('master'), bulk('replication-offset'), integer(0), bulk('health'), bulk('online'),
    ])]),
  ]))),
};
