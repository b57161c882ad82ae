// Given: where to listen, and when to stop. Your work begins in server.ts.
import { serve } from './server.js';

/** From stage 8 on there is something to save here first, from stage 14 on something to finish. */
function stop(): void {
  process.exit(0);
}

process.on('SIGINT', stop);
process.on('SIGTERM', stop);
// Whoever starts the server holds its standard input open: when that ends, they are gone. A terminal stays.
if (!process.stdin.isTTY) process.stdin.on('end', stop).on('error', stop).resume();

try {
  await serve({
    host: process.env.HOST ?? '127.0.0.1',
    port: Number(process.env.PORT ?? 6380),
    dataDir: process.env.DATA_DIR ?? 'data',
  });
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exit(1);
}
