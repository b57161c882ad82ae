import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { Blocked, Failure, isAlive, type Run } from '../../../../../src/runner/api.js';
import { ask, type Cluster } from './cluster.js';
import type { findInstallation } from './installation.js';
import { openCluster } from './open.js';

/** How much a database holds. */
export interface Size { readonly customers: number; readonly orders: number }

/** Enough that a page is a small part of it. */
export const usual: Size = { customers: 2000, orders: 5000 };
/** Enough that reading all of it can't be overlooked. */
export const large: Size = { customers: 20_000, orders: 60_000 };

/** Names of databases begin so: another machine's runs may be at work in the same server. At most 63 bytes are left of a name. */
const ours = `roadmap_${createHash('sha256').update(hostname()).digest('hex').slice(0, 6)}_`;

/** Makes databases: each size is filled once in a run, and copied for each check. */
export class Databases {
  readonly #templates = new Map<string, Promise<string>>();
  readonly #name = `${ours}${process.pid}_${Math.floor(performance.timeOrigin) % 1e9}`;
  #count = 0;

  private constructor(readonly cluster: Cluster, private readonly run: Run) {
    run.defer(async () => { await this.#dropAll(); });
  }

  /** In the learner's server, else in one of the run's own. @throws Blocked when there is none. */
  static async open(run: Run, find?: typeof findInstallation): Promise<Databases> {
    const databases = new Databases(await openCluster(run, find), run);
    if (!databases.cluster.own) await databases.#dropAbandoned();
    return databases;
  }

  /**
   * A fresh database with the shop's data.
   * @param migrated with the learner's migrations. @throws Failure when one of them fails.
   * @returns its name.
   */
  async create(size: Size = usual, migrated = true, seed = this.run.seed): Promise<string> {
    const template = await (migrated ? this.#migrated(size, seed) : this.#filled(size, seed));
    const name = `${this.#name}_${++this.#count}`;
    await this.#copy(template, name);
    return name;
  }

  async drop(name: string): Promise<void> {
    await ask(this.cluster, this.cluster.maintenance, (client) => client.query(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`));
  }

  #filled(size: Size, seed: number): Promise<string> {
    return this.#once(`${this.#name}_${size.orders}_${seed}`, async (name) => {
      await this.#statement(`CREATE DATABASE ${name} ENCODING 'UTF8' TEMPLATE template0`);
      await ask(this.cluster, name, async (client) => {
        await client.query(this.#starter('db/schema.sql'));
        await client.query(`SET shop.seed = '${seed}'; SET shop.customers = '${size.customers}'; SET shop.orders = '${size.orders}'`);
        await client.query(this.#starter('db/seed.sql'));
        await client.query('VACUUM ANALYZE');
      });
    });
  }

  #migrated(size: Size, seed: number): Promise<string> {
    return this.#once(`${this.#name}_${size.orders}_${seed}_migrated`, async (name) => {
      await this.#copy(await this.#filled(size, seed), name);
      for (const { file, sql } of migrations(this.run.root)) {
        try {
          await ask(this.cluster, name, (client) => client.query(sql));
        } catch (error) {
          throw new Failure({ summary: `The migration ${file} fails: ${(error as Error).message}.`, called: sql.trim().slice(0, 300), remedy: 'Mend it: it has to work on a database that db/schema.sql made and that is full of data.' });
        }
      }
      await ask(this.cluster, name, (client) => client.query('VACUUM ANALYZE'));
    });
  }

  #once(name: string, make: (name: string) => Promise<void>): Promise<string> {
    let made = this.#templates.get(name);
    if (made === undefined) {
      made = make(name).then(() => name);
      this.#templates.set(name, made);
    }
    return made;
  }

  async #copy(template: string, name: string): Promise<void> {
    await this.#statement(`CREATE DATABASE ${name} TEMPLATE ${template}`);
  }

  async #statement(sql: string): Promise<void> {
    try {
      await ask(this.cluster, this.cluster.maintenance, (client) => client.query(sql));
    } catch (error) {
      throw new Blocked({ summary: `The database refuses to make another one: ${(error as Error).message}.`, remedy: 'The user in DATABASE_URL needs the right CREATEDB. Or start VS Code without DATABASE_URL: then the checks start a database of their own.' });
    }
  }

  #starter(path: string): string {
    const text = this.run.starter.find((file) => file.path === path)?.text;
    if (text === undefined) throw new Blocked({ summary: `The starter's ${path} is not there.`, remedy: 'This is an error of the checks, not of your program: please report it.' });
    return text;
  }

  async #dropAll(): Promise<void> {
    if (!this.cluster.own) await this.#drop((name) => name.startsWith(this.#name));
  }

  /** Drops what runs of this machine have left that could not end in order. */
  async #dropAbandoned(): Promise<void> {
    await this.#drop((name) => {
      const pid = name.startsWith(ours) ? Number(/^\d+/u.exec(name.slice(ours.length))?.[0]) : NaN;
      return pid > 0 && pid !== process.pid && !isAlive(pid);
    });
  }

  async #drop(which: (name: string) => boolean): Promise<void> {
    const { rows } = await ask(this.cluster, this.cluster.maintenance, (client) => client.query<{ datname: string }>('SELECT datname FROM pg_database'));
    for (const { datname } of rows) if (which(datname)) await this.drop(datname);
  }
}

/** The learner's migrations in their order. */
export function migrations(root: string): { readonly file: string; readonly sql: string }[] {
  const folder = join(root, 'migrations');
  if (!existsSync(folder)) return [];
  return readdirSync(folder).filter((name) => name.endsWith('.sql')).sort().map((name) => ({ file: `migrations/${name}`, sql: readFileSync(join(folder, name), 'utf8') }));
}
