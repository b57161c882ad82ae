import { constants } from 'node:fs';
import { access, lstat, mkdir, readdir, readFile, rename, rmdir, stat, unlink, writeFile } from 'node:fs/promises';
import { FileType, type FileSystem, type Location } from '../../src/vscode/scaffold/fileSystem.js';

export class DiskLocation implements Location {
  constructor(readonly path: string) {}
  with(change: { readonly path: string }): this { return new DiskLocation(change.path) as this; }
}

/** The local disk, behaving as `vscode.workspace.fs` does: codes of errors, link bits, `mkdir -p`, overwriting `writeFile`. */
export function diskFileSystem(): FileSystem<DiskLocation> {
  return {
    stat: (at) => coded(async () => {
      const link = await lstat(at.path);
      if (!link.isSymbolicLink()) return { type: typeOf(link) };
      const target = await stat(at.path).catch(() => undefined);
      return { type: FileType.symbolicLink | (target ? typeOf(target) : 0) };
    }),
    readDirectory: (at) => coded(async () => {
      const entries = await readdir(at.path, { withFileTypes: true });
      return entries.map((entry): [string, number] => [entry.name, entry.isSymbolicLink() ? FileType.symbolicLink : typeOf(entry)]);
    }),
    createDirectory: (at) => coded(async () => { await mkdir(at.path, { recursive: true }); }),
    readFile: (at) => coded(() => readFile(at.path)),
    writeFile: (at, content) => coded(() => writeFile(at.path, content)),
    delete: (at, { recursive }) => coded(async () => {
      if (recursive) throw new Error('Scaffolding never deletes recursively.');
      await ((await lstat(at.path)).isDirectory() ? rmdir(at.path) : unlink(at.path));
    }),
    rename: (from, to, { overwrite }) => coded(async () => {
      if (!overwrite && await access(to.path, constants.F_OK).then(() => true, () => false)) throw Object.assign(new Error(`${to.path} exists`), { code: 'EEXIST' });
      await rename(from.path, to.path);
    }),
  };
}

const codes: Readonly<Record<string, string>> = {
  ENOENT: 'FileNotFound', EEXIST: 'FileExists', ENOTDIR: 'FileNotADirectory', EISDIR: 'FileIsADirectory', EACCES: 'NoPermissions', EPERM: 'NoPermissions',
};

async function coded<T>(operation: () => Promise<T>): Promise<T> {
  try {
    return await operation();
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? '';
    throw Object.assign(new Error((error as Error).message), { code: codes[code] ?? 'Unknown' });
  }
}

function typeOf(entry: { isFile(): boolean; isDirectory(): boolean }): number {
  return entry.isFile() ? FileType.file : entry.isDirectory() ? FileType.folder : 0;
}
