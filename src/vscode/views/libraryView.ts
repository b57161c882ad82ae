import * as vscode from 'vscode';
import type { Content } from '../content.js';
import { views } from '../contributions.js';
import { LazyTree } from './lazyTree.js';
import type { LibraryNode } from './libraryTree.js';

export type { LibraryNode } from './libraryTree.js';

/** The Library view; what it shows is loaded when it is first seen. */
export class LibraryView implements vscode.Disposable {
  readonly #disposables: vscode.Disposable[];

  constructor(content: Content) {
    const tree = new LazyTree<LibraryNode>(async () => new (await import('./lazy.js')).LibraryTree(content));
    this.#disposables = [tree, vscode.window.createTreeView(views.library, { treeDataProvider: tree, showCollapseAll: true })];
  }

  dispose(): void {
    vscode.Disposable.from(...this.#disposables).dispose();
  }
}
