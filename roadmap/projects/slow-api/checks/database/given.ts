import { Blocked } from '../../../../../src/runner/api.js';
import { ask, type Cluster } from './cluster.js';
import { leastVersion } from './installation.js';

const remedy = 'Correct DATABASE_URL, or start VS Code without it: then the checks start a database of their own.';

/** The learner's own server. @param text DATABASE_URL. @throws Blocked when it can't be used. */
export async function useGiven(text: string): Promise<Cluster> {
  const cluster = parse(text);
  const where = `The database in DATABASE_URL, at ${cluster.host}:${cluster.port},`;
  let version: number;
  try {
    version = await ask(cluster, cluster.maintenance, async (client) => Number((await client.query<{ server_version_num: string }>('SHOW server_version_num')).rows[0]?.server_version_num));
  } catch (error) {
    throw new Blocked({ summary: `${where} can't be reached: ${(error as Error).message}.`, remedy });
  }
  if (version < leastVersion * 10_000) throw new Blocked({ summary: `${where} is PostgreSQL ${Math.floor(version / 10_000)}, which is too old.`, remedy: `Let DATABASE_URL name PostgreSQL ${leastVersion} or newer, or start VS Code without it: then the checks start a database of their own.` });
  return cluster;
}

function parse(text: string): Cluster {
  try {
    const url = new URL(text);
    if (!/^postgres(?:ql)?:$/u.test(url.protocol)) throw new Error(`${url.protocol} is another protocol`);
    return {
      host: url.hostname.replace(/^\[(.*)\]$/u, '$1') || '127.0.0.1', port: Number(url.port || 5432), user: decodeURIComponent(url.username) || 'postgres', password: decodeURIComponent(url.password),
      maintenance: decodeURIComponent(url.pathname.slice(1)) || 'postgres', own: false,
    };
  } catch (error) {
    throw new Blocked({ summary: `DATABASE_URL is no address of a PostgreSQL database, such as postgres://postgres@127.0.0.1:5432/shop: ${(error as Error).message}.`, remedy });
  }
}
