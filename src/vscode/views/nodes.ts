import type { Group, Section, TopicId } from '../../core/roadmap/model.js';
import type { ProblemNode } from './problem.js';

/** An element of the Roadmap view. Instances are kept, so that one can be refreshed or revealed by itself. */
export type RoadmapNode =
  | UpNextNode
  | { readonly kind: 'section'; readonly section: Section }
  | { readonly kind: 'group'; readonly section: Section; readonly group: Group }
  | { readonly kind: 'topic'; readonly topic: TopicId }
  | ProblemNode;

/** There is one, whose topic changes: a row that stays is drawn again by itself, where a new one would cost the whole tree. */
export interface UpNextNode { readonly kind: 'upNext'; topic: TopicId }

export function isTopicNode(value: unknown): value is { readonly kind: 'topic' | 'upNext'; readonly topic: TopicId } {
  if (typeof value !== 'object' || value === null) return false;
  const node = value as { kind?: unknown; topic?: unknown };
  return (node.kind === 'topic' || node.kind === 'upNext') && typeof node.topic === 'string';
}
