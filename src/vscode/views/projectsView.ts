import * as vscode from 'vscode';
import { views } from '../contributions.js';
import { LazyTreeView } from './lazyTreeView.js';
import type { ProjectNode, ProjectsTreeDeps } from './projectsTree.js';

export type { ProjectNode } from './projectsTree.js';

/** The Projects view: the practice projects and their stages, with what was passed. */
export class ProjectsView implements vscode.Disposable {
  readonly #tree: LazyTreeView<ProjectNode>;
  readonly #disposables: vscode.Disposable[];

  constructor(deps: ProjectsTreeDeps, log: vscode.LogOutputChannel) {
    this.#tree = new LazyTreeView(views.projects, {
      log, problem: () => vscode.l10n.t('The projects could not be loaded'), load: async () => new (await import('./lazy.js')).ProjectsTree(deps),
    });
    this.#disposables = [
      this.#tree,
      deps.practice.onDidChange(() => { this.#tree.refresh(); }),
      deps.session.onDidChange((change) => { if (change === undefined || change.stages.size > 0) this.#tree.refresh(); }),
    ];
  }

  /** Shows and expands a project; used by links in notes. */
  async reveal(projectId: string): Promise<void> {
    const node = (await this.#tree.roots()).find((candidate) => candidate.project.id === projectId);
    if (node !== undefined) await this.#tree.view.reveal(node, { select: true, focus: true, expand: true });
  }

  dispose(): void {
    vscode.Disposable.from(...this.#disposables).dispose();
  }
}
