// Where to listen, and when to stop.
import { serve } from './server.js';

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
    port: Number(process.env.PORT ?? 8080),
    databaseUrl: process.env.DATABASE_URL ?? 'postgres://postgres@127.0.0.1:5432/shop?sslmode=disable',
    pricingUrl: process.env.PRICING_URL ?? 'http://127.0.0.1:8090',
    //@ stage 11
    cacheTtlMs: Number(process.env.CACHE_TTL_MS ?? 5000),
    cacheMaxEntries: Number(process.env.CACHE_MAX_ENTRIES ?? 1000),
    //@ end
    //@ stage 12
    pricingTimeoutMs: Number(process.env.PRICING_TIMEOUT_MS ?? 500),
    maxInFlight: Number(process.env.MAX_IN_FLIGHT ?? 256),
    //@ end
  });
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exit(1);
}
