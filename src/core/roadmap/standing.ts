import type { Progress, TopicState } from '../progress/model.js';
import type { Section, Topic, TopicId } from './model.js';
import type { Outline } from './outline.js';

/** How much of a part of the roadmap is done. Skipped and optional topics count in neither number. */
export interface Count { readonly done: number; readonly total: number }

export function stateOf(progress: Progress, topic: TopicId): TopicState {
  return progress.topics.get(topic)?.state ?? 'notStarted';
}

/**
 * The topics that count in a section of which the learner picks some: those picked; before a pick, those touched; before
 * that, the recommended ones. A finished topic always counts. Undefined when all of the section's topics count.
 */
export function countedChoice(outline: Outline, section: Section, progress: Progress): ReadonlySet<TopicId> | undefined {
  if (section.choose === undefined) return undefined;
  const topics = outline.topicsOf(section);
  const done = topics.filter((id) => stateOf(progress, id) === 'done');
  const picked = progress.languages?.filter((id) => topics.includes(id)) ?? [];
  if (picked.length > 0) return new Set([...picked, ...done]);
  const touched = topics.filter((id) => stateOf(progress, id) === 'reading');
  return new Set(done.length + touched.length > 0 ? [...done, ...touched] : section.recommended);
}

/** Counts for every section, every group (`<section>/<group>`) and the whole, in one pass. */
export class Standing {
  readonly total: Count;
  readonly #counts = new Map<string, Count>();
  readonly #optional = new Set<TopicId>();
  readonly #outline: Outline;
  readonly #progress: Progress;

  constructor(outline: Outline, progress: Progress) {
    this.#outline = outline;
    this.#progress = progress;
    let done = 0;
    let total = 0;
    for (const section of outline.sections) {
      const choice = countedChoice(outline, section, progress);
      const counted = (id: TopicId) => {
        if (choice === undefined || choice.has(id)) return true;
        this.#optional.add(id);
        return false;
      };
      const parts = [...section.groups.map((group) => ({ key: groupKey(section.id, group.id), topics: group.topics })), { key: '', topics: section.topics }];
      let sectionDone = 0;
      let sectionTotal = 0;
      for (const { key, topics } of parts) {
        const count = this.#count(topics.filter(counted));
        if (key !== '') this.#counts.set(key, count);
        sectionDone += count.done;
        sectionTotal += count.total;
      }
      this.#counts.set(section.id, { done: sectionDone, total: sectionTotal });
      done += sectionDone;
      total += sectionTotal;
    }
    this.total = { done, total };
  }

  #count(topics: readonly TopicId[]): Count {
    let done = 0;
    let total = 0;
    for (const id of topics) {
      const state = stateOf(this.#progress, id);
      if (state === 'skipped') continue;
      total++;
      if (state === 'done') done++;
    }
    return { done, total };
  }

  section(id: string): Count {
    return this.#counts.get(id) ?? { done: 0, total: 0 };
  }

  group(section: string, group: string): Count {
    return this.#counts.get(groupKey(section, group)) ?? { done: 0, total: 0 };
  }

  /** True for a topic of a section where the learner chose others. */
  isOptional(topic: TopicId): boolean {
    return this.#optional.has(topic);
  }

  /**
   * What to open now: the topic being read (the one touched last), else the first unfinished one whose prerequisites are
   * done, skipped or optional. Undefined when everything that counts is done.
   */
  upNext(): Topic | undefined {
    let reading: { topic: Topic; at: number } | undefined;
    let first: Topic | undefined;
    for (const id of this.#outline.order) {
      if (this.#optional.has(id)) continue;
      const topic = this.#outline.topic(id);
      if (topic === undefined) continue;
      const entry = this.#progress.topics.get(id);
      const state = entry?.state ?? 'notStarted';
      if (state === 'reading' && entry !== undefined && (reading === undefined || entry.at > reading.at)) reading = { topic, at: entry.at };
      if (first === undefined && state === 'notStarted' && topic.prerequisites.every((p) => this.#isSettled(p))) first = topic;
    }
    return reading?.topic ?? first;
  }

  #isSettled(topic: TopicId): boolean {
    const state = stateOf(this.#progress, topic);
    return state === 'done' || state === 'skipped' || this.#optional.has(topic);
  }
}

function groupKey(section: string, group: string): string {
  return `${section}/${group}`;
}

export const filters = ['all', 'notDone', 'done'] as const;
export type Filter = (typeof filters)[number];

/** Whether a topic in this state is shown; a skipped topic is finished business, so "not done" hides it. */
export function passes(filter: Filter, state: TopicState): boolean {
  if (filter === 'all') return true;
  return filter === 'done' ? state === 'done' : state === 'notStarted' || state === 'reading';
}
