import { foldersAbove } from '../../core/scaffold/path.js';
import type { Operation } from '../../core/scaffold/plan.js';
import { FileType, hasCode, isLink, isNotFound, locate, typeOf, type FileSystem, type Location } from './fileSystem.js';

export interface WriteOptions {
  /** Part of the names of temporary files: nothing else may use it. Letters, digits and dashes. */
  readonly unique: string;
  readonly cancellation?: { readonly isCancellationRequested: boolean };
  readonly onDidProgress?: (done: number, total: number) => void;
}

/** `left`: what was created and could not be taken away again, or was changed by another program since. */
export type WriteResult =
  | { readonly type: 'written' }
  | { readonly type: 'cancelled'; readonly left: readonly string[] }
  | { readonly type: 'failed'; readonly path: string; readonly reason: FailureReason; readonly error?: unknown; readonly left: readonly string[] };

export type FailureReason = 'exists' | 'symbolicLink' | 'notAFolder' | 'error';

type Created =
  | { readonly type: 'folder'; readonly path: string }
  | { readonly type: 'temporary'; readonly path: string }
  | { readonly type: 'file'; readonly path: string; readonly temporary: string; readonly content: Uint8Array };

class Refused extends Error {
  constructor(readonly reason: FailureReason) { super(reason); }
}

/**
 * Carries out a plan below `folder`, all or nothing: a failure or a cancellation takes away exactly what was created.
 *
 * Another program may act at the same time. Each file is written under a temporary name of its own, then renamed with
 * `overwrite: false`, so a file that appears meanwhile is found by the file system itself. What remains: VS Code's provider
 * for local disks looks and renames in two steps, and a folder may be replaced by a link between check and write. Both
 * windows are a few system calls long; POSIX and Windows offer nothing better through VS Code's file system.
 * Undoing compares a file's content before it deletes it, with the same window.
 */
export async function write<L extends Location>(
  fs: FileSystem<L>, folder: L, operations: readonly Operation[], options: WriteOptions,
): Promise<WriteResult> {
  const created: Created[] = [];
  const cancelled = (): boolean => options.cancellation?.isCancellationRequested ?? false;
  for (const [index, operation] of operations.entries()) {
    if (cancelled()) return { type: 'cancelled', left: await undo(fs, folder, created) };
    try {
      if (operation.type === 'createFolder') await createFolder(fs, folder, operation.path, created);
      else await writeFile(fs, folder, operation, options.unique, created);
    } catch (error) {
      const left = await undo(fs, folder, created);
      return error instanceof Refused
        ? { type: 'failed', path: operation.path, reason: error.reason, left }
        : { type: 'failed', path: operation.path, reason: hasCode(error, 'FileExists') ? 'exists' : 'error', error, left };
    }
    options.onDidProgress?.(index + 1, operations.length);
  }
  return cancelled() ? { type: 'cancelled', left: await undo(fs, folder, created) } : { type: 'written' };
}

async function createFolder<L extends Location>(fs: FileSystem<L>, folder: L, path: string, created: Created[]): Promise<void> {
  await checkAbove(fs, folder, path);
  const at = locate(folder, path);
  const type = await typeOf(fs, at);
  if (type === FileType.folder) return;
  if (type !== undefined) throw new Refused(isLink(type) ? 'symbolicLink' : 'notAFolder');
  // Noted before the attempt: a call that fails may still have had its effect.
  created.push({ type: 'folder', path });
  await fs.createDirectory(at);
}

async function writeFile<L extends Location>(
  fs: FileSystem<L>, folder: L, file: { readonly path: string; readonly text: string }, unique: string, created: Created[],
): Promise<void> {
  await checkAbove(fs, folder, file.path);
  const at = locate(folder, file.path);
  if (await typeOf(fs, at) !== undefined) throw new Refused('exists');
  const temporary = temporaryPath(file.path, unique);
  if (await typeOf(fs, locate(folder, temporary)) !== undefined) throw new Refused('exists');

  const content = new TextEncoder().encode(file.text);
  created.push({ type: 'temporary', path: temporary });
  await fs.writeFile(locate(folder, temporary), content);
  created[created.length - 1] = { type: 'file', path: file.path, temporary, content };
  await fs.rename(locate(folder, temporary), at, { overwrite: false });
  created[created.length - 1] = { type: 'file', path: file.path, temporary: '', content };
}

/** Between `folder` and `path` there may be folders only: a link could lead anywhere. */
async function checkAbove<L extends Location>(fs: FileSystem<L>, folder: L, path: string): Promise<void> {
  for (const above of ['', ...foldersAbove(path)]) {
    const type = await typeOf(fs, locate(folder, above));
    // The target itself was chosen by the person and may be a link.
    if (above !== '' && type !== undefined && isLink(type)) throw new Refused('symbolicLink');
    if (type === undefined || (type & FileType.folder) === 0) throw new Refused('notAFolder');
  }
}

async function undo<L extends Location>(fs: FileSystem<L>, folder: L, created: readonly Created[]): Promise<string[]> {
  const left: string[] = [];
  for (const item of [...created].reverse()) {
    try {
      if (!await takeAway(fs, folder, item)) left.push(item.path);
    } catch {
      left.push(item.path);
    }
  }
  return left.reverse();
}

/** @returns whether nothing of `item` is left. */
async function takeAway<L extends Location>(fs: FileSystem<L>, folder: L, item: Created): Promise<boolean> {
  const at = locate(folder, item.path);
  switch (item.type) {
    case 'folder': {
      const type = await typeOf(fs, at);
      if (type === undefined) return true;
      if (type !== FileType.folder || (await fs.readDirectory(at)).length > 0) return false;
      return remove(fs, at);
    }
    case 'temporary':
      return remove(fs, at);
    case 'file': {
      if (item.temporary !== '') {
        const temporary = locate(folder, item.temporary);
        // Still there: the rename did not happen, and what stands at `path` is somebody else's.
        if (await typeOf(fs, temporary) !== undefined) return remove(fs, temporary);
      }
      const type = await typeOf(fs, at);
      if (type === undefined) return true;
      if (type !== FileType.file || !sameBytes(await fs.readFile(at), item.content)) return false;
      return remove(fs, at);
    }
  }
}

async function remove<L extends Location>(fs: FileSystem<L>, at: L): Promise<boolean> {
  try {
    await fs.delete(at, { recursive: false, useTrash: false });
  } catch (error) {
    if (!isNotFound(error)) throw error;
  }
  return true;
}

/** In the same folder, so that the rename never crosses file systems. */
function temporaryPath(path: string, unique: string): string {
  const cut = path.lastIndexOf('/') + 1;
  return `${path.slice(0, cut)}.${unique}.tmp`;
}

function sameBytes(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, index) => byte === b[index]);
}
