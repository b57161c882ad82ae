import * as vscode from 'vscode';

/** What a reset has replaced, so that every byte can come back. */
interface Backup {
  readonly schema: 1;
  readonly folder: string;
  readonly at: number;
  /** Files of the learner's, each with the name under which the backup keeps its bytes; without one, the file was not there. */
  readonly files: readonly { readonly path: string; readonly kept?: string }[];
}

export interface FileResets {
  /** Writes files over the learner's, after a backup of what was there. @returns the backup's folder. */
  write(folder: vscode.Uri, files: ReadonlyMap<string, string>): Promise<vscode.Uri>;
  /** Brings back what a backup holds, after a backup of what is there now. @returns that one's folder. */
  undo(backup: vscode.Uri): Promise<vscode.Uri>;
  /** The latest backup of a project. */
  latest(folder: vscode.Uri): Promise<vscode.Uri | undefined>;
}

const listName = 'backup.json';

/** Resets of files in a project's folder, with backups under `storage`. The learner's git is not touched. */
export function fileResets(storage: vscode.Uri, now: () => number): FileResets {
  const { fs } = vscode.workspace;
  const root = vscode.Uri.joinPath(storage, 'backups');

  async function backUp(folder: vscode.Uri, paths: readonly string[]): Promise<vscode.Uri> {
    await saveDirty(folder, paths);
    const at = now();
    const target = vscode.Uri.joinPath(root, `${new Date(at).toISOString().replaceAll(/[:.]/gu, '-')}-${crypto.randomUUID().slice(0, 8)}`);
    await fs.createDirectory(target);
    const files: { path: string; kept?: string }[] = [];
    for (const [index, path] of paths.entries()) {
      const bytes = await read(vscode.Uri.joinPath(folder, path));
      if (bytes === undefined) {
        files.push({ path });
        continue;
      }
      const kept = `${index}.bytes`;
      await fs.writeFile(vscode.Uri.joinPath(target, kept), bytes);
      files.push({ path, kept });
    }
    const list: Backup = { schema: 1, folder: folder.toString(), at, files };
    // Written last: a backup without its list is none.
    await fs.writeFile(vscode.Uri.joinPath(target, listName), new TextEncoder().encode(JSON.stringify(list, undefined, 2)));
    return target;
  }

  async function readList(backup: vscode.Uri): Promise<Backup | undefined> {
    const bytes = await read(vscode.Uri.joinPath(backup, listName));
    return bytes === undefined ? undefined : JSON.parse(new TextDecoder().decode(bytes)) as Backup;
  }

  return {
    async write(folder, files) {
      const changed: string[] = [];
      for (const [path, text] of files) {
        const bytes = await read(vscode.Uri.joinPath(folder, path));
        if (bytes === undefined || new TextDecoder().decode(bytes) !== text || isDirty(vscode.Uri.joinPath(folder, path))) changed.push(path);
      }
      const backup = await backUp(folder, changed);
      for (const path of changed) await fs.writeFile(vscode.Uri.joinPath(folder, path), new TextEncoder().encode(files.get(path)));
      return backup;
    },
    async undo(backup) {
      const list = await readList(backup);
      if (list === undefined) throw new Error(vscode.l10n.t('The backup {0} can’t be read.', backup.fsPath));
      const folder = vscode.Uri.parse(list.folder, true);
      const again = await backUp(folder, list.files.map(({ path }) => path));
      for (const { path, kept } of list.files) {
        const file = vscode.Uri.joinPath(folder, path);
        if (kept !== undefined) await fs.writeFile(file, await fs.readFile(vscode.Uri.joinPath(backup, kept)));
        else if (await read(file) !== undefined) await fs.delete(file);
      }
      return again;
    },
    async latest(folder) {
      const names = (await Promise.resolve(fs.readDirectory(root)).catch(() => [])).filter(([, type]) => type === vscode.FileType.Directory).map(([name]) => name).sort().reverse();
      for (const name of names) {
        const backup = vscode.Uri.joinPath(root, name);
        const list = await readList(backup).catch(() => undefined);
        if (list?.folder === folder.toString() && list.files.length > 0) return backup;
      }
      return undefined;
    },
  };

  async function read(uri: vscode.Uri): Promise<Uint8Array | undefined> {
    try {
      return await fs.readFile(uri);
    } catch (error) {
      if (error instanceof vscode.FileSystemError && error.code === 'FileNotFound') return undefined;
      throw error;
    }
  }
}

function documentOf(uri: vscode.Uri): vscode.TextDocument | undefined {
  return vscode.workspace.textDocuments.find((document) => document.uri.toString() === uri.toString());
}

function isDirty(uri: vscode.Uri): boolean {
  return documentOf(uri)?.isDirty === true;
}

/** What an editor holds and the disk does not is the learner's work, too: it belongs into the backup. */
async function saveDirty(folder: vscode.Uri, paths: readonly string[]): Promise<void> {
  for (const path of paths) {
    const document = documentOf(vscode.Uri.joinPath(folder, path));
    if (document?.isDirty === true && !await document.save()) throw new Error(vscode.l10n.t('{0} has unsaved changes and could not be saved, so nothing was reset.', path));
  }
}
