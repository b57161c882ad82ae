import type { TopicId } from '../roadmap/model.js';
import type { CardAnswered, CardId, Progress, ProgressEvent, StageId, StageWorked, TopicChanged } from './model.js';
import { practiceKey } from './model.js';
import { compare, horizonOf, isHidden, join, type Horizon, type ProgressState } from './state.js';

/** What changed for the views. */
export interface ProgressChange {
  readonly topics: ReadonlySet<TopicId>;
  readonly cards: ReadonlySet<CardId>;
  readonly languages: boolean;
  readonly stages: ReadonlySet<StageId>;
}

/** Old ids of topics, followed to the current ones. */
export class Redirects {
  readonly #to: Readonly<Record<TopicId, TopicId>>;
  /** Current id → the old ids that lead to it. */
  readonly #from = new Map<TopicId, TopicId[]>();

  constructor(to: Readonly<Record<TopicId, TopicId>>) {
    this.#to = to;
    for (const old of Object.keys(to)) {
      const topic = this.topic(old);
      if (topic !== old) this.#from.set(topic, [...this.#from.get(topic) ?? [], old]);
    }
  }

  topic(id: TopicId): TopicId {
    if (!Object.hasOwn(this.#to, id)) return id;
    const seen = new Set<TopicId>();
    while (Object.hasOwn(this.#to, id) && !seen.has(id)) {
      seen.add(id);
      id = this.#to[id] as TopicId;
    }
    return id;
  }

  card(id: CardId): CardId {
    const slash = id.indexOf('/');
    return slash < 0 ? id : this.topic(id.slice(0, slash)) + id.slice(slash);
  }

  /** All ids under which a topic may be stored. */
  topicsOf(id: TopicId): readonly TopicId[] {
    return [id, ...this.#from.get(id) ?? []];
  }

  cardsOf(id: CardId): readonly CardId[] {
    const slash = id.indexOf('/');
    return slash < 0 ? [id] : this.topicsOf(id.slice(0, slash)).map((topic) => topic + id.slice(slash));
  }
}

/** Derives what the views show from a state, and keeps it up to date event by event. */
export class View implements Progress {
  readonly topics = new Map<TopicId, TopicChanged>();
  readonly answers = new Map<CardId, CardAnswered>();
  readonly practice = new Map<string, StageWorked>();
  languages: readonly TopicId[] | undefined;
  readonly state: ProgressState;
  readonly redirects: Redirects;
  horizon: Horizon;

  constructor(state: ProgressState, redirects: Redirects) {
    this.state = state;
    this.redirects = redirects;
    this.horizon = horizonOf(state);
    this.#deriveAll();
  }

  /** @returns what changed for the eye; undefined when nothing did. */
  add(events: Iterable<ProgressEvent>): ProgressChange | undefined {
    const fresh: ProgressEvent[] = [];
    for (const event of events) if (join(this.state, event)) fresh.push(event);
    if (fresh.length === 0) return undefined;
    if (fresh.some((event) => event.type === 'reset' || event.type === 'resetUndone')) return this.#redraw();
    const topics = new Set<TopicId>();
    const cards = new Set<CardId>();
    const stages = new Set<StageId>();
    let languages = false;
    for (const event of fresh) {
      if (event.type === 'topic') {
        const topic = this.redirects.topic(event.topic);
        if (this.#deriveTopic(topic)) topics.add(topic);
      } else if (event.type === 'answer') {
        const card = this.redirects.card(event.card);
        if (this.#deriveCard(card)) cards.add(card);
      } else if (event.type === 'languages') {
        languages = this.#deriveLanguages() || languages;
      } else if (event.type === 'practice') {
        if (this.#derivePractice(practiceKey(event))) stages.add(event.stage);
      }
    }
    return changeOf({ topics, cards, languages, stages });
  }

  /** What {@link add} would change, without changing it. */
  try(events: Iterable<ProgressEvent>): { readonly change: ProgressChange; readonly after: View } {
    const after = new View(copyOf(this.state), this.redirects);
    return { change: after.add(events) ?? { topics: new Set(), cards: new Set(), languages: false, stages: new Set() }, after };
  }

  #redraw(): ProgressChange | undefined {
    const before = { topics: new Map(this.topics), answers: new Map(this.answers), practice: new Map(this.practice), languages: this.languages };
    this.horizon = horizonOf(this.state);
    this.#deriveAll();
    const topics = changedKeys(before.topics, this.topics);
    const cards = changedKeys(before.answers, this.answers);
    const languages = before.languages !== this.languages;
    const practice = changedKeys(before.practice, this.practice);
    return changeOf({ topics, cards, languages, stages: new Set([...practice].map((key) => key.slice(0, key.indexOf(' ')))) });
  }

  #deriveAll(): void {
    this.topics.clear();
    this.answers.clear();
    this.practice.clear();
    for (const topic of this.state.topics.keys()) this.#deriveTopic(this.redirects.topic(topic));
    for (const card of this.state.cards.keys()) this.#deriveCard(this.redirects.card(card));
    for (const key of this.state.practice.keys()) this.#derivePractice(key);
    this.#deriveLanguages();
  }

  #deriveTopic(topic: TopicId): boolean {
    return setLatest(this.topics, topic, this.redirects.topicsOf(topic).map((id) => this.state.topics.get(id)), this.horizon);
  }

  #deriveCard(card: CardId): boolean {
    return setLatest(this.answers, card, this.redirects.cardsOf(card).map((id) => this.state.cards.get(id)), this.horizon);
  }

  #derivePractice(key: string): boolean {
    return setLatest(this.practice, key, [this.state.practice.get(key)], this.horizon);
  }

  #deriveLanguages(): boolean {
    const chosen = this.state.languages;
    const before = this.languages;
    const after = chosen === undefined || isHidden(chosen, this.horizon) ? undefined : [...new Set(chosen.topics.map((id) => this.redirects.topic(id)))];
    if (before?.join('\n') === after?.join('\n') && (before === undefined) === (after === undefined)) return false;
    this.languages = after;
    return true;
  }
}

function setLatest<T extends ProgressEvent>(map: Map<string, T>, key: string, candidates: readonly (T | undefined)[], horizon: Horizon): boolean {
  let latest: T | undefined;
  for (const event of candidates) {
    if (event !== undefined && !isHidden(event, horizon) && (latest === undefined || compare(event, latest) > 0)) latest = event;
  }
  if (map.get(key) === latest) return false;
  if (latest === undefined) map.delete(key);
  else map.set(key, latest);
  return true;
}

function changeOf(change: ProgressChange): ProgressChange | undefined {
  return change.topics.size + change.cards.size + change.stages.size > 0 || change.languages ? change : undefined;
}

function changedKeys<T>(before: ReadonlyMap<string, T>, after: ReadonlyMap<string, T>): Set<string> {
  const changed = new Set<string>();
  for (const [key, value] of before) if (after.get(key) !== value) changed.add(key);
  for (const key of after.keys()) if (!before.has(key)) changed.add(key);
  return changed;
}

function copyOf(state: ProgressState): ProgressState {
  return {
    topics: new Map(state.topics),
    cards: new Map(state.cards),
    languages: state.languages,
    practice: new Map(state.practice),
    resets: new Map(state.resets),
    undone: new Map(state.undone),
  };
}
