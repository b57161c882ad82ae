import pg from 'pg';

/** Gives `use` a connection to the database, and closes it afterwards. */
export async function withConnection<T>(url: string, use: (connection: pg.ClientBase) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return await use(client);
  } finally {
    await client.end();
  }
}
