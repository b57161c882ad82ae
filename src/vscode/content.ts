import * as vscode from 'vscode';
import type { Details, Resource, TopicId } from '../core/roadmap/model.js';
import type { Note } from '../core/notes/model.js';
import type { ContentSource } from '../core/ports.js';
import { parseRoadmap, type Outline } from '../core/roadmap/outline.js';

/** Loads the compiled content, each part once and only when something asks for it. */
export class Content {
  readonly #source: ContentSource;
  readonly #loaded = new Map<string, Promise<unknown>>();

  constructor(source: ContentSource) {
    this.#source = source;
  }

  get source(): ContentSource {
    return this.#source;
  }

  /** @throws when the installation's index can't be read. */
  outline(): Promise<Outline> {
    return this.#once('outline', async () => parseRoadmap(await this.#source.readJson('index.json')));
  }

  details(): Promise<Details> {
    return this.#once('details', async () => await this.#source.readJson('details.json') as Details);
  }

  /** @throws when the installation's library can't be read. */
  library(): Promise<readonly Resource[]> {
    return this.#once('library', async () => {
      const library = await this.#source.readJson('library.json').catch(() => undefined);
      if (!Array.isArray(library)) throw new Error(vscode.l10n.t('The library of this installation is not readable. Reinstall the extension.'));
      return library as readonly Resource[];
    });
  }

  /** @param topic a current id; it is a slug, so it is safe in a path. */
  async note(topic: TopicId): Promise<Note> {
    return await this.#source.readJson(`notes/${topic}.json`) as Note;
  }

  /** Forgets what was loaded, so that the next call reads again. */
  forget(): void {
    this.#loaded.clear();
  }

  #once<T>(key: string, load: () => Promise<T>): Promise<T> {
    let promise = this.#loaded.get(key) as Promise<T> | undefined;
    if (promise === undefined) {
      promise = load();
      this.#loaded.set(key, promise);
      promise.catch(() => this.#loaded.delete(key));
    }
    return promise;
  }
}
