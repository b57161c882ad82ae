import * as vscode from 'vscode';
import { nodesOrProblem, problemItem, type ProblemNode } from './problem.js';

export interface LazyTreeOptions<T> {
  readonly log: vscode.LogOutputChannel;
  /** The title of the row that stands for content which can't be loaded. */
  readonly problem: () => string;
  /** Called once, when VS Code first asks for children. */
  readonly load: () => Promise<vscode.TreeDataProvider<T>>;
}

/** A tree view that starts folded: what it shows is loaded when it is opened, and a failure is shown in its place. */
export class LazyTreeView<T extends object> implements vscode.TreeDataProvider<T | ProblemNode>, vscode.Disposable {
  readonly #options: LazyTreeOptions<T>;
  readonly #changed = new vscode.EventEmitter<undefined>();
  #promise: Promise<vscode.TreeDataProvider<T>> | undefined;
  #provider: vscode.TreeDataProvider<T> | undefined;

  readonly view: vscode.TreeView<T | ProblemNode>;
  readonly onDidChangeTreeData = this.#changed.event;

  constructor(id: string, options: LazyTreeOptions<T>) {
    this.#options = options;
    this.view = vscode.window.createTreeView(id, { treeDataProvider: this, showCollapseAll: true });
  }

  /** Draws the tree anew; nothing happens before it was drawn. */
  refresh(): void {
    if (this.#promise !== undefined) this.#changed.fire(undefined);
  }

  /** The roots, loaded if they are not yet; empty when that fails. */
  async roots(): Promise<T[]> {
    return (await this.getChildren()).filter((node): node is T => !isProblem(node));
  }

  getChildren(node?: T | ProblemNode): Promise<(T | ProblemNode)[]> {
    return nodesOrProblem<T>(this.view, this.#options.log, async () => {
      this.#promise ??= this.#options.load();
      this.#provider = await this.#promise;
      return node !== undefined && isProblem(node) ? [] : await this.#provider.getChildren(node) ?? [];
    });
  }

  getTreeItem(node: T | ProblemNode): vscode.TreeItem | Thenable<vscode.TreeItem> {
    return isProblem(node) ? problemItem(this.#options.problem(), node) : this.#loaded.getTreeItem(node);
  }

  getParent(node: T | ProblemNode): vscode.ProviderResult<T> {
    return isProblem(node) ? undefined : this.#loaded.getParent?.(node);
  }

  resolveTreeItem(item: vscode.TreeItem, node: T | ProblemNode, token: vscode.CancellationToken): vscode.ProviderResult<vscode.TreeItem> {
    return isProblem(node) ? item : this.#loaded.resolveTreeItem?.(item, node, token) ?? item;
  }

  /** VS Code asks about nothing that {@link getChildren} has not given. */
  get #loaded(): vscode.TreeDataProvider<T> {
    if (this.#provider === undefined) throw new Error('The tree was not loaded yet.');
    return this.#provider;
  }

  dispose(): void {
    this.view.dispose();
    this.#changed.dispose();
  }
}

function isProblem(node: object): node is ProblemNode {
  return 'kind' in node && node.kind === 'problem';
}
