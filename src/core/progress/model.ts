import type { TopicId } from '../roadmap/model.js';

export const topicStates = ['notStarted', 'reading', 'done', 'skipped'] as const;
export type TopicState = (typeof topicStates)[number];

/** `<topic>/<card>`. */
export type CardId = string;

/** `<project>/<stage>`. */
export type StageId = string;

/** What a learner does with a stage: passes it, takes hint 1, 2, 3…, looks at its solution. */
export type StageDeed = 'passed' | 'solution' | `hint-${number}`;

/** What every event carries. Order between events is (`at`, `id`): total, and the same on every machine. */
export interface Stamp {
  /** Unique for ever, on every machine. */
  readonly id: string;
  /** Milliseconds since the epoch, and always after what its writer had seen of the same topic, card or choice. */
  readonly at: number;
}

export interface TopicChanged extends Stamp { readonly type: 'topic'; readonly topic: TopicId; readonly state: TopicState }
export interface CardAnswered extends Stamp { readonly type: 'answer'; readonly card: CardId; readonly right: boolean; readonly given?: string }
export interface LanguagesChosen extends Stamp { readonly type: 'languages'; readonly topics: readonly TopicId[] }
export interface StageWorked extends Stamp { readonly type: 'practice'; readonly stage: StageId; readonly deed: StageDeed; readonly language: string }
/** Hides everything stamped before it, until undone. `ahead` names what it hides as well: events of a clock that ran far ahead. */
export interface ProgressReset extends Stamp { readonly type: 'reset'; readonly ahead?: readonly string[] }
export interface ResetUndone extends Stamp { readonly type: 'resetUndone'; readonly reset: string }

export type ProgressEvent = TopicChanged | CardAnswered | LanguagesChosen | StageWorked | ProgressReset | ResetUndone;

/** An event before it is stamped. */
export type NewEvent = ProgressEvent extends infer E ? (E extends Stamp ? Omit<E, 'id' | 'at'> : never) : never;

/** What the views show: derived from the events, never stored by itself, and kept up to date in place. */
export interface Progress {
  /** Every topic that was ever touched, `notStarted` among the states. */
  readonly topics: ReadonlyMap<TopicId, { readonly state: TopicState; readonly at: number }>;
  /** The language topics that the learner picked; undefined until they did. */
  readonly languages: readonly TopicId[] | undefined;
  /** The last answer of each card. */
  readonly answers: ReadonlyMap<CardId, { readonly right: boolean; readonly given?: string; readonly at: number }>;
  /** What was done in practice projects, by {@link practiceKey}. */
  readonly practice: ReadonlyMap<string, { readonly stage: StageId; readonly deed: StageDeed; readonly language: string; readonly at: number }>;
}

/** One deed in one language: done again, it replaces itself. */
export function practiceKey({ stage, deed, language }: Pick<StageWorked, 'stage' | 'deed' | 'language'>): string {
  return `${stage} ${deed} ${language}`;
}

/** The languages in which a stage was passed. */
export function passedIn(progress: Pick<Progress, 'practice'>, stage: StageId): string[] {
  return [...progress.practice.values()].filter((done) => done.stage === stage && done.deed === 'passed').map(({ language }) => language);
}
