import pg from 'pg';
import type { Timing } from './timing.js';

/** What statements of one request are sent over. */
export class Connection {
  constructor(private readonly client: pg.ClientBase, private readonly timing: Timing) {}

  async query<T>(sql: string, values: readonly unknown[] = []): Promise<{ rows: T[] }> {
    const started = performance.now();
    try {
      const { rows } = await this.client.query(sql, [...values]);
      return { rows: rows as T[] };
    } finally {
      this.timing.database += performance.now() - started;
    }
  }
}

export class Database {
  //@ stage 1-6
  constructor(private readonly url: string) {}
  //@ end
  //@ stage 7
  readonly #pool: pg.Pool;

  constructor(url: string) {
    this.#pool = new pg.Pool({ connectionString: url, max: 10, idleTimeoutMillis: 60_000 });
    // Of a connection that nobody uses: the pool replaces it.
    this.#pool.on('error', (error) => { console.error(error.message); });
    // Of one that is lent: its query fails, and the pool drops it when it is given back. Without a listener the process would end.
    this.#pool.on('connect', (client) => { client.on('error', () => { /* told by the query */ }); });
  }
  //@ end

  //@ stage 1-6
  /** Gives `use` a connection to the database, and closes it afterwards. */
  async use<T>(timing: Timing, use: (connection: Connection) => Promise<T>): Promise<T> {
    const client = new pg.Client({ connectionString: this.url });
    await client.connect();
    try {
      return await use(new Connection(client, timing));
    } finally {
      await client.end();
    }
  }
  //@ end
  //@ stage 7
  /** Lends `use` a connection to the database; who finds none free waits. */
  async use<T>(timing: Timing, use: (connection: Connection) => Promise<T>): Promise<T> {
    const client = await this.#pool.connect();
    try {
      return await use(new Connection(client, timing));
    } finally {
      client.release();
    }
  }
  //@ end
}
