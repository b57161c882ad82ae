import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { urlOf } from '../../../../roadmap/projects/slow-api/checks/database/cluster.js';
import { openCluster } from '../../../../roadmap/projects/slow-api/checks/database/open.js';
import type { Run } from '../../../runner/api.js';
import { CleanUps } from '../../../runner/cleanUps.js';
import { Register } from '../../../runner/processes.js';
import { starterFiles } from '../folder.js';

/** What of a run a database needs. */
type DatabaseRun = Pick<Run, 'root' | 'out' | 'seed' | 'register' | 'starter' | 'tell' | 'defer'>;

/** A run without a program and its checks, for a database; DATABASE_URL is not set meanwhile. All of it ends behind `use`. */
export async function withRun<T>(use: (run: Run) => Promise<T>): Promise<T> {
  const home = mkdtempSync(join(tmpdir(), 'run-'));
  const out = join(home, 'out');
  mkdirSync(out);
  const register = new Register(join(home, 'processes'));
  const cleanUps = new CleanUps();
  const run: DatabaseRun = { root: home, out, seed: 7, register, starter: starterFiles('slow-api', 'typescript'), tell: () => undefined, defer: (cleanUp) => { cleanUps.add(cleanUp); } };
  const given = process.env['DATABASE_URL'];
  delete process.env['DATABASE_URL'];
  try {
    return await use(run as Run);
  } finally {
    if (given === undefined) delete process.env['DATABASE_URL'];
    else process.env['DATABASE_URL'] = given;
    await cleanUps.end();
    register.close();
    rmSync(home, { recursive: true, force: true, maxRetries: 10 });
  }
}

/** Lets all runs of the checks that are begun in `use` share one server, as a learner's DATABASE_URL does: starting one takes longer than many a check. */
export async function withSharedServer<T>(use: () => Promise<T>): Promise<T> {
  return await withRun(async (run) => {
    process.env['DATABASE_URL'] = urlOf(await openCluster(run), 'postgres');
    return await use();
  });
}
