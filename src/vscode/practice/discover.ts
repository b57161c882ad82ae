import * as vscode from 'vscode';
import { manifestName } from '../../core/checks/manifestName.js';

/** Folders that hold no project of the learner's own. */
const passedOver = new Set(['node_modules', 'target', 'dist', 'build', 'venv']);
/** A workspace folder with more entries than this is no place to look through. */
const mostEntries = 500;

/** The manifests of scaffolded projects: at the root of a workspace folder, or in a folder of it. */
export async function findManifests(): Promise<vscode.Uri[]> {
  const found = await Promise.all((vscode.workspace.workspaceFolders ?? []).map(({ uri }) => manifestsIn(uri).catch(() => [])));
  return found.flat();
}

async function manifestsIn(folder: vscode.Uri): Promise<vscode.Uri[]> {
  const entries = await vscode.workspace.fs.readDirectory(folder);
  if (entries.some(([name, type]) => name === manifestName && type !== vscode.FileType.Directory)) return [vscode.Uri.joinPath(folder, manifestName)];
  const folders = entries.filter(([name, type]) => type === vscode.FileType.Directory && !name.startsWith('.') && !passedOver.has(name)).slice(0, mostEntries);
  const manifests = await Promise.all(folders.map(async ([name]) => {
    const manifest = vscode.Uri.joinPath(folder, name, manifestName);
    return await exists(manifest) ? [manifest] : [];
  }));
  return manifests.flat();
}

async function exists(uri: vscode.Uri): Promise<boolean> {
  try {
    await vscode.workspace.fs.stat(uri);
    return true;
  } catch {
    return false;
  }
}
