import * as vscode from 'vscode';
import { resourceKinds, type Resource, type ResourceKind } from '../../core/roadmap/model.js';
import type { Content } from '../content.js';
import { commands } from '../contributions.js';

export type LibraryNode =
  | { readonly kind: 'shelf'; readonly shelf: ResourceKind }
  | { readonly kind: 'resource'; readonly resource: Resource };

/** What the Library view shows: books, blogs, papers, open source, communities and conferences. */
export class LibraryTree implements vscode.TreeDataProvider<LibraryNode> {
  readonly #content: Content;

  constructor(content: Content) {
    this.#content = content;
  }

  async getChildren(node?: LibraryNode): Promise<LibraryNode[]> {
    if (node?.kind === 'resource') return [];
    const library = await this.#content.library();
    if (node === undefined) {
      return resourceKinds.filter((kind) => library.some((resource) => resource.kind === kind)).map((shelf) => ({ kind: 'shelf', shelf }));
    }
    return library.filter((resource) => resource.kind === node.shelf).map((resource) => ({ kind: 'resource', resource }));
  }

  getTreeItem(node: LibraryNode): vscode.TreeItem {
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
