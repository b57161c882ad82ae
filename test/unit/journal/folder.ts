import { randomUUID } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { StoreProblem } from '../../../src/core/progress/log.js';
import { ProgressStore } from '../../../src/core/progress/store.js';
import { Journal, type JournalOptions } from '../../../src/vscode/platform/node/journal.js';

/** Never tidies by itself, and takes no bad file for one that is just being written. */
export const still: JournalOptions = { settleAfter: 0, tidyAfter: undefined };

/** A store folder for one test. */
export class Folder {
  readonly root: string;
  readonly #parent: string;
  readonly #open: ProgressStore[] = [];

  private constructor(parent: string) {
    this.#parent = parent;
    this.root = join(parent, 'progress');
  }

  static async make(parent = tmpdir()): Promise<Folder> {
    return new Folder(await mkdtemp(join(parent, 'roadmap-journal-')));
  }

  async window(options: JournalOptions = still): Promise<{ store: ProgressStore; journal: Journal }> {
    const journal = new Journal(this.root, options);
    const store = await ProgressStore.open(journal, { clock: { now: () => Date.now() }, ids: { next: () => randomUUID() }, redirects: {} });
    this.#open.push(store);
    return { store, journal };
  }

  async store(options: JournalOptions = still): Promise<ProgressStore> {
    return (await this.window(options)).store;
  }

  /** What a new window sees, which is closed again. */
  async look(options: JournalOptions = still): Promise<{ done: string[]; problems: readonly StoreProblem[] }> {
    const store = await this.store(options);
    const done = doneIn(store);
    await store.dispose();
    return { done, problems: store.problems };
  }

  /** Paths relative to the root. */
  async files(folder?: string): Promise<string[]> {
    const list = async (path: string): Promise<string[]> => {
      const found = await readdir(join(this.root, path), { withFileTypes: true }).catch(() => []);
      return (await Promise.all(found.map(async (entry) => entry.isDirectory() ? list(join(path, entry.name)) : [join(path, entry.name)]))).flat();
    };
    return (await list(folder ?? '')).sort();
  }

  async only(folder: string): Promise<string> {
    const files = await this.files(folder);
    if (files.length !== 1) throw new Error(`${folder} holds ${files.join(', ')}`);
    return this.path(files[0] ?? '');
  }

  path(...names: string[]): string {
    return join(this.root, ...names);
  }

  read(path: string): Promise<Buffer> {
    return readFile(path);
  }

  async remove(): Promise<void> {
    await Promise.all(this.#open.map((store) => store.dispose()));
    await rm(this.#parent, { recursive: true, force: true });
  }
}

export function doneIn(store: ProgressStore): string[] {
  return [...store.progress.topics].filter(([, { state }]) => state === 'done').map(([id]) => id).sort();
}

export async function until(isSo: () => boolean, ms = 2000): Promise<void> {
  for (const end = Date.now() + ms; !isSo();) {
    if (Date.now() > end) throw new Error('It did not happen in time.');
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

export async function isThere(path: string): Promise<boolean> {
  return stat(path).then(() => true, () => false);
}
