import * as vscode from 'vscode';
import { stageVerdict } from '../../core/checks/standing.js';
import type { Verdict } from '../../core/checks/verdict.js';
import { passedIn } from '../../core/progress/model.js';
import type { Project, Stage } from '../../core/roadmap/model.js';
import { languageName } from '../../core/scaffold/languages.js';
import type { Content } from '../content.js';
import { commands } from '../contributions.js';
import type { LazyPractice } from '../practice/lazyPractice.js';
import type { OpenProject } from '../practice/projects.js';
import { verdictWords } from '../practice/words.js';
import type { Session } from '../session.js';
import type { Icons } from './icons.js';

export type ProjectNode =
  | { readonly kind: 'project'; readonly project: Project }
  | { readonly kind: 'stage'; readonly project: Project; readonly stage: Stage; readonly number: number };

export interface ProjectsTreeDeps {
  readonly session: Session;
  readonly content: Content;
  readonly icons: Icons;
  readonly practice: LazyPractice;
}

/** What the Projects view shows: the practice projects and their stages, with what was passed. */
export class ProjectsTree implements vscode.TreeDataProvider<ProjectNode> {
  readonly #deps: ProjectsTreeDeps;
  readonly #nodes = new Map<string, ProjectNode>();

  constructor(deps: ProjectsTreeDeps) {
    this.#deps = deps;
  }

  async getChildren(node?: ProjectNode): Promise<ProjectNode[]> {
    if (node === undefined) {
      const { outline } = await this.#deps.session.ready();
      return outline.projects.map((project) => this.#keep(project.id, { kind: 'project', project }));
    }
    if (node.kind === 'stage') return [];
    const details = await this.#deps.content.details();
    const stages = details.projects[node.project.id]?.stages ?? [];
    return stages.map((stage, index) => this.#keep(`${node.project.id}/${stage.id}`, { kind: 'stage', project: node.project, stage, number: index + 1 }));
  }

  getParent(node: ProjectNode): ProjectNode | undefined {
    return node.kind === 'stage' ? this.#nodes.get(node.project.id) : undefined;
  }

  getTreeItem(node: ProjectNode): vscode.TreeItem {
    return node.kind === 'project' ? this.#projectItem(node.project) : this.#stageItem(node);
  }

  #projectItem(project: Project): vscode.TreeItem {
    const item = new vscode.TreeItem(project.title, vscode.TreeItemCollapsibleState.Collapsed);
    const passed = this.#passedStages(project);
    item.id = project.id;
    item.description = passed === 0 ? vscode.l10n.t('{0} stages', project.stages) : vscode.l10n.t('{0}/{1}', passed, project.stages);
    item.iconPath = passed === 0 ? new vscode.ThemeIcon('tools') : this.#deps.icons.ofCount({ done: passed, total: project.stages });
    item.contextValue = project.starters.length > 0 ? 'project.starter' : 'project';
    item.accessibilityInformation = { label: vscode.l10n.t('Project {0}, {1} of {2} stages passed', project.title, passed, project.stages) };
    return item;
  }

  #stageItem({ project, stage, number }: Extract<ProjectNode, { kind: 'stage' }>): vscode.TreeItem {
    const item = new vscode.TreeItem(vscode.l10n.t('{0}. {1}', number, stage.title), vscode.TreeItemCollapsibleState.None);
    const languages = this.#passedIn(`${project.id}/${stage.id}`);
    const open = this.#openProject(project.id);
    const last = this.#lastVerdict(open, stage.id);
    const words = last !== undefined && last !== 'passed' ? verdictWords(last) : languages.length > 0 ? vscode.l10n.t('passed in {0}', languages.map(languageName).join(', ')) : undefined;
    item.id = `${project.id}/${stage.id}`;
    if (words !== undefined) item.description = words;
    item.iconPath = last === 'failed' || last === 'timedOut' || last === 'couldNotRun'
      ? new vscode.ThemeIcon('error', new vscode.ThemeColor('testing.iconFailed'))
      : languages.length > 0 ? this.#deps.icons.get('done') : this.#deps.icons.get('ring-0');
    item.tooltip = stage.goal;
    item.accessibilityInformation = { label: `${vscode.l10n.t('Stage {0}, {1}. {2}', number, stage.title, stage.goal)}${words === undefined ? '' : ` ${words}.`}` };
    item.contextValue = open === undefined ? 'stage' : 'stage.open';
    item.command = { command: commands.openStage, title: vscode.l10n.t('Open stage'), arguments: [project.id, stage.id] };
    return item;
  }

  #passedIn(stage: string): string[] {
    const ready = this.#deps.session.current;
    return ready === undefined ? [] : passedIn(ready.store.progress, stage);
  }

  #passedStages({ id }: Project): number {
    const deeds = this.#deps.session.current?.store.progress.practice.values() ?? [];
    return new Set([...deeds].filter(({ deed, stage }) => deed === 'passed' && stage.startsWith(`${id}/`)).map(({ stage }) => stage)).size;
  }

  #openProject(id: string): OpenProject | undefined {
    return this.#deps.practice.current?.projects.all.find(({ project }) => project.id === id);
  }

  #lastVerdict(open: OpenProject | undefined, stage: string): Verdict | undefined {
    const practice = this.#deps.practice.current;
    if (open === undefined || practice === undefined) return undefined;
    const checks = open.project.stages.find(({ id }) => id === stage)?.checks ?? [];
    return stageVerdict(checks.map(({ id }) => `${stage}/${id}`), practice.checks.verdictsOf(open));
  }

  async resolveTreeItem(item: vscode.TreeItem, node: ProjectNode): Promise<vscode.TreeItem> {
    if (node.kind !== 'project') return item;
    const [details, { outline }] = await Promise.all([this.#deps.content.details(), this.#deps.session.ready()]);
    const project = details.projects[node.project.id];
    if (project === undefined) return item;
    const text = new vscode.MarkdownString(`**${node.project.title}**\n\n${project.summary}\n\n${project.builds}`);
    if (node.project.starters.length > 0) text.appendMarkdown(`\n\n${vscode.l10n.t('Starters: {0}', node.project.starters.map(languageName).join(', '))}`);
    const topics = project.topics.map((id) => outline.topic(id)?.title).filter((title) => title !== undefined);
    if (topics.length > 0) text.appendMarkdown(`\n\n${vscode.l10n.t('Exercises: {0}', topics.join(', '))}`);
    item.tooltip = text;
    return item;
  }

  #keep(key: string, node: ProjectNode): ProjectNode {
    const kept = this.#nodes.get(key) ?? node;
    this.#nodes.set(key, kept);
    return kept;
  }
}
