/** A place in a file system, as `vscode.Uri` has it. */
export interface Location {
  readonly path: string;
  with(change: { readonly path: string }): this;
}

/** The part of `vscode.FileSystem` that scaffolding uses; errors carry its codes (`FileNotFound`, …). */
export interface FileSystem<L extends Location> {
  stat(at: L): Thenable<{ readonly type: number }>;
  readDirectory(at: L): Thenable<[string, number][]>;
  createDirectory(at: L): Thenable<void>;
  readFile(at: L): Thenable<Uint8Array>;
  writeFile(at: L, content: Uint8Array): Thenable<void>;
  delete(at: L, options: { readonly recursive: boolean; readonly useTrash: boolean }): Thenable<void>;
  rename(from: L, to: L, options: { readonly overwrite: boolean }): Thenable<void>;
}

/** `vscode.FileType`, whose values are bits: a link to a folder is `folder | symbolicLink`. */
export const FileType = { file: 1, folder: 2, symbolicLink: 64 } as const;

export function isLink(type: number): boolean {
  return (type & FileType.symbolicLink) !== 0;
}

/** `path` is relative and `/`-separated; `''` is the folder itself. */
export function locate<L extends Location>(folder: L, path: string): L {
  return path === '' ? folder : folder.with({ path: `${folder.path.replace(/\/+$/u, '')}/${path}` });
}

/** The type bits of what is there, or undefined when nothing is. @throws what the file system throws otherwise. */
export async function typeOf<L extends Location>(fs: FileSystem<L>, at: L): Promise<number | undefined> {
  try {
    return (await fs.stat(at)).type;
  } catch (error) {
    if (isNotFound(error)) return undefined;
    throw error;
  }
}

export function isNotFound(error: unknown): boolean {
  return hasCode(error, 'FileNotFound');
}

export function hasCode(error: unknown, code: string): boolean {
  return typeof error === 'object' && error !== null && 'code' in error && error.code === code;
}
