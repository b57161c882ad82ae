import { accessSync, constants } from 'node:fs';
import * as path from 'node:path';
import { exec } from './exec.js';
import { UserError } from './userError.js';

/** The absolute path of the first of `names` that is on PATH. */
export function findOnPath(...names: readonly string[]): string | undefined {
  const extensions = process.platform === 'win32' ? ['.exe', '.cmd'] : [''];
  const folders = (process.env.PATH ?? '').split(path.delimiter).filter(Boolean);
  for (const name of names) {
    for (const folder of folders) {
      for (const extension of extensions) {
        const file = path.join(folder, name + extension);
        if (isExecutable(file)) {
          return file;
        }
      }
    }
  }
  return undefined;
}

/** Whether `file` exists and may be run. */
export function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** Installs Debian packages where this user may; otherwise throws one line that names the command. */
export async function installPackages(packages: readonly string[], reason: string): Promise<void> {
  const command = `apt-get install --yes --no-install-recommends ${packages.join(' ')}`;
  const prefix = findOnPath('apt-get') ? await rootPrefix() : undefined;
  if (!prefix) {
    throw new UserError(`${reason} Install it with:  sudo ${command}`);
  }
  console.log(`${reason} Installing: ${packages.join(', ')} (apt-get) ...`);
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  const run = (args: readonly string[], purpose: string): Promise<string> => {
    const [program = 'apt-get', ...rest] = [...prefix, 'apt-get', ...args];
    return exec(program, rest, { env, purpose });
  };
  const wait = ['-o', 'DPkg::Lock::Timeout=300'];
  const install = [...wait, 'install', '--yes', '--no-install-recommends', ...packages];
  try {
    await run(install, 'Installing packages');
  } catch {
    await run([...wait, 'update'], 'Refreshing the package list');
    await run(install, `Installing ${packages.join(', ')}`);
  }
}

async function rootPrefix(): Promise<readonly string[] | undefined> {
  if (process.getuid?.() === 0) {
    return [];
  }
  if (!findOnPath('sudo')) {
    return undefined;
  }
  try {
    await exec('sudo', ['-n', 'true'], { purpose: 'Asking for sudo' });
    return ['sudo', '-n'];
  } catch {
    return undefined;
  }
}
