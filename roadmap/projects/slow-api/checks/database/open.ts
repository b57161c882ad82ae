import { Blocked, type Run } from '../../../../../src/runner/api.js';
import type { Cluster } from './cluster.js';
import { useGiven } from './given.js';
import { findInstallation, leastVersion, type Installation } from './installation.js';
import { startCluster } from './privateCluster.js';

/** The server that the learner wants to be used; undefined when they don't say. */
export function given(): string | undefined {
  const url = process.env['DATABASE_URL'];
  return url === '' ? undefined : url;
}

/** The one in DATABASE_URL, else one of our own, private, in a temporary folder, ended with the run. @throws Blocked when there is none. */
export async function openCluster(run: Run, find: (out: string) => Installation | undefined = findInstallation): Promise<Cluster> {
  const url = given();
  if (url !== undefined) return await useGiven(url);
  const installation = find(run.out);
  if (installation !== undefined) return await startCluster(installation, run);
  throw new Blocked({
    summary: `No PostgreSQL ${leastVersion} or newer was found: neither in DATABASE_URL, nor on this machine.`,
    remedy: `Run “Prepare Project”, which can download it (24 MB, for these checks only). Or install PostgreSQL ${leastVersion} or newer; or start one with docker compose up -d database, and start VS Code with DATABASE_URL=postgres://postgres@127.0.0.1:5432/shop.`,
  }, true);
}
