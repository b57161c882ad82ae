import { Client } from 'pg';

/** A running PostgreSQL in which databases can be made. */
export interface Cluster {
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly password: string;
  /** A database that is there. */
  readonly maintenance: string;
  /** Started for this run, and gone with it; else a server of the learner's, in which nothing may stay behind. */
  readonly own: boolean;
}

/** An address for drivers, through `port` of the loopback address when given. */
export function urlOf({ host, port, user, password }: Cluster, database: string, through?: number): string {
  const secret = password === '' ? '' : `:${encodeURIComponent(password)}`;
  const there = host.includes(':') ? `[${host}]` : host;
  return `postgres://${encodeURIComponent(user)}${secret}@${through === undefined ? there : '127.0.0.1'}:${through ?? port}/${encodeURIComponent(database)}?sslmode=disable`;
}

/** Gives `use` a connection of the checker's own to a database. */
export async function ask<T>(cluster: Cluster, database: string, use: (client: Client) => Promise<T>, through?: number): Promise<T> {
  const client = new Client({ connectionString: urlOf(cluster, database, through) });
  client.on('error', () => { /* the query that it breaks says so */ });
  await client.connect();
  try {
    return await use(client);
  } finally {
    await client.end().catch(() => { /* gone already */ });
  }
}
