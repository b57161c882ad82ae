import type { Client } from 'pg';
import { Client as Connection } from 'pg';
import type { CheckContext, Program } from '../../../../src/runner/api.js';
import { urlOf } from './database/cluster.js';
import type { Size } from './database/databases.js';
import { HttpClient, type HttpAnswer } from './http.js';
import { DatabaseWire, type Traffic } from './wire/databaseWire.js';
import { PricingService } from './wire/pricing.js';
import { theWorld } from './world.js';

export interface ShopOptions {
  /** The project as it was handed over instead of the learner's. */
  readonly baseline?: boolean;
  readonly size?: Size;
  readonly roundTripMs?: number;
  readonly variables?: Readonly<Record<string, string>>;
  /** Statements that are run on its database first. */
  readonly before?: string;
}

/** The API with all that it talks to: a database of its own behind a wire that counts, and a pricing service. */
export class Shop {
  private constructor(
    readonly t: CheckContext, readonly program: Program, readonly http: HttpClient, readonly wire: DatabaseWire, readonly pricing: PricingService,
    /** The checker's own connection, which nobody counts. */
    readonly database: Client,
  ) {}

  /** Starts everything; it ends with the check. */
  static async open(t: CheckContext, { baseline = false, size, roundTripMs, variables = {}, before }: ShopOptions = {}): Promise<Shop> {
    const { databases } = theWorld();
    const { cluster } = databases;
    const name = await databases.create(size, !baseline);
    t.defer(() => databases.drop(name));
    const wire = await DatabaseWire.open({ host: cluster.host, port: cluster.port, ...(roundTripMs !== undefined && { roundTripMs }) });
    t.defer(() => wire.close());
    const pricing = await PricingService.open();
    t.defer(() => pricing.close());
    const database = new Connection({ connectionString: urlOf(cluster, name) });
    database.on('error', () => { /* its database is dropped */ });
    await database.connect();
    t.defer(() => database.end());
    if (before !== undefined) await database.query(before);
    const program = await t.start({ baseline, variables: { DATABASE_URL: urlOf(cluster, name, wire.port), PRICING_URL: pricing.url, ...variables } });
    return new Shop(t, program, new HttpClient(t, program), wire, pricing, database);
  }

  /** GET that has to be answered with 200. */
  async get(path: string, headers: Readonly<Record<string, string>> = {}): Promise<HttpAnswer> {
    return await this.http.expect({ path, headers }, 200, 'Answer as API.md says: it did when it was handed over.');
  }

  /** What went over the database's wire while `work` was done. */
  async watch<T>(work: () => Promise<T>): Promise<{ readonly result: T; readonly traffic: Traffic }> {
    const mark = this.wire.mark();
    const result = await work();
    return { result, traffic: this.wire.since(mark) };
  }

  /** Rows of a question of the checker's own. */
  async rows<T extends object>(sql: string, values: readonly unknown[] = []): Promise<T[]> {
    return (await this.database.query<T & Record<string, unknown>>(sql, [...values])).rows;
  }
}

/** The statements as a report shows them: each once, with how often it was seen, most often first. */
export function statementWords({ statements }: Traffic): string {
  const counts = new Map<string, number>();
  for (const { sql } of statements) { const text = sql.replace(/\s+/gu, ' ').trim(); counts.set(text, (counts.get(text) ?? 0) + 1); }
  const shown = [...counts].sort((a, b) => b[1] - a[1]).slice(0, 3).map(([sql, count]) => `${count} × ${sql.length > 110 ? `${sql.slice(0, 110)}…` : sql}`);
  return shown.length === 0 ? 'no statement' : shown.join(' | ') + (counts.size > 3 ? ' | …' : '');
}
