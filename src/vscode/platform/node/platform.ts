import { randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Platform } from '../platform.js';
import { openInBrowser } from './browser.js';
import { Journal } from './journal.js';

/** The extension host that runs on Node: desktop, remote, dev container. */
export const nodePlatform: Platform = {
  clock: { now: () => Date.now() },
  ids: { next: randomUUID },
  isWindows: process.platform === 'win32',
  hasTerminal: true,
  contentSource: (folder) => ({ readJson: async (path) => JSON.parse(await readFile(join(folder.fsPath, path), 'utf8')) as unknown }),
  eventLog: (folder) => new Journal(folder.fsPath),
  loadChecks: async () => (await import('./lazyChecks.js')).platformChecks,
  openInBrowser,
};
