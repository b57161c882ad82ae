import * as vscode from 'vscode';

/** A tree whose data provider is loaded when VS Code first asks for children: for views that start folded. */
export class LazyTree<T> implements vscode.TreeDataProvider<T>, vscode.Disposable {
  readonly #load: () => Promise<vscode.TreeDataProvider<T>>;
  readonly #changed = new vscode.EventEmitter<undefined>();
  #promise: Promise<vscode.TreeDataProvider<T>> | undefined;
  #provider: vscode.TreeDataProvider<T> | undefined;

  readonly onDidChangeTreeData = this.#changed.event;

  constructor(load: () => Promise<vscode.TreeDataProvider<T>>) {
    this.#load = load;
  }

  /** Draws the tree anew; nothing happens before it was drawn. */
  refresh(): void {
    if (this.#provider !== undefined) this.#changed.fire(undefined);
  }

  async getChildren(node?: T): Promise<T[]> {
    this.#promise ??= this.#load();
    this.#provider = await this.#promise;
    return await this.#provider.getChildren(node) ?? [];
  }

  getTreeItem(node: T): vscode.TreeItem | Thenable<vscode.TreeItem> {
    return this.#loaded.getTreeItem(node);
  }

  getParent(node: T): vscode.ProviderResult<T> {
    return this.#loaded.getParent?.(node);
  }

  resolveTreeItem(item: vscode.TreeItem, node: T, token: vscode.CancellationToken): vscode.ProviderResult<vscode.TreeItem> {
    return this.#loaded.resolveTreeItem?.(item, node, token) ?? item;
  }

  /** VS Code asks about nothing that {@link getChildren} has not given. */
  get #loaded(): vscode.TreeDataProvider<T> {
    if (this.#provider === undefined) throw new Error('The tree was not loaded yet.');
    return this.#provider;
  }

  dispose(): void {
    this.#changed.dispose();
  }
}
