import type { Group, Section, TopicId } from '../../core/roadmap/model.js';
import type { ProblemNode } from './problem.js';

/** An element of the Roadmap view. Instances are kept, so that one can be refreshed or revealed by itself. */
export type RoadmapNode =
  | { readonly kind: 'upNext'; readonly topic: TopicId }
  | { readonly kind: 'section'; readonly section: Section }
  | { readonly kind: 'group'; readonly section: Section; readonly group: Group }
  | { readonly kind: 'topic'; readonly topic: TopicId }
  | ProblemNode;

export function isTopicNode(value: unknown): value is { readonly kind: 'topic' | 'upNext'; readonly topic: TopicId } {
  if (typeof value !== 'object' || value === null) return false;
  const node = value as { kind?: unknown; topic?: unknown };
  return (node.kind === 'topic' || node.kind === 'upNext') && typeof node.topic === 'string';
}
