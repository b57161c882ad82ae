// Given: settings from the environment, and when to stop.

export interface Settings {
  host: string;
  port: number;
  /** Where stage 5 keeps what must survive. */
  dataDir: string;
  productsFile: string;
}

/** Serves until it is told to stop. `serve` resolves when it listens, and rejects when it can't. */
export async function run(defaultPort: number, serve: (settings: Settings) => Promise<void>): Promise<void> {
  process.on('SIGINT', stop);
  process.on('SIGTERM', stop);
  // Whoever starts the program holds its standard input open: when that ends, they are gone. A terminal stays.
  if (!process.stdin.isTTY) process.stdin.on('end', stop).on('error', stop).resume();
  try {
    await serve({
      host: process.env.HOST ?? '127.0.0.1',
      port: Number(process.env.PORT ?? defaultPort),
      dataDir: process.env.DATA_DIR ?? 'var',
      productsFile: process.env.PRODUCTS_FILE ?? 'data/products.json',
    });
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    process.exit(1);
  }
}

/** From stage 13 on there is something to finish first. */
function stop(): void {
  process.exit(0);
}
