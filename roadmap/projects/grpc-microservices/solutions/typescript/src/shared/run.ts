//@ stage 12
import { log } from './log.js';

//@ end
export interface Settings {
  host: string;
  port: number;
  /** Where orders are kept. */
  dataDir: string;
  productsFile: string;
}
//@ stage 13

/** Stops serving: what runs may take so many milliseconds more. */
export type Stop = (graceMs: number) => Promise<void>;
//@ end

//@ stage 1-12
/** Serves until it is told to stop. `serve` resolves when it listens, and rejects when it can't. */
export async function run(defaultPort: number, serve: (settings: Settings) => Promise<void>): Promise<void> {
//@ end
//@ stage 13
/** Serves until it is told to stop. `serve` resolves with how to stop when it listens, and rejects when it can't. */
export async function run(defaultPort: number, serve: (settings: Settings) => Promise<Stop>): Promise<void> {
  let stopServing: Stop | undefined;
  let stopping = false;
  const stop = async (): Promise<void> => {
    // Asked once more, it is already doing so.
    if (stopping) return;
    stopping = true;
    await stopServing?.(Number(process.env.GRACE_MS ?? 2500));
    process.exit(0);
  };
//@ end
  process.on('SIGINT', stop);
  process.on('SIGTERM', stop);
  // Whoever starts the program holds its standard input open: when that ends, they are gone. A terminal stays.
  if (!process.stdin.isTTY) process.stdin.on('end', stop).on('error', stop).resume();
  try {
    //@ stage 1-12
    await serve({
    //@ end
    //@ stage 13
    stopServing = await serve({
    //@ end
      host: process.env.HOST ?? '127.0.0.1',
      port: Number(process.env.PORT ?? defaultPort),
      dataDir: process.env.DATA_DIR ?? 'var',
      productsFile: process.env.PRODUCTS_FILE ?? 'data/products.json',
    });
  } catch (error) {
    //@ stage 1-11
    console.error(error instanceof Error ? error.message : error);
    //@ end
    //@ stage 12
    log('error', error instanceof Error ? error.message : String(error));
    //@ end
    process.exit(1);
  }
}
//@ stage 1-12

function stop(): void {
  process.exit(0);
}
//@ end
