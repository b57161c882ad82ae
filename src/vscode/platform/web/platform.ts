import * as vscode from 'vscode';
import type { Platform } from '../platform.js';
import { WebJournal } from './journal.js';

/** The extension host in the browser's web worker: VS Code for the Web. */
export const webPlatform: Platform = {
  clock: { now: () => Date.now() },
  ids: { next: () => crypto.randomUUID() },
  isWindows: false,
  hasTerminal: false,
  contentSource: (folder) => ({
    readJson: async (path) => JSON.parse(new TextDecoder().decode(await vscode.workspace.fs.readFile(vscode.Uri.joinPath(folder, path)))) as unknown,
  }),
  eventLog: (folder) => new WebJournal(folder, vscode.workspace.fs),
  openInBrowser: () => Promise.resolve(false),
};
