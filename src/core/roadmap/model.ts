/** Stable slug of a topic. Never a path, a title or an index: progress hangs on it. */
export type TopicId = string;

/** What start-up needs to know of a topic; everything longer is in {@link TopicDetails}. */
export interface Topic {
  readonly id: TopicId;
  readonly title: string;
  /** Reading and practice time of the note; absent until the topic has a note. */
  readonly minutes?: number;
  /** Number of cards. */
  readonly cards: number;
  readonly prerequisites: readonly TopicId[];
}

export interface Group {
  readonly id: string;
  readonly title: string;
  readonly topics: readonly TopicId[];
}

export interface Section {
  readonly id: string;
  readonly title: string;
  /** A section has either groups or topics of its own; the other list is empty. */
  readonly groups: readonly Group[];
  readonly topics: readonly TopicId[];
  /** How many of the section's topics the learner picks; the others are optional. Absent: all of them count. */
  readonly choose?: number;
  readonly recommended: readonly TopicId[];
}

export interface Project {
  readonly id: string;
  readonly title: string;
  /** Languages that have a starter to scaffold now. */
  readonly starters: readonly string[];
  readonly stages: number;
}

/** The compiled index: `content/index.json`. */
export interface Roadmap {
  readonly schema: 1;
  readonly sections: readonly Section[];
  readonly topics: readonly Topic[];
  readonly projects: readonly Project[];
  /** Old id → current id, for topics that moved or were split. */
  readonly redirects: Readonly<Record<TopicId, TopicId>>;
}

/** Loaded on demand from `content/details.json`. */
export interface Details {
  readonly sections: Readonly<Record<string, { readonly summary: string; readonly recommendation?: string }>>;
  readonly topics: Readonly<Record<TopicId, TopicDetails>>;
  readonly projects: Readonly<Record<string, ProjectDetails>>;
}

export interface TopicDetails {
  readonly summary: string;
  readonly related: readonly TopicId[];
}

export interface ProjectDetails {
  readonly summary: string;
  readonly builds: string;
  readonly topics: readonly TopicId[];
  readonly stages: readonly Stage[];
}

export interface Stage {
  readonly id: string;
  readonly title: string;
  readonly goal: string;
  readonly topics: readonly TopicId[];
}

/** One entry of the library, loaded on demand from `content/library.json`. */
export interface Resource {
  readonly id: string;
  readonly kind: ResourceKind;
  readonly title: string;
  readonly by?: string;
  readonly url: string;
  readonly what: string;
  readonly when: string;
  readonly start: string;
  readonly topics: readonly TopicId[];
}

export const resourceKinds = ['book', 'blog', 'paper', 'open-source', 'community', 'conference'] as const;
export type ResourceKind = (typeof resourceKinds)[number];
