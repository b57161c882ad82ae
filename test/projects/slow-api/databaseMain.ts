import { ask } from '../../../roadmap/projects/slow-api/checks/database/cluster.js';
import { Databases } from '../../../roadmap/projects/slow-api/checks/database/databases.js';
import { download } from '../../../roadmap/projects/slow-api/checks/database/download.js';
import type { Check } from '../../../src/runner/api.js';
import { serve } from '../../../src/runner/main.js';

/** The database of the slow API's checks without its checks, for tests: it is bundled as a project's checks are. */
let databases: Databases;

/** Makes a database, tells its name and the server's process, and does as `then` says. */
const check = (id: string, then: () => Promise<void>): Check => ({
  id, title: id,
  async run(t) {
    const name = await databases.create({ customers: 20, orders: 50 });
    const { rows: [row] } = await ask(databases.cluster, name, (client) => client.query<{ orders: string; folder: string | null }>(`SELECT count(*) AS orders, ${databases.cluster.own ? "current_setting('data_directory')" : 'NULL'} AS folder FROM orders`));
    t.expect(row?.orders === '50', () => ({ summary: 'The data is not there.', remedy: 'Mend the test.' }));
    t.step(JSON.stringify({ name, port: databases.cluster.port, folder: row?.folder ?? null }));
    await then();
  },
});

serve({
  id: 'fixture',
  stages: [{ id: 'database', checks: [check('answers', () => Promise.resolve()), check('waits', () => new Promise(() => { /* never */ })), check('dies', () => { process.kill(process.pid, 'SIGKILL'); return Promise.resolve(); })] }],
  setUp: async (run) => { databases = await Databases.open(run, process.env['WITHOUT_POSTGRESQL'] === undefined ? undefined : () => undefined); },
  prepare: (run, agreed) => download(run, agreed),
});
