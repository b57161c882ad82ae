import { connect, createServer, type AddressInfo } from 'node:net';
import { clock, type Recording } from './recording.js';

/** Passes on what goes to a port of the loopback address and back, and records it. */
export class Tap {
  readonly recordings: Recording[] = [];

  private constructor(private readonly server: ReturnType<typeof createServer>) {}

  static async open(port: number): Promise<Tap> {
    const server = createServer({ noDelay: true });
    const tap = new Tap(server);
    server.on('connection', (client) => {
      const target = connect({ host: '127.0.0.1', port, noDelay: true });
      const recording: Recording = { clientPort: client.remotePort ?? 0, opened: clock(), chunks: [] };
      tap.recordings.push(recording);
      client.on('data', (bytes: Buffer) => { recording.chunks.push({ at: clock(), from: 'client', bytes: Buffer.from(bytes) }); target.write(bytes); });
      target.on('data', (bytes: Buffer) => { recording.chunks.push({ at: clock(), from: 'server', bytes: Buffer.from(bytes) }); client.write(bytes); });
      client.on('end', () => { recording.closed ??= { at: clock(), by: 'client' }; target.end(); }).on('error', () => { target.destroy(); });
      target.on('end', () => { recording.closed ??= { at: clock(), by: 'server' }; client.end(); }).on('error', () => { client.destroy(); });
    });
    await new Promise<void>((resolve, reject) => { server.once('error', reject).listen(0, '127.0.0.1', resolve); });
    return tap;
  }

  get port(): number { return (this.server.address() as AddressInfo).port; }

  async close(): Promise<void> {
    await new Promise((resolve) => this.server.close(resolve));
  }
}
