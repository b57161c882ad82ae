import * as vscode from 'vscode';
import { resourceKinds, type Resource, type ResourceKind } from '../../core/roadmap/model.js';
import type { Content } from '../content.js';
import { commands, views } from '../contributions.js';
import type { Session } from '../session.js';
import { nodesOrProblem, problemItem, type ProblemNode } from './problem.js';

export type LibraryNode =
  | { readonly kind: 'shelf'; readonly shelf: ResourceKind }
  | { readonly kind: 'resource'; readonly resource: Resource };

/** The Library view: books, blogs, papers, open source, communities and conferences. */
export class LibraryView implements vscode.TreeDataProvider<LibraryNode | ProblemNode>, vscode.Disposable {
  readonly #content: Content;
  readonly #log: vscode.LogOutputChannel;
  readonly #changed = new vscode.EventEmitter<undefined>();
  readonly #view: vscode.TreeView<LibraryNode | ProblemNode>;
  readonly #retried: vscode.Disposable;

  readonly onDidChangeTreeData = this.#changed.event;

  constructor(session: Session, content: Content, log: vscode.LogOutputChannel) {
    this.#content = content;
    this.#log = log;
    this.#retried = session.onDidChange((change) => { if (change === undefined) this.#changed.fire(undefined); });
    this.#view = vscode.window.createTreeView(views.library, { treeDataProvider: this, showCollapseAll: true });
  }

  getChildren(node?: LibraryNode | ProblemNode): Promise<(LibraryNode | ProblemNode)[]> {
    return nodesOrProblem(this.#view, this.#log, () => this.#children(node));
  }

  async #children(node: LibraryNode | ProblemNode | undefined): Promise<LibraryNode[]> {
    if (node !== undefined && node.kind !== 'shelf') return [];
    const library = await this.#content.library();
    if (node === undefined) {
      return resourceKinds.filter((kind) => library.some((resource) => resource.kind === kind)).map((shelf) => ({ kind: 'shelf', shelf }));
    }
    return library.filter((resource) => resource.kind === node.shelf).map((resource) => ({ kind: 'resource', resource }));
  }

  getTreeItem(node: LibraryNode | ProblemNode): vscode.TreeItem {
    if (node.kind === 'problem') return problemItem(vscode.l10n.t('The library could not be loaded'), node);
    if (node.kind === 'shelf') {
      const { title, icon } = shelfLook(node.shelf);
      const item = new vscode.TreeItem(title, vscode.TreeItemCollapsibleState.Collapsed);
      item.id = node.shelf;
      item.iconPath = new vscode.ThemeIcon(icon);
      item.contextValue = 'shelf';
      return item;
    }
    const { resource } = node;
    const item = new vscode.TreeItem(resource.title, vscode.TreeItemCollapsibleState.None);
    item.id = resource.id;
    if (resource.by !== undefined) item.description = resource.by;
    item.contextValue = 'resource';
    item.tooltip = new vscode.MarkdownString([
      `**${resource.title}**`, resource.what,
      `**${vscode.l10n.t('When')}** ${resource.when}`,
      `**${vscode.l10n.t('Where to start')}** ${resource.start}`,
      resource.url,
    ].join('\n\n'));
    item.command = { command: commands.openResource, title: vscode.l10n.t('Open in browser'), arguments: [node] };
    return item;
  }

  dispose(): void {
    vscode.Disposable.from(this.#retried, this.#changed, this.#view).dispose();
  }
}

function shelfLook(kind: ResourceKind): { title: string; icon: string } {
  switch (kind) {
    case 'book': return { title: vscode.l10n.t('Books'), icon: 'book' };
    case 'blog': return { title: vscode.l10n.t('Engineering blogs'), icon: 'rss' };
    case 'paper': return { title: vscode.l10n.t('Papers'), icon: 'file-text' };
    case 'open-source': return { title: vscode.l10n.t('Open source'), icon: 'git-merge' };
    case 'community': return { title: vscode.l10n.t('Communities'), icon: 'comment-discussion' };
    case 'conference': return { title: vscode.l10n.t('Conferences'), icon: 'organization' };
  }
}
