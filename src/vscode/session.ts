import * as vscode from 'vscode';
import type { TopicId } from '../core/roadmap/model.js';
import type { TopicState } from '../core/progress/model.js';
import type { Outline } from '../core/roadmap/outline.js';
import type { ProgressChange, ProgressStore } from '../core/progress/store.js';
import { Standing, stateOf } from '../core/roadmap/standing.js';
import type { Content } from './content.js';

/** The roadmap together with the learner's progress on it. */
export interface Ready {
  readonly outline: Outline;
  readonly store: ProgressStore;
  /** Counts and what is next, as of now. */
  readonly standing: Standing;
  stateOf(topic: TopicId): TopicState;
}

/** The one place where content and progress meet; every view reads from here and redraws on its event. */
export class Session implements vscode.Disposable {
  readonly #content: Content;
  readonly #openStore: (outline: Outline) => Promise<ProgressStore>;
  readonly #changed = new vscode.EventEmitter<ProgressChange | undefined>();
  #ready: Promise<Ready> | undefined;
  #store: ProgressStore | undefined;
  #current: Ready | undefined;

  /** Undefined means: everything may have changed. */
  readonly onDidChange = this.#changed.event;

  constructor(content: Content, openStore: (outline: Outline) => Promise<ProgressStore>) {
    this.#content = content;
    this.#openStore = openStore;
  }

  /** Starts loading at the first call. @throws the reason when content or progress can't be opened. */
  ready(): Promise<Ready> {
    if (this.#ready === undefined) {
      this.#ready = this.#load();
      this.#ready.catch(() => { this.#ready = undefined; });
    }
    return this.#ready;
  }

  /** What is loaded already; undefined before. For surfaces that must answer at once. */
  get current(): Ready | undefined {
    return this.#current;
  }

  /** Reads the content again after a failure; whoever shows the roadmap hears of it when that has ended, well or not. */
  async retry(): Promise<void> {
    this.#content.forget();
    await this.ready().catch(() => undefined);
    this.#changed.fire(undefined);
  }

  async #load(): Promise<Ready> {
    const outline = await this.#content.outline();
    const store = this.#store ?? await this.#openStore(outline);
    this.#store = store;
    let standing: Standing | undefined;
    store.onDidChange((change) => {
      standing = undefined;
      this.#changed.fire(change);
    });
    this.#current = {
      outline,
      store,
      get standing() { return (standing ??= new Standing(outline, store.progress)); },
      stateOf: (topic) => stateOf(store.progress, topic),
    };
    return this.#current;
  }

  dispose(): void {
    this.#changed.dispose();
    void this.#store?.dispose();
  }
}
