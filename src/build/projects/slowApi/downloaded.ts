import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ask } from '../../../../roadmap/projects/slow-api/checks/database/cluster.js';
import { Databases } from '../../../../roadmap/projects/slow-api/checks/database/databases.js';
import { download } from '../../../../roadmap/projects/slow-api/checks/database/download.js';
import { findInstallation } from '../../../../roadmap/projects/slow-api/checks/database/installation.js';
import type { Run } from '../../../runner/api.js';
import { CleanUps } from '../../../runner/cleanUps.js';
import { Register } from '../../../runner/processes.js';
import { starterFiles } from '../folder.js';
import type { Report } from '../report.js';

/** On a machine without PostgreSQL: the downloaded one starts, and holds the checks' data. Fetches 24 MB. */
export async function checkDownloaded(project: string, report: Report): Promise<void> {
  const home = mkdtempSync(join(tmpdir(), 'downloaded-'));
  const out = join(home, 'out');
  mkdirSync(out);
  const register = new Register(join(home, 'processes'));
  const cleanUps = new CleanUps();
  const run: Pick<Run, 'root' | 'out' | 'seed' | 'register' | 'starter' | 'tell' | 'defer'> = {
    root: home, out, seed: 7, register, starter: starterFiles(project, 'typescript'), tell: () => undefined, defer: (cleanUp) => { cleanUps.add(cleanUp); },
  };
  const given = process.env['DATABASE_URL'];
  delete process.env['DATABASE_URL'];
  try {
    await download(run, true);
    const databases = await Databases.open(run as Run, () => findInstallation(out, []));
    const { rows: [row] } = await ask(databases.cluster, await databases.create(), (client) => client.query<{ version: string; orders: number }>('SELECT version(), count(*)::int AS orders FROM orders'));
    report.holds('the downloaded PostgreSQL', row?.orders === 5000, JSON.stringify(row), `${/^\S+ \S+/u.exec(row?.version ?? '')?.[0] ?? ''}, ${row?.orders ?? 0} orders`);
  } catch (error) {
    report.failed('the downloaded PostgreSQL', (error as Error).message);
  } finally {
    if (given !== undefined) process.env['DATABASE_URL'] = given;
    await cleanUps.end();
    register.close();
    rmSync(home, { recursive: true, force: true, maxRetries: 10 });
  }
}
