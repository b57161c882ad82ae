import { Failure, freePorts, type CheckContext, type CheckedStage } from '../../../../../src/runner/api.js';
import { Client } from '../client.js';
import { bulk, bulks, errorLine, integer, nil, ok } from '../expected.js';
import { describe, type Reply } from '../resp.js';
import { slotCount, slotOf } from '../slots.js';

interface Node { readonly client: Client; readonly port: number; readonly first: number; readonly last: number }

/** Three nodes that know each other's slots. */
async function cluster(t: CheckContext): Promise<Node[]> {
  const ports = await freePorts(3);
  const cuts = [0, t.random.integer(5000, 5900), t.random.integer(10_500, 11_400), slotCount];
  const ranges = ports.map((port, index) => ({ port, first: cuts[index]!, last: cuts[index + 1]! - 1 }));
  const nodes = ranges.map(({ port, first, last }) => `127.0.0.1:${port}=${first}-${last}`).join(',');
  t.step(`CLUSTER_NODES=${nodes}`);
  const started = [];
  for (const range of ranges) {
    const program = await t.start({ port: range.port, variables: { CLUSTER_NODES: nodes } });
    started.push({ ...range, client: await Client.open(t, program) });
  }
  return started;
}

const ownerOf = (nodes: readonly Node[], key: string): Node => nodes.find(({ first, last }) => slotOf(key) >= first && slotOf(key) <= last)!;

/** A key whose slot is one of these. */
function keyIn(first: number, last: number): string {
  for (let number = 0; ; number++) {
    const slot = slotOf(`k${number}`);
    if (slot >= first && slot <= last) return `k${number}`;
  }
}

const crossSlot = errorLine("CROSSSLOT Keys in request don't hash to the same slot");

export const shard: CheckedStage = {
  id: 'shard',
  checks: [
    {
      id: 'keyslot',
      title: 'computes the slot of a key as every Redis client does',
      async run(t) {
        const [{ client }] = await cluster(t) as [Node];
        const known: [string, number, string][] = [
          ['foo', 12182, 'The slot is CRC-16/XMODEM (polynomial 0x1021, initial value 0) of the key, modulo 16384.'],
          ['123456789', 12739, 'The check value of CRC-16/XMODEM for 123456789 is 0x31C3 = 12739: other CRC-16 variants give others.'],
          ['{user1000}.following', 3443, 'Only what stands between the first { and the next } is hashed.'],
          ['{user1000}.followers', 3443, 'Keys with the same hash tag share a slot.'],
          ['foo{{bar}}zap', 4015, 'The hash tag is what stands between the first { and the first } behind it: here "{bar".'],
          ['foo{}{bar}', 8363, 'An empty hash tag is none: the whole key is hashed.'],
          ['', 0, 'The empty key is in slot 0.'],
        ];
        for (const [key, slot, remedy] of known) await client.expect(['CLUSTER', 'KEYSLOT', key], integer(slot), { remedy });
        for (let count = 0; count < 20; count++) {
          const key = t.random.pick(['', 'a', 'user:']) + t.random.pick(['', '{', '}', `{${t.random.word(4)}}`]) + t.random.word(t.random.integer(0, 12));
          await client.expect(['CLUSTER', 'KEYSLOT', key], integer(slotOf(key)), { quiet: true });
        }
        t.step('✔ 20 random keys');
      },
    },
    {
      id: 'moved',
      title: 'sends a client to the node that owns the key',
      limitSec: 30,
      async run(t) {
        const nodes = await cluster(t);
        for (let count = 0; count < 30; count++) {
          const key = t.random.word();
          const owner = ownerOf(nodes, key);
          const other = t.random.pick(nodes.filter((node) => node !== owner));
          const moved = errorLine(`MOVED ${slotOf(key)} 127.0.0.1:${owner.port}`);
          await other.client.expect(['SET', key, 'v'], moved, { as: `SET ${key} (slot ${slotOf(key)}) on a node with the slots ${other.first}-${other.last}`, quiet: true, remedy: 'Clients read this line: MOVED, the slot, host:port of the owner. Neither run the command here nor pass it on.' });
          await owner.client.expect(['SET', key, `v${count}`], ok, { quiet: true, remedy: 'The owner of the slot runs the command.' });
          await owner.client.expect(['GET', key], bulk(`v${count}`), { quiet: true });
          await other.client.expect(['GET', key], moved, { quiet: true });
        }
        t.step('✔ 30 keys: MOVED by a wrong node, done by the right one');
        for (const node of nodes) {
          for (const slot of [node.first, node.last]) {
            const key = keyIn(slot, slot);
            await node.client.expect(['SET', key, 'v'], ok, { as: `SET of a key in slot ${slot}, of a node with the slots ${node.first}-${node.last}`, quiet: true, remedy: 'Both ends of a range belong to it.' });
          }
        }
        t.step('✔ the first and the last slot of each node');
      },
    },
    {
      id: 'cross-slot',
      title: 'refuses a command whose keys are in different slots',
      async run(t) {
        const nodes = await cluster(t);
        const remedy = 'All keys of one command must be in one slot, also when this node owns both. Keys are all arguments of MGET, DEL and EXISTS, and every second one of MSET.';
        const [a, b] = ['a', 'b'];
        await nodes[0]!.client.expect(['MGET', a, b], crossSlot, { remedy });
        await nodes[0]!.client.expect(['MSET', a, '1', b, '2'], crossSlot, { remedy });
        await nodes[1]!.client.expect(['DEL', a, b], crossSlot, { remedy });
        const [node] = nodes as [Node];
        const [low, high] = [keyIn(node.first, node.first + 100), keyIn(node.last - 100, node.last)];
        await node.client.expect(['MGET', low, high], crossSlot, { as: `MGET of two keys in the slots ${slotOf(low)} and ${slotOf(high)}, both of this node`, remedy });
        const tag = t.random.word(5);
        const { client } = ownerOf(nodes, `{${tag}}`);
        await client.expect(['MSET', `{${tag}}a`, '1', `{${tag}}b`, '2'], ok, { remedy: 'Keys with the same hash tag are in the same slot.' });
        await client.expect(['MGET', `{${tag}}a`, `{${tag}}b`, `{${tag}}c`], bulks('1', '2', null));
      },
    },
    {
      id: 'cluster-slots',
      title: 'tells clients who owns which slots',
      async run(t) {
        const nodes = await cluster(t);
        for (const { client } of nodes) {
          const reply = await client.call('CLUSTER', 'SLOTS');
          const ranges = readSlots(reply);
          const remedy = 'An array of ranges: first slot, last slot, then an array of host (bulk string), port (integer) and node id (bulk string, 40 characters) of the owner.';
          if (typeof ranges === 'string') throw new Failure({ summary: 'The reply to CLUSTER SLOTS is not as clients read it.', expected: 'array of [first, last, [host, port, id]]', actual: ranges, remedy });
          const owners = new Map<number, number>();
          for (const { first, last, port } of ranges) for (let slot = first; slot <= last; slot++) owners.set(slot, owners.has(slot) ? -1 : port);
          for (const { port, first, last } of nodes) {
            for (const slot of [first, last, Math.floor((first + last) / 2)]) {
              t.expect(owners.get(slot) === port, () => ({ summary: `CLUSTER SLOTS names another owner for slot ${slot}.`, expected: `port ${port}`, actual: owners.get(slot) === -1 ? 'two owners' : `port ${owners.get(slot) ?? 'none'}`, remedy }));
            }
          }
          t.expect(owners.size === slotCount && ![...owners.values()].includes(-1), () => ({ summary: 'CLUSTER SLOTS does not cover every slot once.', expected: `${slotCount} slots, each once`, actual: `${owners.size} slots`, remedy }));
        }
        t.step('✔ each of the 3 nodes names the owner of all 16384 slots');
      },
    },
    {
      id: 'spread',
      title: 'spreads keys over the nodes and stores none on a wrong one',
      limitSec: 40,
      async run(t) {
        const nodes = await cluster(t);
        const keys = Array.from({ length: 3000 }, (_, index) => `${t.random.word(6)}:${index}`);
        for (const node of nodes) {
          const own = keys.filter((key) => ownerOf(nodes, key) === node);
          await node.client.expectAll(own.map((key) => ['SET', key, 'v']), ok, { within: 10_000 });
          const foreign = keys.filter((key) => ownerOf(nodes, key) !== node);
          const replies = await node.client.pipeline(foreign.map((key) => ['SET', key, 'wrong']), { within: 10_000 });
          t.expect(replies.every((reply) => reply.kind === 'error' && reply.text.startsWith('MOVED ')), () => ({ summary: 'A node took a key that another one owns.', expected: 'error that begins with MOVED', actual: describe(replies.find((reply) => reply.kind !== 'error') ?? replies[0]!), remedy: 'Look at the slot of the key before the command runs.' }));
        }
        for (const node of nodes) {
          const own = keys.filter((key) => ownerOf(nodes, key) === node);
          await node.client.expect(['DBSIZE'], integer(own.length), { as: `DBSIZE of the node with slots ${node.first}-${node.last}`, remedy: 'A node stores the keys of its own slots, and no others.' });
          t.step(`✔ ${own.length} of 3000 keys on the node with ${node.last - node.first + 1} of ${slotCount} slots`);
        }
        const key = keys[0]!;
        await ownerOf(nodes, key).client.expect(['DEL', key], integer(1), { quiet: true });
        await ownerOf(nodes, key).client.expect(['GET', key], nil, { quiet: true });
      },
    },
  ],
};

/** The ranges that the reply names, or what is wrong with it. */
function readSlots(reply: Reply): { first: number; last: number; port: number }[] | string {
  if (reply.kind !== 'array' || reply.items === null) return describe(reply);
  const ranges = [];
  for (const item of reply.items) {
    if (item.kind !== 'array' || item.items === null) return `an array in which a range is no array but ${describe(item)}`;
    const [first, last, owner] = item.items;
    if (first?.kind !== 'integer' || last?.kind !== 'integer') return 'a range that does not begin with two integers, its first slot and its last';
    if (first.value < 0n || last.value >= BigInt(slotCount) || first.value > last.value) return `a range from ${first.value} to ${last.value}`;
    if (owner?.kind !== 'array' || owner.items === null) return 'a range whose third element is no array';
    const [host, port] = owner.items;
    if (host?.kind !== 'bulk' || host.bytes !== '127.0.0.1') return `a host that is ${host === undefined ? 'missing' : describe(host)}`;
    if (port?.kind !== 'integer') return `a port that is ${port === undefined ? 'missing' : `no integer but a ${port.kind === 'bulk' ? 'bulk string' : port.kind}`}`;
    ranges.push({ first: Number(first.value), last: Number(last.value), port: Number(port.value) });
  }
  return ranges;
}
