import * as vscode from 'vscode';
import type { Project, Stage } from '../../core/roadmap/model.js';
import type { Content } from '../content.js';
import { views } from '../contributions.js';
import type { Session } from '../session.js';
import { languageName } from '../../core/scaffold/languages.js';
import { nodesOrProblem, problemItem, type ProblemNode } from './problem.js';

export type ProjectNode =
  | { readonly kind: 'project'; readonly project: Project }
  | { readonly kind: 'stage'; readonly project: Project; readonly stage: Stage; readonly number: number };

/** The Projects view: the practice projects and their stages. */
export class ProjectsView implements vscode.TreeDataProvider<ProjectNode | ProblemNode>, vscode.Disposable {
  readonly #session: Session;
  readonly #content: Content;
  readonly #log: vscode.LogOutputChannel;
  readonly #changed = new vscode.EventEmitter<undefined>();
  readonly #nodes = new Map<string, ProjectNode>();
  readonly #view: vscode.TreeView<ProjectNode | ProblemNode>;
  readonly #retried: vscode.Disposable;

  readonly onDidChangeTreeData = this.#changed.event;

  constructor(session: Session, content: Content, log: vscode.LogOutputChannel) {
    this.#session = session;
    this.#content = content;
    this.#log = log;
    this.#retried = session.onDidChange((change) => { if (change === undefined) this.#changed.fire(undefined); });
    this.#view = vscode.window.createTreeView(views.projects, { treeDataProvider: this, showCollapseAll: true });
  }

  /** Shows and expands a project; used by links in notes. */
  async reveal(projectId: string): Promise<void> {
    const node = (await this.getChildren()).find((candidate) => candidate.kind === 'project' && candidate.project.id === projectId);
    if (node !== undefined) await this.#view.reveal(node, { select: true, focus: true, expand: true });
  }

  getChildren(node?: ProjectNode | ProblemNode): Promise<(ProjectNode | ProblemNode)[]> {
    return nodesOrProblem(this.#view, this.#log, () => this.#children(node));
  }

  async #children(node: ProjectNode | ProblemNode | undefined): Promise<ProjectNode[]> {
    if (node === undefined) {
      const { outline } = await this.#session.ready();
      return outline.projects.map((project) => this.#keep(project.id, { kind: 'project', project }));
    }
    if (node.kind !== 'project') return [];
    const details = await this.#content.details();
    const stages = details.projects[node.project.id]?.stages ?? [];
    return stages.map((stage, index) => this.#keep(`${node.project.id}/${stage.id}`, { kind: 'stage', project: node.project, stage, number: index + 1 }));
  }

  getParent(node: ProjectNode | ProblemNode): ProjectNode | undefined {
    return node.kind === 'stage' ? this.#nodes.get(node.project.id) : undefined;
  }

  getTreeItem(node: ProjectNode | ProblemNode): vscode.TreeItem {
    if (node.kind === 'problem') return problemItem(vscode.l10n.t('The projects could not be loaded'), node);
    if (node.kind === 'project') {
      const { project } = node;
      const item = new vscode.TreeItem(project.title, vscode.TreeItemCollapsibleState.Collapsed);
      item.id = project.id;
      item.description = vscode.l10n.t('{0} stages', project.stages);
      item.iconPath = new vscode.ThemeIcon('tools');
      item.contextValue = project.starters.length > 0 ? 'project.starter' : 'project';
      item.accessibilityInformation = { label: vscode.l10n.t('Project {0}, {1} stages', project.title, project.stages) };
      return item;
    }
    const item = new vscode.TreeItem(vscode.l10n.t('{0}. {1}', node.number, node.stage.title), vscode.TreeItemCollapsibleState.None);
    item.id = `${node.project.id}/${node.stage.id}`;
    item.tooltip = node.stage.goal;
    item.accessibilityInformation = { label: vscode.l10n.t('Stage {0}, {1}. {2}', node.number, node.stage.title, node.stage.goal) };
    item.contextValue = 'stage';
    return item;
  }

  async resolveTreeItem(item: vscode.TreeItem, node: ProjectNode | ProblemNode): Promise<vscode.TreeItem> {
    if (node.kind !== 'project') return item;
    const [details, { outline }] = await Promise.all([this.#content.details(), this.#session.ready()]);
    const project = details.projects[node.project.id];
    if (project === undefined) return item;
    const text = new vscode.MarkdownString(`**${node.project.title}**\n\n${project.summary}\n\n${project.builds}`);
    if (node.project.starters.length > 0) text.appendMarkdown(`\n\n${vscode.l10n.t('Starters: {0}', node.project.starters.map(languageName).join(', '))}`);
    const topics = project.topics.map((id) => outline.topic(id)?.title).filter((title) => title !== undefined);
    if (topics.length > 0) text.appendMarkdown(`\n\n${vscode.l10n.t('Exercises: {0}', topics.join(', '))}`);
    item.tooltip = text;
    return item;
  }

  dispose(): void {
    vscode.Disposable.from(this.#retried, this.#changed, this.#view).dispose();
  }

  #keep(key: string, node: ProjectNode): ProjectNode {
    const kept = this.#nodes.get(key) ?? node;
    this.#nodes.set(key, kept);
    return kept;
  }
}
