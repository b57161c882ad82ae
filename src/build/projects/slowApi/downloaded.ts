import { ask } from '../../../../roadmap/projects/slow-api/checks/database/cluster.js';
import { Databases } from '../../../../roadmap/projects/slow-api/checks/database/databases.js';
import { download } from '../../../../roadmap/projects/slow-api/checks/database/download.js';
import { findInstallation } from '../../../../roadmap/projects/slow-api/checks/database/installation.js';
import type { Report } from '../report.js';
import { withRun } from './aRun.js';

/** On a machine without PostgreSQL: the downloaded one starts, and holds the checks' data. Fetches 24 MB. */
export async function checkDownloaded(report: Report): Promise<void> {
  try {
    await withRun(async (run) => {
      await download(run, true);
      const databases = await Databases.open(run, (out) => findInstallation(out, []));
      const { rows: [row] } = await ask(databases.cluster, await databases.create(), (client) => client.query<{ version: string; orders: number }>('SELECT version(), count(*)::int AS orders FROM orders'));
      report.holds('the downloaded PostgreSQL', row?.orders === 5000, JSON.stringify(row), `${/^\S+ \S+/u.exec(row?.version ?? '')?.[0] ?? ''}, ${row?.orders ?? 0} orders`);
    });
  } catch (error) {
    report.failed('the downloaded PostgreSQL', (error as Error).message);
  }
}
