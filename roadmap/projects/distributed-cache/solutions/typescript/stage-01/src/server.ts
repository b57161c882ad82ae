// roadmap: tcp-udp-dns
// roadmap: io-and-ipc
import { createServer, type Socket } from 'node:net';
import { encode, parseCommand, type Command, type Reply } from './resp.js';

export interface Settings {
  host: string;
  port: number;
  /** Where stage 8 keeps what must survive. */
  dataDir: string;
}

/** Resolves when the server listens, rejects when it can't. */
export async function serve({ host, port }: Settings): Promise<void> {
  const server = createServer(talk);
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, resolve);
  });
}

function talk(socket: Socket): void {
  let pending: Buffer = Buffer.alloc(0);
  // A reset connection is the client's way of leaving.
  socket.on('error', () => socket.destroy());
  socket.on('data', (piece) => {
    pending = Buffer.concat([pending, piece]);
    try {
      for (let next = parseCommand(pending); next !== undefined; next = parseCommand(pending)) {
        pending = pending.subarray(next.used);
        if (next.command.length > 0) socket.write(encode(answer(next.command)));
      }
    } catch (error) {
      socket.end(encode({ kind: 'error', message: `ERR ${error instanceof Error ? error.message : error}` }));
    }
  });
}

function answer([name, argument, ...more]: Command): Reply {
  if (name?.toString('latin1').toUpperCase() !== 'PING') return { kind: 'error', message: `ERR unknown command '${name}'` };
  if (more.length > 0) return { kind: 'error', message: "ERR wrong number of arguments for 'ping' command" };
  return argument === undefined ? { kind: 'simple', text: 'PONG' } : { kind: 'bulk', bytes: argument };
}
