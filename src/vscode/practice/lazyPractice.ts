import * as vscode from 'vscode';
import { manifestName } from '../../core/checks/manifestName.js';
import { findManifests } from './discover.js';
import type { Practice, PracticeDeps } from './practice.js';

/** Loads {@link Practice} when a folder with a scaffolded project is open, when one is written, or when something of it is asked for. */
export class LazyPractice implements vscode.Disposable {
  readonly #deps: PracticeDeps;
  readonly #changed = new vscode.EventEmitter<void>();
  readonly #disposables: vscode.Disposable[];
  #promise: Promise<Practice> | undefined;
  #loaded: Practice | undefined;

  /** What the views show of practice may have changed. */
  readonly onDidChange = this.#changed.event;

  constructor(deps: PracticeDeps) {
    this.#deps = deps;
    const watcher = vscode.workspace.createFileSystemWatcher(`**/${manifestName}`, false, true, true);
    const look = () => { void this.#look(); };
    this.#disposables = [this.#changed, watcher, watcher.onDidCreate(look), vscode.workspace.onDidChangeWorkspaceFolders(look)];
    look();
  }

  /** What is loaded already. */
  get current(): Practice | undefined { return this.#loaded; }

  get(): Promise<Practice> {
    this.#promise ??= this.#load();
    this.#promise.catch(() => { this.#promise = undefined; });
    return this.#promise;
  }

  async #look(): Promise<void> {
    if (this.#promise !== undefined) return;
    try {
      if ((await findManifests()).length > 0) await this.get();
    } catch (error) {
      this.#deps.log.error(error instanceof Error ? error : String(error));
    }
  }

  async #load(): Promise<Practice> {
    const { followContext, Practice } = await import('./lazy.js');
    const practice = await Practice.start(this.#deps);
    const fire = () => { this.#changed.fire(); };
    this.#disposables.push(practice, followContext(practice), practice.projects.onDidChange(fire), practice.checks.onDidChange(fire));
    this.#loaded = practice;
    fire();
    return practice;
  }

  dispose(): void {
    vscode.Disposable.from(...this.#disposables).dispose();
  }
}
