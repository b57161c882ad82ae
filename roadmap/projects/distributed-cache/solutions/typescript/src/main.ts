//@ file 7
// The settings, and when to stop.
//@ stage 7-13
import { serve } from './server.js';
//@ end
//@ stage 14
import { serve, type Server } from './server.js';
//@ end

//@ stage 7-13
/** There is nothing to save: what was promised to a client is kept already. */
function stop(): void {
  process.exit(0);
}
//@ end
//@ stage 14
let server: Server | undefined;
let stopping = false;

/** Lets what was asked be answered first. */
async function stop(): Promise<void> {
  if (stopping) return;
  stopping = true;
  await server?.stop();
  process.exit(0);
}
//@ end

/** `20mb`, `1g` or a number of bytes. */
function bytes(text: string): number {
  const [, digits, unit = ''] = /^(\d+)(kb?|mb?|gb?|)$/i.exec(text) ?? [];
  if (digits === undefined) throw new Error(`MAXMEMORY is "${text}", which is no size: write a number of bytes, or one with mb or gb.`);
  const thousand = unit.length === 2 ? 1024 : 1000;
  return Number(digits) * thousand ** ['', 'k', 'm', 'g'].indexOf(unit.slice(0, 1).toLowerCase());
}

process.on('SIGINT', stop);
process.on('SIGTERM', stop);
// Whoever starts the server holds its standard input open: when that ends, they are gone. A terminal stays.
if (!process.stdin.isTTY) process.stdin.on('end', stop).on('error', stop).resume();

try {
  const { env } = process;
  //@ stage 7-13
  await serve({
  //@ end
  //@ stage 14
  server = await serve({
  //@ end
    host: env.HOST ?? '127.0.0.1',
    port: Number(env.PORT ?? 6380),
    dataDir: env.DATA_DIR ?? 'data',
    maxMemory: bytes(env.MAXMEMORY ?? '0'),
    evicts: env.MAXMEMORY_POLICY === 'allkeys-lru',
    //@ stage 8
    appendOnly: env.APPENDONLY === 'yes',
    //@ end
    //@ stage 10
    replicaOf: env.REPLICAOF ?? '',
    //@ end
    //@ stage 12
    clusterNodes: env.CLUSTER_NODES ?? '',
    //@ end
    //@ stage 14
    maxClients: Number(env.MAXCLIENTS ?? 10_000),
    //@ end
  });
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exit(1);
}
