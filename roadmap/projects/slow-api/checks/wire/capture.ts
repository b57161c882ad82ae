import type { Recording } from './recording.js';

/** The largest payload of an Ethernet frame with IPv4 and TCP, without options. */
const segment = 1460;
const flags = { fin: 0x01, syn: 0x02, push: 0x08, ack: 0x10 };
/** A receiver acknowledges at the latest after this time when it has nothing to say itself: what a second small segment waits for. */
const delayedAckMs = 30;

/** Recordings as a pcap file, microseconds since the epoch: Ethernet, IPv4 and TCP with right checksums. The server's port is the service's usual one. */
export function capture(services: readonly { readonly port: number; readonly recordings: readonly Recording[] }[]): Buffer {
  const frames: { readonly at: number; readonly bytes: Buffer }[] = [];
  for (const { port, recordings } of services) for (const recording of recordings) frames.push(...framesOf(recording, port));
  frames.sort((a, b) => a.at - b.at);
  const header = Buffer.alloc(24);
  header.writeUInt32LE(0xa1b2c3d4, 0);
  header.writeUInt16LE(2, 4);
  header.writeUInt16LE(4, 6);
  header.writeUInt32LE(262_144, 16);
  header.writeUInt32LE(1, 20);
  return Buffer.concat([header, ...frames.flatMap(({ at, bytes }) => {
    const record = Buffer.alloc(16);
    const microseconds = Math.round(at * 1000);
    record.writeUInt32LE(Math.floor(microseconds / 1e6), 0);
    record.writeUInt32LE(microseconds % 1e6, 4);
    record.writeUInt32LE(bytes.length, 8);
    record.writeUInt32LE(bytes.length, 12);
    return [record, bytes];
  })]);
}

type Side = 'client' | 'server';

function framesOf({ clientPort, opened, chunks, closed }: Recording, serverPort: number): { at: number; bytes: Buffer }[] {
  const frames: { at: number; bytes: Buffer }[] = [];
  const next = { client: 1000, server: 5000 };
  const other = (side: Side): Side => side === 'client' ? 'server' : 'client';
  let last = 0;
  const put = (at: number, from: Side, flag: number, payload: Buffer = Buffer.alloc(0)): void => {
    // Frames of one connection keep their order, also within a microsecond.
    last = Math.max(at, last + 0.001);
    const to = other(from);
    const [source, target] = from === 'client' ? [clientPort, serverPort] : [serverPort, clientPort];
    frames.push({ at: last, bytes: frame(source, target, next[from], (flag & flags.ack) === 0 ? 0 : next[to], flag, payload) });
    next[from] += payload.length + ((flag & (flags.syn | flags.fin)) === 0 ? 0 : 1);
  };
  put(opened, 'client', flags.syn);
  put(opened + 0.01, 'server', flags.syn | flags.ack);
  put(opened + 0.02, 'client', flags.ack);
  let previous: { at: number; from: Side } | undefined;
  for (const { at, from, bytes } of chunks) {
    // The recorder sees data, not acknowledgements: one that the sender waited for stands right before what it let go.
    if (previous?.from === from && at - previous.at > delayedAckMs) put(at - 0.05, other(from), flags.ack);
    for (let offset = 0; offset < bytes.length; offset += segment) {
      put(at, from, flags.ack | (offset + segment >= bytes.length ? flags.push : 0), bytes.subarray(offset, offset + segment));
      // As receivers do: an acknowledgement for every other full segment.
      if ((offset / segment) % 2 === 1) put(at, other(from), flags.ack);
    }
    previous = { at, from };
  }
  if (closed !== undefined) {
    const at = Math.max(closed.at, last);
    put(at, closed.by, flags.fin | flags.ack);
    put(at + 0.02, other(closed.by), flags.fin | flags.ack);
    put(at + 0.03, closed.by, flags.ack);
  }
  return frames;
}

const loopback = Buffer.from([127, 0, 0, 1]);
const ethernet = Buffer.from([2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2, 8, 0]);

function frame(source: number, target: number, sequence: number, acknowledgement: number, flag: number, payload: Buffer): Buffer {
  const tcp = Buffer.alloc(20 + payload.length);
  tcp.writeUInt16BE(source, 0);
  tcp.writeUInt16BE(target, 2);
  tcp.writeUInt32BE(sequence >>> 0, 4);
  tcp.writeUInt32BE(acknowledgement >>> 0, 8);
  tcp[12] = 5 << 4;
  tcp[13] = flag;
  tcp.writeUInt16BE(65_535, 14);
  payload.copy(tcp, 20);
  const pseudo = Buffer.alloc(12);
  loopback.copy(pseudo, 0);
  loopback.copy(pseudo, 4);
  pseudo[9] = 6;
  pseudo.writeUInt16BE(tcp.length, 10);
  tcp.writeUInt16BE(checksum(Buffer.concat([pseudo, tcp])), 16);
  const ip = Buffer.alloc(20);
  ip[0] = 0x45;
  ip.writeUInt16BE(20 + tcp.length, 2);
  ip.writeUInt16BE(0x4000, 6);
  ip[8] = 64;
  ip[9] = 6;
  loopback.copy(ip, 12);
  loopback.copy(ip, 16);
  ip.writeUInt16BE(checksum(ip), 10);
  return Buffer.concat([ethernet, ip, tcp]);
}

/** The Internet checksum, RFC 1071. */
function checksum(bytes: Buffer): number {
  let sum = 0;
  for (let at = 0; at + 1 < bytes.length; at += 2) sum += bytes.readUInt16BE(at);
  if (bytes.length % 2 === 1) sum += bytes[bytes.length - 1]! << 8;
  while (sum > 0xffff) sum = (sum & 0xffff) + (sum >>> 16);
  return ~sum & 0xffff;
}
