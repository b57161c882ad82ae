import * as vscode from 'vscode';
import type { TopicId } from '../../core/roadmap/model.js';
import type { Ready } from '../session.js';
import { isTopicNode } from '../views/nodes.js';
import { minutesOf, stateName } from '../words.js';

/**
 * The topics that a command was called with: a tree node (and the selection with it), or a topic's id.
 * Empty when it was called with none, as from the command palette.
 */
export function topicsFromArguments(ready: Ready, args: readonly unknown[]): TopicId[] {
  const [first, selection] = args;
  const given = Array.isArray(selection) && selection.length > 0 ? selection : [first];
  const ids = given.flatMap((value) => {
    if (isTopicNode(value)) return [value.topic];
    return typeof value === 'string' ? [ready.outline.topic(value)?.id ?? ''] : [];
  });
  return [...new Set(ids.filter((id) => id !== ''))];
}

/** Lets the person pick one topic of the whole roadmap, the current one first. @returns undefined when they left. */
export async function pickTopic(ready: Ready, title: string, current: TopicId | undefined, offer: (topic: TopicId) => boolean = () => true): Promise<TopicId | undefined> {
  type Item = vscode.QuickPickItem & { topic?: TopicId };
  const item = (id: TopicId): Item[] => {
    const topic = ready.outline.topic(id);
    if (topic === undefined || !offer(id)) return [];
    const place = ready.outline.place(id);
    const facts = [stateName(ready.stateOf(id)), minutesOf(topic)].filter((fact) => fact !== undefined).join(' · ');
    return [{ label: topic.title, description: facts, detail: [place?.section.title, place?.group?.title].filter((part) => part !== undefined).join(' › '), topic: id }];
  };
  const first = current ?? ready.standing.upNext()?.id;
  const items: Item[] = [];
  if (first !== undefined && offer(first)) {
    items.push({ label: current === undefined ? vscode.l10n.t('Up next') : vscode.l10n.t('Current note'), kind: vscode.QuickPickItemKind.Separator }, ...item(first));
  }
  for (const section of ready.outline.sections) {
    const topics = ready.outline.topicsOf(section).filter((id) => id !== first).flatMap(item);
    if (topics.length > 0) items.push({ label: section.title, kind: vscode.QuickPickItemKind.Separator }, ...topics);
  }
  const picked = await vscode.window.showQuickPick(items, { title, placeHolder: vscode.l10n.t('Type to find a topic'), matchOnDetail: true, matchOnDescription: false });
  return picked?.topic;
}
