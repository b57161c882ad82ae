import { spawn, type ChildProcess } from 'node:child_process';
import { chownSync, cpSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Client } from 'pg';
import { Blocked, environment, freePorts, killGroup, windows, type Run } from '../../../../../src/runner/api.js';
import { findInstallation, type Installation } from './installation.js';

/** A running PostgreSQL in which databases can be made. */
export interface Cluster {
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly password: string;
  /** A database that is there. */
  readonly maintenance: string;
}

/** An address for drivers, through `port` of the loopback address when given. */
export function urlOf({ host, port, user, password }: Cluster, database: string, through?: number): string {
  const secret = password === '' ? '' : `:${encodeURIComponent(password)}`;
  return `postgres://${encodeURIComponent(user)}${secret}@${through === undefined ? host : '127.0.0.1'}:${through ?? port}/${database}?sslmode=disable`;
}

const missing = {
  summary: 'No PostgreSQL was found: neither in DATABASE_URL, nor on this machine.',
  remedy: 'Run “Prepare Project”, which can download it (24 MB, for these checks only). Or install PostgreSQL 14 or newer; or start one with docker compose up -d database, and start VS Code with DATABASE_URL=postgres://postgres@127.0.0.1:5432/shop.',
};

/** The one in DATABASE_URL, else one of our own, private, in a temporary folder, ended with the run. @throws Blocked when there is none. */
export async function openCluster(run: Run, installation: Installation | null = findInstallation(run.out) ?? null): Promise<Cluster> {
  const given = process.env['DATABASE_URL'];
  if (given !== undefined && given !== '') return await useGiven(given);
  if (installation === null) throw new Blocked(missing, true);
  return await startCluster(installation, run);
}

async function useGiven(text: string): Promise<Cluster> {
  const remedy = 'Correct DATABASE_URL, or start VS Code without it: then the checks start a database of their own.';
  let url: URL;
  try {
    url = new URL(text);
  } catch {
    throw new Blocked({ summary: 'DATABASE_URL is no address.', remedy });
  }
  const cluster: Cluster = { host: url.hostname, port: Number(url.port || 5432), user: decodeURIComponent(url.username) || 'postgres', password: decodeURIComponent(url.password), maintenance: decodeURIComponent(url.pathname.slice(1)) || 'postgres' };
  try {
    await ask(cluster, cluster.maintenance, (client) => client.query('SELECT 1'));
  } catch (error) {
    throw new Blocked({ summary: `The database in DATABASE_URL can't be reached at ${cluster.host}:${cluster.port}: ${(error as Error).message}.`, remedy });
  }
  return cluster;
}

/** Starts a private cluster: trusted on the loopback address only, and fast, as nothing in it has to survive. */
async function startCluster({ bin, downloaded }: Installation, run: Run): Promise<Cluster> {
  removeAbandoned();
  const home = mkdtempSync(join(tmpdir(), `${prefix}${process.pid}-`));
  const remove = (): void => { rmSync(home, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 }); };
  process.once('exit', remove);
  run.defer(remove);
  const user = process.getuid?.() === 0 ? otherUser() : undefined;
  let programs = bin;
  if (user !== undefined) {
    chownSync(home, user.uid, user.gid);
    // The other user can't read what root has installed for itself.
    if (downloaded) {
      cpSync(dirname(bin), join(home, 'native'), { recursive: true, verbatimSymlinks: true });
      programs = join(home, 'native', 'bin');
    }
  }
  const data = join(home, 'data');
  const [port] = await freePorts(1);
  const options = { cwd: home, env: environment(), windowsHide: true, ...(user !== undefined && { uid: user.uid, gid: user.gid }) };
  run.tell('Starting PostgreSQL …');
  await made(spawn(join(programs, 'initdb'), ['-D', data, '-U', 'postgres', '-A', 'trust', '-E', 'UTF8', '--locale=C', '--no-sync'], { ...options, stdio: ['ignore', 'pipe', 'pipe'] }));
  const settings = { listen_addresses: '127.0.0.1', port: String(port), unix_socket_directories: '', fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off', shared_buffers: '64MB', max_connections: '200', autovacuum: 'off', timezone: 'UTC', jit: 'off', max_parallel_workers_per_gather: '0' };
  const server = spawn(join(programs, 'postgres'), ['-D', data, ...Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`])], { ...options, stdio: ['ignore', 'pipe', 'pipe'], detached: !windows });
  const printed = collect(server);
  if (server.pid !== undefined) run.register.add(server.pid);
  run.defer(async () => { await stop(server, run); });
  const cluster: Cluster = { host: '127.0.0.1', port: port!, user: 'postgres', password: '', maintenance: 'postgres' };
  for (const deadline = Date.now() + 30_000; ; await sleep(30)) {
    try {
      await ask(cluster, 'postgres', (client) => client.query('SELECT 1'));
      return cluster;
    } catch (error) {
      if (server.exitCode === null && server.signalCode === null && Date.now() < deadline) continue;
      throw new Blocked({ summary: `PostgreSQL in ${bin} does not start: ${(error as Error).message}.`, remedy: 'Read its last lines below.', log: printed().split('\n').slice(-20) });
    }
  }
}

/** Ends it at once but in order, so that it gives back what it holds of the system. */
async function stop(server: ChildProcess, run: Run): Promise<void> {
  if (server.exitCode === null && server.signalCode === null) {
    const ended = new Promise((resolve) => server.once('exit', resolve));
    server.kill(windows ? 'SIGTERM' : 'SIGQUIT');
    await Promise.race([ended, sleep(3000, undefined, { ref: false })]);
  }
  if (server.pid === undefined) return;
  killGroup(server.pid);
  run.register.remove(server.pid);
}

async function made(child: ChildProcess): Promise<void> {
  const printed = collect(child);
  const code = await new Promise<number | null>((resolve) => { child.on('error', () => { resolve(null); }).on('close', resolve); });
  if (code !== 0) throw new Blocked({ summary: `PostgreSQL can't make a cluster: initdb ended with exit code ${code ?? 'unknown'}.`, remedy: 'Read its last lines below.', log: printed().split('\n').slice(-20) });
}

function collect(child: ChildProcess): () => string {
  let text = '';
  for (const stream of [child.stdout, child.stderr]) stream?.setEncoding('utf8').on('data', (piece: string) => { text = (text + piece).slice(-20_000); });
  child.on('error', (error) => { text += error.message; });
  return () => text;
}

/** PostgreSQL refuses to run as root: the user that systems have for it, else the one for nothing. */
function otherUser(): { uid: number; gid: number } {
  const lines = readFileSync('/etc/passwd', 'utf8').split('\n').map((line) => line.split(':'));
  const found = ['postgres', 'nobody'].map((name) => lines.find(([user]) => user === name)).find((line) => line !== undefined);
  if (found === undefined) throw new Blocked({ summary: 'PostgreSQL does not run as root, and there is no user postgres or nobody to run it as.', remedy: 'Run VS Code as a user without privileges, or add one: useradd --system postgres.' });
  return { uid: Number(found[2]), gid: Number(found[3]) };
}

const prefix = 'backend-roadmap-postgres-';

/** Removes the folders of runs that were killed. */
function removeAbandoned(): void {
  for (const name of readdirSync(tmpdir())) {
    const pid = name.startsWith(prefix) ? Number(name.slice(prefix.length).split('-')[0]) : 0;
    if (pid > 0 && pid !== process.pid && !runs(pid)) rmSync(join(tmpdir(), name), { recursive: true, force: true });
  }
}

function runs(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/** Gives `use` a connection of the checker's own to a database. */
export async function ask<T>(cluster: Cluster, database: string, use: (client: Client) => Promise<T>, through?: number): Promise<T> {
  const client = new Client({ connectionString: urlOf(cluster, database, through) });
  client.on('error', () => { /* the query that it breaks says so */ });
  await client.connect();
  try {
    return await use(client);
  } finally {
    await client.end().catch(() => { /* gone already */ });
  }
}
