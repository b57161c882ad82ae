import * as vscode from 'vscode';
import type { Note } from '../../core/notes/model.js';
import { printablePage } from '../../core/notes/printable.js';
import type { Platform } from '../platform/platform.js';
import { pageStrings } from './pageStrings.js';

/** Opens a self-contained copy of the note in the browser, where it can be printed; where no browser can be reached, offers to save it. */
export async function printNote(note: Note, extensionUri: vscode.Uri, platform: Platform): Promise<void> {
  const styles = await Promise.all(['note.css', 'print.css'].map((name) => vscode.workspace.fs.readFile(vscode.Uri.joinPath(extensionUri, 'media', name))));
  const css = styles.map((bytes) => new TextDecoder().decode(bytes)).join('\n');
  const html = printablePage(note, pageStrings(), vscode.env.language, css);
  if (await platform.openInBrowser(html)) return;
  const target = await vscode.window.showSaveDialog({
    title: vscode.l10n.t('Save a printable copy'),
    filters: { HTML: ['html'] },
    defaultUri: vscode.Uri.joinPath(vscode.workspace.workspaceFolders?.[0]?.uri ?? extensionUri, `${note.topic}.html`),
  });
  if (target !== undefined) await vscode.workspace.fs.writeFile(target, new TextEncoder().encode(html));
}
