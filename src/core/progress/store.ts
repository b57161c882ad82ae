import { Emitter } from '../event.js';
import type { Clock, Ids } from '../ports.js';
import type { TopicId } from '../roadmap/model.js';
import type { EventLog, StoreProblem } from './log.js';
import { practiceKey, type CardAnswered, type CardId, type NewEvent, type Progress, type ProgressEvent, type StageDeed, type StageId, type Stamp, type TopicState } from './model.js';
import { asEvent, compare, decodeState, emptyState, encodeMirror, encodeState, eventsOf, isHidden, stateVersion, type ProgressState } from './state.js';
import { decodeExport, distinct, encodeExport, isRecord, type ImportPreview } from './transfer.js';
import { Redirects, View, type ProgressChange } from './view.js';

export type { ProgressChange } from './view.js';

export interface StoreDeps {
  readonly clock: Clock;
  readonly ids: Ids;
  /** Old id → current id. */
  readonly redirects: Readonly<Record<TopicId, TopicId>>;
}

const day = 24 * 60 * 60 * 1000;
/** Room for the answers of cards in the value for Settings Sync, in characters. */
const mirrorRoom = 32 * 1024;

/**
 * The learner's progress, kept for ever. Every change resolves when it is durable and shows only then; when it can't be saved it rejects with
 * a {@link StoreError} and shows nothing.
 *
 * Time: an event is stamped with the clock, or later if what it replaces is stamped later, so that a learner's act always takes effect. This
 * is kept per topic and card on purpose: one clock that once ran years ahead spoils the dates of what was touched then, and of nothing else.
 */
export class ProgressStore {
  readonly #log: EventLog;
  readonly #clock: Clock;
  readonly #ids: Ids;
  readonly #redirects: Redirects;
  readonly #changed = new Emitter<ProgressChange>();
  readonly #problemFound = new Emitter<StoreProblem>();
  readonly #problems: StoreProblem[] = [];
  /** Events under way to the disk, by what they are about. */
  readonly #pending = new Map<string, { readonly event: ProgressEvent; readonly kept: Promise<void> }>();
  readonly #newerTypes = new Set<string>();
  #view: View;

  readonly onDidChange = this.#changed.event;
  readonly onDidFindProblem = this.#problemFound.event;

  private constructor(log: EventLog, { clock, ids, redirects }: StoreDeps) {
    this.#log = log;
    this.#clock = clock;
    this.#ids = ids;
    this.#redirects = new Redirects(redirects);
    this.#view = new View(emptyState(), this.#redirects);
  }

  static async open(log: EventLog, deps: StoreDeps): Promise<ProgressStore> {
    const store = new ProgressStore(log, deps);
    await store.#open();
    return store;
  }

  async #open(): Promise<void> {
    let waiting: ProgressEvent[] | undefined = [];
    let restored: ProgressState | undefined;
    await this.#log.open({
      restore: (value) => (restored = decodeState(value)) !== undefined,
      records: (values) => {
        const events = this.#understand(values);
        if (waiting === undefined) this.#show(events);
        else for (const event of events) waiting.push(event);
      },
      state: () => encodeState(this.#view.state),
      problem: (problem) => this.#report(problem),
    });
    if (restored !== undefined) this.#view = new View(restored, this.#redirects);
    this.#view.add(waiting);
    waiting = undefined;
  }

  /** Live: the same object shows later changes. */
  get progress(): Progress {
    return this.#view;
  }

  /** Found since opening. */
  get problems(): readonly StoreProblem[] {
    return this.#problems;
  }

  stateOf(topic: TopicId): TopicState {
    return this.#view.topics.get(this.#redirects.topic(topic))?.state ?? 'notStarted';
  }

  /** One batch: durable together. Topics that are in that state already are left alone. */
  async setTopicState(topics: readonly TopicId[], state: TopicState): Promise<void> {
    const waits = new Set<Promise<void>>();
    const fresh: NewEvent[] = [];
    for (const topic of new Set(topics.map((id) => this.#redirects.topic(id)))) {
      const pending = this.#pending.get(`topic ${topic}`);
      if (pending === undefined ? this.stateOf(topic) !== state : (pending.event as { state?: TopicState }).state !== state) {
        fresh.push({ type: 'topic', topic, state });
      } else if (pending !== undefined) {
        waits.add(pending.kept);
      }
    }
    if (fresh.length > 0) waits.add(this.#write(fresh));
    await Promise.all(waits);
  }

  answerCard(card: CardId, right: boolean, given?: string): Promise<void> {
    card = this.#redirects.card(card);
    return this.#write([given === undefined ? { type: 'answer', card, right } : { type: 'answer', card, right, given }]);
  }

  /** Every answer ever given and not reset, oldest first. */
  async answerHistory(): Promise<readonly CardAnswered[]> {
    const history: CardAnswered[] = [];
    for (const record of distinct(await this.#log.readAll())) {
      const event = asEvent(record);
      if (event?.type === 'answer' && !isHidden(event, this.#view.horizon)) history.push({ ...event, card: this.#redirects.card(event.card) });
    }
    return history;
  }

  chooseLanguages(topics: readonly TopicId[]): Promise<void> {
    return this.#write([{ type: 'languages', topics: [...new Set(topics.map((id) => this.#redirects.topic(id)))] }]);
  }

  /** Once for each deed and language: what is done already is not written again. */
  async workOnStage(stage: StageId, deed: StageDeed, language: string): Promise<void> {
    if (!this.#view.practice.has(practiceKey({ stage, deed, language }))) await this.#write([{ type: 'practice', stage, deed, language }]);
  }

  /** Starts over, after a backup. @returns what undoes it, and where the backup is. */
  async reset(): Promise<{ readonly reset: string; readonly backup: string }> {
    const backup = await this.#log.backup(await this.exportJson());
    const now = this.#clock.now();
    let at = this.#after(now, { type: 'reset' });
    const ahead: string[] = [];
    for (const event of [...eventsOf(this.#view.state), ...[...this.#pending.values()].map((pending) => pending.event)]) {
      if (event.type === 'reset' || event.type === 'resetUndone' || isHidden(event, this.#view.horizon)) continue;
      if (event.at > now + day) ahead.push(event.id);
      else at = later(at, event);
    }
    const id = this.#ids.next();
    await this.#submit([ahead.length === 0 ? { id, at, type: 'reset' } : { id, at, type: 'reset', ahead }]);
    return { reset: id, backup };
  }

  /** The last reset that was not undone, on whatever machine it was made. */
  get resetInForce(): string | undefined {
    return this.#view.horizon.reset?.id;
  }

  async undoReset(reset: string): Promise<void> {
    if (this.#view.state.resets.has(reset) && !this.#view.state.undone.has(reset)) await this.#write([{ type: 'resetUndone', reset }]);
  }

  async exportJson(): Promise<string> {
    return encodeExport(this.#view, distinct([...await this.#log.readAll(), ...eventsOf(this.#view.state)]), this.#clock.now());
  }

  /** Changes nothing. @throws {ImportError} */
  async previewImport(text: string): Promise<ImportPreview> {
    const file = decodeExport(text);
    const held = new Set((await this.#log.readAll()).map((record) => isRecord(record) ? record.id : ''));
    for (const event of eventsOf(this.#view.state)) held.add(event.id);
    const wanted = withoutResets(file, this.#view.state);
    const records = wanted.filter((record) => isRecord(record) && !held.has(record.id));
    const { change, after } = this.#view.try(understood(records));
    const hidden = new Set<string>();
    for (const event of understood(wanted)) {
      if (!isHidden(event, after.horizon)) continue;
      if (event.type === 'topic' && !after.topics.has(this.#redirects.topic(event.topic))) hidden.add(event.topic);
      if (event.type === 'answer' && !after.answers.has(this.#redirects.card(event.card))) hidden.add(event.card);
    }
    return {
      records,
      topics: [...change.topics].map((topic) => ({ topic, from: this.stateOf(topic), to: after.topics.get(topic)?.state ?? 'notStarted' })),
      cards: change.cards.size,
      languages: change.languages,
      stages: change.stages.size,
      hidden: hidden.size > 0 && after.horizon.reset !== undefined ? { count: hidden.size, reset: after.horizon.reset.id } : undefined,
    };
  }

  /** Adds what the preview found; whatever is here stays. */
  async importEvents(preview: ImportPreview): Promise<void> {
    if (preview.records.length > 0) await this.#keep(preview.records);
  }

  /** A small value for Settings Sync; {@link mergeMirror} takes any number of them, in any order. Equal progress gives equal values. */
  mirror(): unknown {
    return encodeMirror(this.#view.state, mirrorRoom);
  }

  /** @returns whether the value was understood. One that is `newer` has to be left for the machine that wrote it. */
  async mergeMirror(value: unknown): Promise<'merged' | 'malformed' | 'newer'> {
    if (value === undefined || value === null) return 'merged';
    const theirs = decodeState(value, 1);
    if (theirs === undefined) {
      const version = (value as { v?: unknown }).v;
      const reason = typeof version === 'number' && version > stateVersion ? 'newer' : 'malformed';
      this.#report({ kind: 'sync', reason });
      return reason;
    }
    const news = [...eventsOf(theirs)].filter((event) => this.#isNews(event));
    if (news.length > 0) await this.#keep(news);
    return 'merged';
  }

  /** Reads what other windows wrote since; they are also noticed without this, where the file system tells. */
  refresh(): Promise<void> {
    return this.#log.refresh();
  }

  async dispose(): Promise<void> {
    await this.#log.dispose();
    this.#changed.dispose();
    this.#problemFound.dispose();
  }

  /** Stamps and keeps. */
  #write(events: readonly NewEvent[]): Promise<void> {
    const now = this.#clock.now();
    return this.#submit(events.map((event): ProgressEvent => ({ id: this.#ids.next(), at: this.#after(now, event), ...event })));
  }

  #submit(events: readonly ProgressEvent[]): Promise<void> {
    const kept = this.#keep(events);
    for (const event of events) {
      const key = keyOf(event);
      const entry = { event, kept };
      this.#pending.set(key, entry);
      const forget = () => { if (this.#pending.get(key) === entry) this.#pending.delete(key); };
      kept.then(forget, forget);
    }
    return kept;
  }

  async #keep(records: readonly object[]): Promise<void> {
    await this.#log.append(records);
    this.#show(this.#understand(records));
  }

  #show(events: readonly ProgressEvent[]): void {
    const change = this.#view.add(events);
    if (change === undefined) return;
    try {
      this.#changed.fire(change);
    } catch (error) {
      // A broken view must not make a saved change look like an unsaved one.
      void Promise.reject(error instanceof Error ? error : new Error(String(error)));
    }
  }

  /** A time not before `now` and after whatever the event replaces. */
  #after(now: number, event: NewEvent): number {
    const { state, horizon } = this.#view;
    const replaced: (Stamp | undefined)[] = [horizon.reset, this.#pending.get('reset')?.event, this.#pending.get(keyOf(event))?.event];
    if (event.type === 'topic') for (const id of this.#redirects.topicsOf(event.topic)) replaced.push(state.topics.get(id));
    if (event.type === 'answer') for (const id of this.#redirects.cardsOf(event.card)) replaced.push(state.cards.get(id));
    if (event.type === 'languages') replaced.push(state.languages);
    if (event.type === 'practice') replaced.push(state.practice.get(practiceKey(event)));
    return replaced.reduce(later, now);
  }

  #isNews(event: ProgressEvent): boolean {
    const { topics, cards, languages, practice, resets, undone } = this.#view.state;
    const held = event.type === 'topic' ? topics.get(event.topic)
      : event.type === 'answer' ? cards.get(event.card)
        : event.type === 'languages' ? languages
          : event.type === 'practice' ? practice.get(practiceKey(event))
            : event.type === 'reset' ? resets.get(event.id)
              : undone.get(event.reset);
    return held === undefined || compare(event, held) > 0;
  }

  #understand(values: readonly unknown[]): ProgressEvent[] {
    const events: ProgressEvent[] = [];
    let newer = 0;
    const types = new Set<string>();
    for (const value of values) {
      const event = asEvent(value);
      if (event !== undefined) {
        events.push(event);
        continue;
      }
      newer++;
      const type = isRecord(value) ? value.type : '?';
      if (!this.#newerTypes.has(type)) types.add(type);
    }
    if (types.size > 0) {
      for (const type of types) this.#newerTypes.add(type);
      this.#report({ kind: 'newerEvents', count: newer, types: [...types] });
    }
    return events;
  }

  #report(problem: StoreProblem): void {
    this.#problems.push(problem);
    this.#problemFound.fire(problem);
  }
}

function later(at: number, event: Stamp | undefined): number {
  return event === undefined || event.at < at ? at : event.at + 1;
}

/** What an event is about: a later one with the same key replaces it. */
function keyOf(event: NewEvent | ProgressEvent): string {
  switch (event.type) {
    case 'topic': return `topic ${event.topic}`;
    case 'answer': return `answer ${event.card}`;
    case 'practice': return `practice ${practiceKey(event)}`;
    case 'resetUndone': return `resetUndone ${event.reset}`;
    case 'languages':
    case 'reset': return event.type;
  }
}

/** An import adds: resets made elsewhere stay out of it, together with what they hide. */
function withoutResets(file: readonly object[], here: ProgressState): object[] {
  const theirs = new View(emptyState(), new Redirects({}));
  theirs.add(understood(file));
  return file.filter((record) => {
    const event = asEvent(record);
    if (event === undefined) return true;
    if (event.type === 'reset') return here.resets.has(event.id);
    if (event.type === 'resetUndone') return here.resets.has(event.reset);
    return !isHidden(event, theirs.horizon);
  });
}

function understood(records: readonly object[]): ProgressEvent[] {
  return records.map(asEvent).filter((event) => event !== undefined);
}
