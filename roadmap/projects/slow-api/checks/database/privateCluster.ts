import { spawn, type ChildProcess, type SpawnOptions } from 'node:child_process';
import { chownSync, cpSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Blocked, environment, freePorts, isAlive, killGroup, windows, type Run } from '../../../../../src/runner/api.js';
import { ask, type Cluster } from './cluster.js';
import type { Installation } from './installation.js';

const prefix = 'backend-roadmap-postgres-';

/** Starts a private cluster: trusted on the loopback address only, and fast, as nothing in it has to survive. */
export async function startCluster({ bin, downloaded }: Installation, run: Run): Promise<Cluster> {
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
  const options: SpawnOptions = { cwd: home, env: environment(), windowsHide: true, stdio: ['ignore', 'pipe', 'pipe'], detached: !windows, ...(user !== undefined && { uid: user.uid, gid: user.gid }) };
  run.tell('Starting PostgreSQL …');
  await made(spawn(join(programs, 'initdb'), ['-D', data, '-U', 'postgres', '-A', 'trust', '-E', 'UTF8', '--locale=C', '--no-sync'], options), run);
  const settings = { listen_addresses: '127.0.0.1', port: String(port), unix_socket_directories: '', fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off', shared_buffers: '64MB', max_connections: '200', autovacuum: 'off', timezone: 'UTC', jit: 'off', max_parallel_workers_per_gather: '0' };
  const server = spawn(join(programs, 'postgres'), ['-D', data, ...Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`])], options);
  const printed = collect(server);
  if (server.pid !== undefined) run.register.add(server.pid);
  run.defer(async () => { await stop(server, run); });
  const cluster: Cluster = { host: '127.0.0.1', port: port!, user: 'postgres', password: '', maintenance: 'postgres', own: true };
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

async function made(child: ChildProcess, run: Run): Promise<void> {
  const printed = collect(child);
  if (child.pid !== undefined) run.register.add(child.pid);
  const code = await new Promise<number | null>((resolve) => { child.on('error', () => { resolve(null); }).on('close', resolve); });
  if (child.pid !== undefined) run.register.remove(child.pid);
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

/** Removes the folders of runs that were killed. */
function removeAbandoned(): void {
  for (const name of readdirSync(tmpdir())) {
    const pid = name.startsWith(prefix) ? Number(name.slice(prefix.length).split('-')[0]) : 0;
    if (!(pid > 0) || pid === process.pid || isAlive(pid)) continue;
    try {
      rmSync(join(tmpdir(), name), { recursive: true, force: true });
    } catch {
      // It is another user's.
    }
  }
}
