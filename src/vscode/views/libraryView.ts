import * as vscode from 'vscode';
import type { Content } from '../content.js';
import { views } from '../contributions.js';
import type { Session } from '../session.js';
import { LazyTreeView } from './lazyTreeView.js';
import type { LibraryNode } from './libraryTree.js';

export type { LibraryNode } from './libraryTree.js';

/** The Library view: books, blogs, papers, open source, communities and conferences. */
export class LibraryView implements vscode.Disposable {
  readonly #disposables: vscode.Disposable[];

  constructor(session: Session, content: Content, log: vscode.LogOutputChannel) {
    const tree = new LazyTreeView<LibraryNode>(views.library, {
      log, problem: () => vscode.l10n.t('The library could not be loaded'), load: async () => new (await import('./lazy.js')).LibraryTree(content),
    });
    this.#disposables = [tree, session.onDidChange((change) => { if (change === undefined) tree.refresh(); })];
  }

  dispose(): void {
    vscode.Disposable.from(...this.#disposables).dispose();
  }
}
