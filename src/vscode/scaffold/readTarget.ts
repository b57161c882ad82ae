import { foldersToRead, type Entry, type TargetFacts } from '../../core/scaffold/plan.js';
import type { Template } from '../../core/scaffold/template.js';
import { FileType, isLink, locate, typeOf, type FileSystem, type Location } from './fileSystem.js';

/** Reads what the plan needs to know of `target`, never through a symbolic link inside it. @throws what the file system throws. */
export async function readTarget<L extends Location>(
  fs: FileSystem<L>, target: L, template: Template, subfolder?: string,
): Promise<TargetFacts> {
  const folders = new Map<string, readonly Entry[]>();
  for (const folder of foldersToRead(template, subfolder)) {
    if (folder !== '' && !isFolderIn(folders, folder)) continue;
    if (folder === '' && await typeOf(fs, target) === undefined) continue;
    const entries = await fs.readDirectory(locate(target, folder));
    folders.set(folder, entries.map(([name, type]) => ({ name, type: entryType(type) })));
  }
  return subfolder === undefined ? { folders } : { subfolder, folders };
}

function isFolderIn(folders: ReadonlyMap<string, readonly Entry[]>, path: string): boolean {
  const cut = path.lastIndexOf('/');
  const siblings = folders.get(cut < 0 ? '' : path.slice(0, cut));
  return siblings?.some((entry) => entry.name === path.slice(cut + 1) && entry.type === 'folder') ?? false;
}

function entryType(type: number): Entry['type'] {
  if (isLink(type)) return 'symbolicLink';
  if (type === FileType.folder) return 'folder';
  return type === FileType.file ? 'file' : 'other';
}
