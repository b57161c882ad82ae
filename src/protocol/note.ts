import * as v from 'valibot';
import type { Answers, Navigation } from '../core/notes/page.js';
import type { TopicState } from '../core/progress/model.js';
import { id, linkLimits, linkMessages, valid, type LinkMessage } from './link.js';

/** What a note may ask of the host. Nothing else is heard. */
export type ToHost = LinkMessage
  /** The page listens; the host answers with `progress` and `navigation`. */
  | { readonly type: 'ready' }
  | { readonly type: 'setState'; readonly state: TopicState }
  /** A quarter of a note that is not started was scrolled through. */
  | { readonly type: 'quarterRead' }
  /** An index into `Note.commands`: the page never sends code to run. */
  | { readonly type: 'runCommand'; readonly index: number }
  /** `card` is the card's id within its topic. `given` is opaque to the host: the page restores the card from it. */
  | { readonly type: 'answer'; readonly card: string; readonly right: boolean; readonly given?: string }
  | { readonly type: 'navigate'; readonly to: NavigateTo }
  | { readonly type: 'print' };

export type NavigateTo = 'back' | 'forward' | 'previous' | 'next';

/** What the host may tell a note. */
export type ToNote =
  /** The whole progress of the shown topic: a card that is missing is unanswered. */
  | { readonly type: 'progress'; readonly state: TopicState; readonly answers: Answers }
  | { readonly type: 'navigation'; readonly navigation: Navigation };

/** What the page keeps in `vscode.setState`, and so what the panel serializer is given. */
export interface SavedNote {
  readonly topic: string;
  readonly scroll: number;
  /** Scroll positions of the notes that were shown in this panel before, oldest first. */
  readonly visited: readonly { readonly topic: string; readonly scroll: number }[];
  /** Text typed into cards and not yet answered. */
  readonly drafts: Readonly<Record<string, string>>;
}

export const limits = { ...linkLimits, title: 300, given: 4_000, commands: 1_000, answers: 500, visited: 50 } as const;

const topicState = v.picklist(['notStarted', 'reading', 'done', 'skipped'] satisfies TopicState[]);
const link = v.strictObject({ id, title: v.pipe(v.string(), v.maxLength(limits.title)) });
const scroll = v.pipe(v.number(), v.finite(), v.minValue(0));
const given = v.pipe(v.string(), v.maxLength(limits.given));

const toHost = v.variant('type', [
  ...linkMessages,
  v.strictObject({ type: v.literal('ready') }),
  v.strictObject({ type: v.literal('setState'), state: topicState }),
  v.strictObject({ type: v.literal('quarterRead') }),
  v.strictObject({ type: v.literal('runCommand'), index: v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(limits.commands)) }),
  v.strictObject({ type: v.literal('answer'), card: id, right: v.boolean(), given: v.exactOptional(given) }),
  v.strictObject({ type: v.literal('navigate'), to: v.picklist(['back', 'forward', 'previous', 'next'] satisfies NavigateTo[]) }),
  v.strictObject({ type: v.literal('print') }),
]);

const answers = v.pipe(
  v.record(id, v.strictObject({ right: v.boolean(), given: v.exactOptional(given) })),
  v.check((value) => Object.keys(value).length <= limits.answers),
);

const toNote = v.variant('type', [
  v.strictObject({ type: v.literal('progress'), state: topicState, answers }),
  v.strictObject({
    type: v.literal('navigation'),
    navigation: v.strictObject({ back: v.boolean(), forward: v.boolean(), previous: v.exactOptional(link), next: v.exactOptional(link) }),
  }),
]);

const savedNote = v.object({
  topic: id,
  scroll,
  visited: v.pipe(v.array(v.object({ topic: id, scroll })), v.maxLength(limits.visited)),
  drafts: v.record(id, given),
});

/** @returns the message, or undefined when it is not one that a note may send. */
export function parseToHost(value: unknown): ToHost | undefined {
  return valid(toHost, value);
}

/** @returns the message, or undefined when it is not one that the host sends. */
export function parseToNote(value: unknown): ToNote | undefined {
  return valid(toNote, value);
}

/** @returns the saved state of a note page, or undefined when it is none. */
export function parseSavedNote(value: unknown): SavedNote | undefined {
  return valid(savedNote, value);
}
