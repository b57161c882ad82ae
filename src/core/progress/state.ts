import type { TopicId } from '../roadmap/model.js';
import { practiceKey, topicStates, type CardAnswered, type CardId, type LanguagesChosen, type ProgressEvent, type ProgressReset, type ResetUndone, type StageDeed, type StageWorked, type Stamp, type TopicChanged } from './model.js';

/**
 * What a set of events adds up to. A join semilattice: each entry is the latest of its events, so joining is commutative, associative and
 * idempotent, and neither the order nor the number of times that events arrive matters. Topics stand under the ids they were written with.
 */
export interface ProgressState {
  readonly topics: Map<TopicId, TopicChanged>;
  readonly cards: Map<CardId, CardAnswered>;
  languages: LanguagesChosen | undefined;
  /** By {@link practiceKey}. */
  readonly practice: Map<string, StageWorked>;
  readonly resets: Map<string, ProgressReset>;
  /** By the id of the reset. */
  readonly undone: Map<string, ResetUndone>;
}

export function emptyState(): ProgressState {
  return { topics: new Map(), cards: new Map(), languages: undefined, practice: new Map(), resets: new Map(), undone: new Map() };
}

/** Order of events: by stamp, then, should an id have been used twice, by content. Zero only for events that say the same. */
export function compare(a: ProgressEvent, b: ProgressEvent): number {
  if (a.at !== b.at) return a.at - b.at;
  if (a.id !== b.id) return a.id < b.id ? -1 : 1;
  if (a === b) return 0;
  const [x, y] = [JSON.stringify(encodeEvent(a)), JSON.stringify(encodeEvent(b))];
  return x === y ? 0 : x < y ? -1 : 1;
}

/** @returns whether the event told something new. */
export function join(state: ProgressState, event: ProgressEvent): boolean {
  switch (event.type) {
    case 'topic': return put(state.topics, event.topic, event);
    case 'answer': return put(state.cards, event.card, event);
    case 'practice': return put(state.practice, practiceKey(event), event);
    case 'reset': return put(state.resets, event.id, event);
    case 'resetUndone': return put(state.undone, event.reset, event);
    case 'languages':
      if (state.languages !== undefined && compare(state.languages, event) >= 0) return false;
      state.languages = event;
      return true;
  }
}

function put<T extends ProgressEvent>(map: Map<string, T>, key: string, event: T): boolean {
  const held = map.get(key);
  if (held !== undefined && compare(held, event) >= 0) return false;
  map.set(key, event);
  return true;
}

/** The events that still matter. */
export function* eventsOf(state: ProgressState): Generator<ProgressEvent> {
  yield* state.topics.values();
  yield* state.cards.values();
  if (state.languages !== undefined) yield state.languages;
  yield* state.practice.values();
  yield* state.resets.values();
  yield* state.undone.values();
}

export function merge(a: ProgressState, b: ProgressState): ProgressState {
  const merged = emptyState();
  for (const event of eventsOf(a)) join(merged, event);
  for (const event of eventsOf(b)) join(merged, event);
  return merged;
}

/** Where the resets in force draw the line. */
export interface Horizon {
  readonly reset: Stamp | undefined;
  readonly ahead: ReadonlySet<string>;
}

export function horizonOf(state: ProgressState): Horizon {
  let reset: ProgressReset | undefined;
  const ahead = new Set<string>();
  for (const candidate of state.resets.values()) {
    if (state.undone.has(candidate.id)) continue;
    if (reset === undefined || compare(candidate, reset) > 0) reset = candidate;
    for (const id of candidate.ahead ?? []) ahead.add(id);
  }
  return { reset, ahead };
}

export function isHidden(event: Stamp, { reset, ahead }: Horizon): boolean {
  if (reset === undefined) return false;
  return event.at < reset.at || (event.at === reset.at && event.id < reset.id) || ahead.has(event.id);
}

/** The largest time that a `Date` can hold. */
const lastTime = 8.64e15;

/** An event of this version, with nothing but its known fields; undefined for anything else, which is then kept but not understood. */
export function asEvent(value: unknown): ProgressEvent | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const { id, at, type, v, topic, state, card, right, given, topics, ahead, reset, stage, deed, language } = value as Record<string, unknown>;
  if (typeof id !== 'string' || id === '' || !isTime(at) || (v !== undefined && v !== 1)) return undefined;
  switch (type) {
    case 'topic':
      return typeof topic === 'string' && isTopicState(state) ? { id, at, type, topic, state } : undefined;
    case 'answer':
      if (typeof card !== 'string' || typeof right !== 'boolean') return undefined;
      if (given === undefined) return { id, at, type, card, right };
      return typeof given === 'string' ? { id, at, type, card, right, given } : undefined;
    case 'languages':
      return isStrings(topics) ? { id, at, type, topics } : undefined;
    case 'practice':
      return typeof stage === 'string' && isDeed(deed) && typeof language === 'string' ? { id, at, type, stage, deed, language } : undefined;
    case 'reset':
      if (ahead === undefined) return { id, at, type };
      return isStrings(ahead) ? { id, at, type, ahead } : undefined;
    case 'resetUndone':
      return typeof reset === 'string' ? { id, at, type, reset } : undefined;
    default:
      return undefined;
  }
}

function isTime(value: unknown): value is number {
  return typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= lastTime;
}

function isTopicState(value: unknown): value is TopicChanged['state'] {
  return (topicStates as readonly unknown[]).includes(value);
}

function isDeed(value: unknown): value is StageDeed {
  return typeof value === 'string' && /^(?:passed|solution|hint-[1-9]\d{0,2})$/.test(value);
}

function isStrings(value: unknown): value is string[] {
  return Array.isArray(value) && value.every((entry) => typeof entry === 'string');
}

type Row = readonly (string | number | readonly string[])[];

/** What is understood. To be raised with every new kind of event, field or topic state: older summaries are then made again from the events. */
export const stateVersion = 2;

/** A state as short plain JSON: for summaries on disk and for Settings Sync. */
export interface CompactState {
  readonly v: typeof stateVersion;
  readonly topics: readonly Row[];
  readonly cards: readonly Row[];
  readonly rest: readonly Row[];
}

/** Letters for the kinds of events, then what is in the row behind the time and the id. */
function encodeEvent(event: ProgressEvent): Row {
  switch (event.type) {
    case 'topic': return [event.at, event.id, event.topic, topicStates.indexOf(event.state)];
    case 'answer': return event.given === undefined
      ? [event.at, event.id, event.card, Number(event.right)]
      : [event.at, event.id, event.card, Number(event.right), event.given];
    case 'languages': return [event.at, event.id, 'l', event.topics];
    case 'practice': return [event.at, event.id, 'p', event.stage, event.deed, event.language];
    case 'reset': return event.ahead === undefined ? [event.at, event.id, 'r'] : [event.at, event.id, 'r', event.ahead];
    case 'resetUndone': return [event.at, event.id, 'u', event.reset];
  }
}

export function encodeState(state: ProgressState): CompactState {
  const rest: ProgressEvent[] = [...state.practice.values(), ...state.resets.values(), ...state.undone.values()];
  if (state.languages !== undefined) rest.push(state.languages);
  return { v: stateVersion, topics: [...state.topics.values()].map(encodeEvent), cards: [...state.cards.values()].map(encodeEvent), rest: rest.map(encodeEvent) };
}

/**
 * Like {@link encodeState}, but equal states give equal text, so that machines which agree stop writing to each other.
 * @param room how many characters the answers of cards may take; the latest ones are kept.
 */
export function encodeMirror(state: ProgressState, room: number): CompactState {
  const { v, topics, cards, rest } = encodeState(state);
  return {
    v,
    topics: [...topics].sort(newestFirst),
    cards: [...cards].sort(newestFirst).filter((row) => {
      const length = JSON.stringify(row).length + 1;
      if (length > room) return false;
      room -= length;
      return true;
    }),
    rest: [...rest].sort(newestFirst),
  };
}

function newestFirst(a: Row, b: Row): number {
  return Number(b[0]) - Number(a[0]) || (JSON.stringify(a) > JSON.stringify(b) ? -1 : 1);
}

/**
 * @param oldest versions from this one on are taken: an older one says less, but nothing that is not so.
 * @returns undefined when the value is not a whole, valid state of such a version.
 */
export function decodeState(value: unknown, oldest: number = stateVersion): ProgressState | undefined {
  const compact = value as Partial<Record<keyof CompactState, unknown>> | null;
  if (typeof compact !== 'object' || typeof compact?.v !== 'number' || compact.v < oldest || compact.v > stateVersion) return undefined;
  const state = emptyState();
  const take = (rows: unknown, decode: (row: unknown[]) => ProgressEvent | undefined): boolean => Array.isArray(rows) && rows.every((row) => {
    const event = Array.isArray(row) ? decode(row) : undefined;
    if (event !== undefined) join(state, event);
    return event !== undefined;
  });
  const valid = take(compact.topics, decodeTopic) && take(compact.cards, decodeCard) && take(compact.rest, decodeRest);
  return valid ? state : undefined;
}

function decodeTopic([at, id, topic, index]: unknown[]): TopicChanged | undefined {
  const state = typeof index === 'number' ? topicStates[index] : undefined;
  if (!isTime(at) || typeof id !== 'string' || typeof topic !== 'string' || state === undefined) return undefined;
  return { id, at, type: 'topic', topic, state };
}

function decodeCard([at, id, card, right, given]: unknown[]): CardAnswered | undefined {
  if (!isTime(at) || typeof id !== 'string' || typeof card !== 'string' || (right !== 0 && right !== 1)) return undefined;
  if (given === undefined) return { id, at, type: 'answer', card, right: right === 1 };
  return typeof given === 'string' ? { id, at, type: 'answer', card, right: right === 1, given } : undefined;
}

function decodeRest([at, id, kind, more, deed, language]: unknown[]): ProgressEvent | undefined {
  switch (kind) {
    case 'l': return asEvent({ id, at, type: 'languages', topics: more });
    case 'p': return asEvent({ id, at, type: 'practice', stage: more, deed, language });
    case 'r': return asEvent({ id, at, type: 'reset', ahead: more });
    case 'u': return asEvent({ id, at, type: 'resetUndone', reset: more });
    default: return undefined;
  }
}
