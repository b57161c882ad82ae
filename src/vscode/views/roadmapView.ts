import * as vscode from 'vscode';
import type { Section, TopicId } from '../../core/roadmap/model.js';
import { passes, type Filter } from '../../core/roadmap/standing.js';
import type { Content } from '../content.js';
import { commands, contextKeys, views } from '../contributions.js';
import type { Ready, Session } from '../session.js';
import { errorText, minutesOf, stateName } from '../words.js';
import type { Icons } from './icons.js';
import type { RoadmapNode, UpNextNode } from './nodes.js';
import { nodesOrProblem, problemItem } from './problem.js';

/** The Roadmap view: Up next, then sections → groups → topics. Children are made when a node is expanded, never before. */
export class RoadmapView implements vscode.TreeDataProvider<RoadmapNode>, vscode.Disposable {
  readonly #session: Session;
  readonly #content: Content;
  readonly #icons: Icons;
  readonly #log: vscode.LogOutputChannel;
  readonly #changed = new vscode.EventEmitter<RoadmapNode | RoadmapNode[] | undefined>();
  readonly #nodes = new Map<string, RoadmapNode>();
  readonly #view: vscode.TreeView<RoadmapNode>;
  readonly #disposables: vscode.Disposable[] = [];
  #filter: Filter = 'all';
  #upNext: UpNextNode | undefined;

  readonly onDidChangeTreeData = this.#changed.event;

  constructor(deps: {
    session: Session;
    content: Content;
    icons: Icons;
    log: vscode.LogOutputChannel;
    setDone: (topics: readonly TopicId[], done: boolean) => Promise<void>;
  }) {
    this.#session = deps.session;
    this.#content = deps.content;
    this.#icons = deps.icons;
    this.#log = deps.log;
    this.#view = vscode.window.createTreeView(views.roadmap, {
      treeDataProvider: this,
      canSelectMany: true,
      showCollapseAll: true,
      manageCheckboxStateManually: true,
    });
    this.#disposables.push(
      this.#changed,
      this.#view,
      this.#session.onDidChange((change) => this.#refresh(change?.languages === true || change === undefined ? undefined : change.topics)),
      this.#view.onDidChangeCheckboxState(async ({ items }) => {
        for (const done of [true, false]) {
          const state = done ? vscode.TreeItemCheckboxState.Checked : vscode.TreeItemCheckboxState.Unchecked;
          const topics = items.filter(([, checked]) => checked === state).flatMap(([node]) => (node.kind === 'topic' ? [node.topic] : []));
          if (topics.length > 0) await deps.setDone(topics, done);
        }
        // A box that could not be saved must not stay ticked. The others are drawn already: once more would take a click that comes then.
        const unsaved = items.filter(([node, checked]) => node.kind === 'topic' && (this.#session.current?.stateOf(node.topic) === 'done') !== (checked === vscode.TreeItemCheckboxState.Checked));
        if (unsaved.length > 0) this.#changed.fire(unsaved.map(([node]) => node));
      }),
    );
  }

  /** The topics that are selected in the view. */
  get selection(): readonly RoadmapNode[] {
    return this.#view.selection;
  }

  setFilter(filter: Filter): void {
    this.#filter = filter;
    void vscode.commands.executeCommand('setContext', contextKeys.filter, filter);
    this.#changed.fire(undefined);
  }

  /** Selects a topic without taking the focus; does nothing while the view is hidden or the topic is filtered out. */
  async reveal(topic: TopicId): Promise<void> {
    const ready = this.#session.current;
    if (!this.#view.visible || ready === undefined || !passes(this.#filter, ready.stateOf(topic)) || ready.outline.place(topic) === undefined) return;
    if (this.#view.selection.some((node) => (node.kind === 'topic' || node.kind === 'upNext') && node.topic === topic)) return;
    try {
      await this.#view.reveal(this.#topicNode(topic), { select: true, focus: false });
    } catch (error) {
      this.#log.debug(`The topic ${topic} could not be revealed: ${errorText(error)}`);
    }
  }

  getChildren(node?: RoadmapNode): Promise<RoadmapNode[]> {
    return nodesOrProblem(this.#view, this.#log, async () => this.#children(await this.#session.ready(), node));
  }

  getParent(node: RoadmapNode): RoadmapNode | undefined {
    if (node.kind === 'group') return this.#sectionNode(node.section);
    if (node.kind !== 'topic') return undefined;
    const place = this.#session.current?.outline.place(node.topic);
    if (place === undefined) return undefined;
    const { section, group } = place;
    return group === undefined ? this.#sectionNode(section) : this.#keep(`group:${section.id}/${group.id}`, () => ({ kind: 'group', section, group }));
  }

  getTreeItem(node: RoadmapNode): vscode.TreeItem {
    if (node.kind === 'problem') return problemItem(vscode.l10n.t('The roadmap could not be loaded'), node);
    const ready = this.#session.current;
    if (ready === undefined) return new vscode.TreeItem('');
    switch (node.kind) {
      case 'section': return this.#partItem(ready, node.section.id, node.section.title, ready.standing.section(node.section.id), 'section');
      case 'group': return this.#partItem(ready, `${node.section.id}/${node.group.id}`, node.group.title, ready.standing.group(node.section.id, node.group.id), 'group');
      case 'topic': return this.#topicItem(ready, node.topic);
      case 'upNext': return this.#upNextItem(ready, node.topic);
    }
  }

  async resolveTreeItem(item: vscode.TreeItem, node: RoadmapNode): Promise<vscode.TreeItem> {
    const ready = this.#session.current;
    if (ready === undefined) return item;
    const details = await this.#content.details();
    const text = new vscode.MarkdownString(undefined, true);
    if (node.kind === 'section') {
      const about = details.sections[node.section.id];
      text.appendMarkdown(`**${node.section.title}**\n\n${about?.summary ?? ''}`);
      if (about?.recommendation !== undefined) text.appendMarkdown(`\n\n$(star) ${about.recommendation}`);
    } else if (node.kind === 'topic' || node.kind === 'upNext') {
      const topic = ready.outline.topic(node.topic);
      if (topic === undefined) return item;
      text.appendMarkdown(`**${topic.title}**\n\n${details.topics[topic.id]?.summary ?? ''}`);
      const facts = [stateName(ready.stateOf(topic.id)), minutesOf(topic), topic.cards > 0 ? vscode.l10n.t('{0} questions', topic.cards) : undefined];
      text.appendMarkdown(`\n\n${facts.filter((fact) => fact !== undefined).join(' · ')}`);
      if (topic.prerequisites.length > 0) {
        const names = topic.prerequisites.map((id) => `${ready.stateOf(id) === 'done' ? '$(check) ' : ''}${ready.outline.topic(id)?.title ?? id}`);
        text.appendMarkdown(`\n\n${vscode.l10n.t('After: {0}', names.join(', '))}`);
      }
    }
    item.tooltip = text;
    return item;
  }

  dispose(): void {
    vscode.Disposable.from(...this.#disposables).dispose();
  }

  #children(ready: Ready, node: RoadmapNode | undefined): RoadmapNode[] {
    if (node === undefined) return this.#roots(ready);
    if (node.kind === 'section') {
      const groups = node.section.groups.filter((group) => this.#anyPasses(ready, group.topics)).map((group) => this.#keep(`group:${node.section.id}/${group.id}`, () => ({ kind: 'group', section: node.section, group })));
      return [...groups, ...this.#topicNodes(ready, node.section.topics)];
    }
    return node.kind === 'group' ? this.#topicNodes(ready, node.group.topics) : [];
  }

  #roots(ready: Ready): RoadmapNode[] {
    this.#describe(ready);
    const sections = ready.outline.sections.filter((section) => this.#anyPasses(ready, ready.outline.topicsOf(section))).map((section) => this.#sectionNode(section));
    this.#upNext = this.#next(ready);
    return this.#upNext === undefined ? sections : [this.#upNext, ...sections];
  }

  /** The row of what is next, as of now. */
  #next(ready: Ready): UpNextNode | undefined {
    const topic = this.#filter === 'done' ? undefined : ready.standing.upNext()?.id;
    if (topic === undefined) return undefined;
    if (this.#upNext === undefined) return { kind: 'upNext', topic };
    this.#upNext.topic = topic;
    return this.#upNext;
  }

  #anyPasses(ready: Ready, topics: readonly TopicId[]): boolean {
    return this.#filter === 'all' || topics.some((id) => passes(this.#filter, ready.stateOf(id)));
  }

  #topicNodes(ready: Ready, topics: readonly TopicId[]): RoadmapNode[] {
    return topics.filter((id) => passes(this.#filter, ready.stateOf(id))).map((id) => this.#topicNode(id));
  }

  #topicNode(topic: TopicId): RoadmapNode {
    return this.#keep(`topic:${topic}`, () => ({ kind: 'topic', topic }));
  }

  #sectionNode(section: Section): RoadmapNode {
    return this.#keep(`section:${section.id}`, () => ({ kind: 'section', section }));
  }

  #keep(key: string, make: () => RoadmapNode): RoadmapNode {
    let node = this.#nodes.get(key);
    if (node === undefined) {
      node = make();
      this.#nodes.set(key, node);
    }
    return node;
  }

  #refresh(topics: ReadonlySet<TopicId> | undefined): void {
    const ready = this.#session.current;
    if (topics === undefined || ready === undefined || this.#filter !== 'all' || this.#next(ready) !== this.#upNext) {
      if (ready === undefined) this.#nodes.clear();
      this.#changed.fire(undefined);
      return;
    }
    const stale = new Set<RoadmapNode>(this.#upNext === undefined ? [] : [this.#upNext]);
    for (const topic of topics) {
      for (let node: RoadmapNode | undefined = this.#nodes.get(`topic:${topic}`); node !== undefined; node = this.getParent(node)) stale.add(node);
      const section = ready.outline.place(topic)?.section;
      if (section !== undefined) stale.add(this.#sectionNode(section));
    }
    this.#describe(ready);
    this.#changed.fire([...stale]);
  }

  /** Beside the view's name: how much is done, and that something is left out of sight. */
  #describe({ standing: { total } }: Ready): void {
    const count = `${total.done}/${total.total}`;
    switch (this.#filter) {
      case 'all': this.#view.description = count; break;
      case 'notDone': this.#view.description = vscode.l10n.t('{0} · only not done', count); break;
      case 'done': this.#view.description = vscode.l10n.t('{0} · only done', count); break;
    }
  }

  #partItem(ready: Ready, id: string, title: string, count: { done: number; total: number }, kind: 'section' | 'group'): vscode.TreeItem {
    const item = new vscode.TreeItem(title, vscode.TreeItemCollapsibleState.Collapsed);
    item.id = `${kind}:${id}`;
    item.description = `${count.done}/${count.total}`;
    item.iconPath = this.#icons.ofCount(count);
    item.contextValue = ready.outline.sections.some((section) => section.id === id && section.choose !== undefined) ? `${kind}.choose` : kind;
    item.accessibilityInformation = { label: vscode.l10n.t('{0}, {1} of {2} topics done', title, count.done, count.total) };
    return item;
  }

  #topicItem(ready: Ready, id: TopicId): vscode.TreeItem {
    const topic = ready.outline.topic(id);
    const title = topic?.title ?? id;
    const state = ready.stateOf(id);
    const optional = ready.standing.isOptional(id);
    const recommended = ready.outline.place(id)?.section.recommended.includes(id) === true;
    const facts = [topic === undefined ? undefined : minutesOf(topic), recommended ? vscode.l10n.t('recommended') : undefined, optional ? vscode.l10n.t('optional') : undefined, state === 'skipped' ? vscode.l10n.t('skipped') : undefined].filter((fact) => fact !== undefined);
    const item = new vscode.TreeItem(title, vscode.TreeItemCollapsibleState.None);
    item.id = `topic:${id}`;
    item.description = facts.join(' · ');
    item.iconPath = this.#icons.ofState(state);
    item.contextValue = `topic.${state}`;
    item.checkboxState = {
      state: state === 'done' ? vscode.TreeItemCheckboxState.Checked : vscode.TreeItemCheckboxState.Unchecked,
      tooltip: state === 'done' ? vscode.l10n.t('Mark not done') : vscode.l10n.t('Mark done'),
      accessibilityInformation: { label: `${stateName('done')}: ${title}` },
    };
    item.command = { command: commands.openTopic, title: vscode.l10n.t('Open note'), arguments: [{ kind: 'topic', topic: id }] };
    item.accessibilityInformation = { label: [title, stateName(state), ...facts].join(', ') };
    return item;
  }

  #upNextItem(ready: Ready, id: TopicId): vscode.TreeItem {
    const topic = ready.outline.topic(id);
    const state = ready.stateOf(id);
    const title = topic?.title ?? id;
    const label = state === 'reading' ? vscode.l10n.t('Continue') : vscode.l10n.t('Up next');
    const item = new vscode.TreeItem(label, vscode.TreeItemCollapsibleState.None);
    item.id = 'upNext';
    item.description = title;
    item.iconPath = this.#icons.get('next');
    item.contextValue = `upNext.${state}`;
    item.command = { command: commands.openTopic, title: vscode.l10n.t('Open note'), arguments: [{ kind: 'topic', topic: id }] };
    item.accessibilityInformation = { label: [`${label}: ${title}`, topic === undefined ? undefined : minutesOf(topic)].filter((fact) => fact !== undefined).join(', ') };
    return item;
  }
}
