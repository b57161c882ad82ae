import * as vscode from 'vscode';
import { views } from '../contributions.js';
import { LazyTree } from './lazyTree.js';
import type { ProjectNode, ProjectsTreeDeps } from './projectsTree.js';

export type { ProjectNode } from './projectsTree.js';

/** The Projects view; what it shows is loaded when it is first seen. */
export class ProjectsView implements vscode.Disposable {
  readonly #tree: LazyTree<ProjectNode>;
  readonly #view: vscode.TreeView<ProjectNode>;
  readonly #disposables: vscode.Disposable[];

  constructor(deps: ProjectsTreeDeps) {
    this.#tree = new LazyTree(async () => new (await import('./lazy.js')).ProjectsTree(deps));
    this.#view = vscode.window.createTreeView(views.projects, { treeDataProvider: this.#tree, showCollapseAll: true });
    this.#disposables = [
      this.#tree, this.#view,
      deps.practice.onDidChange(() => { this.#tree.refresh(); }),
      deps.session.onDidChange((change) => { if (change === undefined || change.stages.size > 0) this.#tree.refresh(); }),
    ];
  }

  /** Shows and expands a project; used by links in notes. */
  async reveal(projectId: string): Promise<void> {
    const node = (await this.#tree.getChildren()).find((candidate) => candidate.project.id === projectId);
    if (node !== undefined) await this.#view.reveal(node, { select: true, focus: true, expand: true });
  }

  dispose(): void {
    vscode.Disposable.from(...this.#disposables).dispose();
  }
}
