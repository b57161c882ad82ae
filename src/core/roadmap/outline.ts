import type { Group, Project, Roadmap, Section, Topic, TopicId } from './model.js';

/** Where a topic stands in the roadmap. */
export interface Place { readonly section: Section; readonly group: Group | undefined; readonly index: number }

/** The roadmap with the look-ups that views need; every one is O(1). */
export class Outline {
  readonly sections: readonly Section[];
  readonly projects: readonly Project[];
  /** All topics in reading order. */
  readonly order: readonly TopicId[];
  readonly redirects: Readonly<Record<TopicId, TopicId>>;
  readonly #topics: ReadonlyMap<TopicId, Topic>;
  readonly #places = new Map<TopicId, Place>();
  readonly #bySection = new Map<string, readonly TopicId[]>();

  constructor(roadmap: Roadmap) {
    this.sections = roadmap.sections;
    this.projects = roadmap.projects;
    this.redirects = roadmap.redirects;
    this.#topics = new Map(roadmap.topics.map((topic) => [topic.id, topic]));
    const order: TopicId[] = [];
    for (const section of roadmap.sections) {
      const start = order.length;
      const add = (group: Group | undefined, ids: readonly TopicId[]) => {
        for (const id of ids) {
          this.#places.set(id, { section, group, index: order.length });
          order.push(id);
        }
      };
      for (const group of section.groups) add(group, group.topics);
      add(undefined, section.topics);
      this.#bySection.set(section.id, order.slice(start));
    }
    this.order = order;
  }

  /** The topic of this id, or of the id that replaced it; undefined when there is none. */
  topic(id: TopicId): Topic | undefined {
    return this.#topics.get(id) ?? this.#topics.get(this.redirects[id] ?? '');
  }

  place(id: TopicId): Place | undefined {
    return this.#places.get(id);
  }

  topicsOf(section: Section): readonly TopicId[] {
    return this.#bySection.get(section.id) ?? [];
  }

  /** The topic before (-1) or after (+1) in reading order; undefined at the ends and for an unknown id. */
  neighbour(id: TopicId, step: -1 | 1): Topic | undefined {
    const place = this.#places.get(id);
    const next = place && this.order[place.index + step];
    return next === undefined ? undefined : this.#topics.get(next);
  }
}

/**
 * Reads a compiled index.
 * @throws {Error} when it is not one, with words for the person who has to reinstall the extension.
 */
export function parseRoadmap(value: unknown): Outline {
  const roadmap = value as Partial<Roadmap> | null;
  if (typeof roadmap !== 'object' || roadmap === null || roadmap.schema !== 1) {
    throw new Error('The roadmap index of this installation is not readable. Reinstall the extension.');
  }
  if (!Array.isArray(roadmap.sections) || !Array.isArray(roadmap.topics) || !Array.isArray(roadmap.projects) || typeof roadmap.redirects !== 'object') {
    throw new Error('The roadmap index of this installation is incomplete. Reinstall the extension.');
  }
  return new Outline(roadmap as Roadmap);
}
