/** A TCP connection as a capture tells it. Times are milliseconds since the epoch. */
export interface CapturedConnection {
  readonly clientPort: number;
  readonly serverPort: number;
  readonly chunks: { readonly at: number; readonly from: 'client' | 'server'; readonly bytes: Buffer }[];
  closedBy?: 'client' | 'server';
}

/** The connections of a pcap file that {@link capture} wrote. @throws Error that says what is wrong with another one. */
export function readCapture(file: Buffer): CapturedConnection[] {
  if (file.length < 24 || file.readUInt32LE(0) !== 0xa1b2c3d4 || file.readUInt32LE(20) !== 1) throw new Error('it is no pcap file with microseconds and Ethernet frames');
  const connections: CapturedConnection[] = [];
  for (let at = 24; at + 16 <= file.length;) {
    const time = file.readUInt32LE(at) * 1000 + file.readUInt32LE(at + 4) / 1000;
    const length = file.readUInt32LE(at + 8);
    const frame = file.subarray(at + 16, at + 16 + length);
    at += 16 + length;
    if (frame.length < length || frame.length < 54 || frame.readUInt16BE(12) !== 0x0800 || frame[23] !== 6) throw new Error('it holds a frame that is no whole IPv4 segment of TCP');
    const tcp = frame.subarray(14 + (frame[14]! & 0x0f) * 4);
    const [source, target, flag] = [tcp.readUInt16BE(0), tcp.readUInt16BE(2), tcp[13]!];
    const payload = tcp.subarray((tcp[12]! >>> 4) * 4);
    if ((flag & 0x12) === 0x02) connections.push({ clientPort: source, serverPort: target, chunks: [] });
    const connection = connections.findLast(({ clientPort, serverPort }) => (clientPort === source && serverPort === target) || (clientPort === target && serverPort === source));
    if (connection === undefined) continue;
    const from = connection.clientPort === source ? 'client' : 'server';
    if (payload.length > 0) connection.chunks.push({ at: time, from, bytes: payload });
    if ((flag & 0x01) !== 0) connection.closedBy ??= from;
  }
  return connections;
}
