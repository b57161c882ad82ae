import assert from 'node:assert/strict';
import fc from 'fast-check';
import { topicStates, type ProgressEvent } from '../../../src/core/progress/model.js';
import { asEvent, decodeState, emptyState, encodeMirror, encodeState, isHidden, horizonOf, join, merge, compare, stateVersion, type ProgressState } from '../../../src/core/progress/state.js';
import { Redirects, View } from '../../../src/core/progress/view.js';

const redirects = { old: 'b', older: 'old', a2: 'a', loop1: 'loop2', loop2: 'loop1' };
const topic = fc.constantFrom('a', 'b', 'c', 'old', 'older', 'a2', 'loop1', 'gone', '__proto__', 'constructor');
const ids = fc.integer({ min: 0, max: 40 }).map((n) => `id${n}`);
const times = fc.oneof(fc.integer({ min: 0, max: 12 }), fc.constant(4_000_000_000_000));

/** Few ids, times and topics, so that ties, clashes and resets in the middle are common. */
export const event: fc.Arbitrary<ProgressEvent> = fc.oneof(
  { weight: 6, arbitrary: fc.record({ id: ids, at: times, type: fc.constant('topic' as const), topic, state: fc.constantFrom(...topicStates) }) },
  { weight: 4, arbitrary: fc.record({ id: ids, at: times, type: fc.constant('answer' as const), card: fc.tuple(topic, fc.constantFrom('/1', '/2', '')).map(([t, c]) => t + c), right: fc.boolean(), given: fc.string({ maxLength: 3 }) }, { requiredKeys: ['id', 'at', 'type', 'card', 'right'] }) },
  { weight: 2, arbitrary: fc.record({ id: ids, at: times, type: fc.constant('languages' as const), topics: fc.array(topic, { maxLength: 3 }) }) },
  { weight: 2, arbitrary: fc.record({ id: ids, at: times, type: fc.constant('practice' as const), stage: fc.constantFrom('p/one', 'p/two'), deed: fc.constantFrom('passed' as const, 'hint-1' as const, 'solution' as const), language: fc.constantFrom('go', 'rust') }) },
  { weight: 2, arbitrary: fc.record({ id: ids, at: times, type: fc.constant('reset' as const), ahead: fc.array(ids, { maxLength: 3 }) }, { requiredKeys: ['id', 'at', 'type'] }) },
  { weight: 1, arbitrary: fc.record({ id: ids, at: times, type: fc.constant('resetUndone' as const), reset: ids }) },
);

const events = fc.array(event, { maxLength: 30 });

function stateOf(list: readonly ProgressEvent[]): ProgressState {
  const state = emptyState();
  for (const e of list) join(state, e);
  return state;
}

/** Equal for equal states, whatever the order in which they grew. */
const text = (state: ProgressState) => JSON.stringify(encodeMirror(state, Infinity));
const shown = (view: View) => JSON.stringify([[...view.topics].sort(byKey), [...view.answers].sort(byKey), view.languages, [...view.practice].sort(byKey)]);
const byKey = ([a]: [string, unknown], [b]: [string, unknown]) => (a < b ? -1 : 1);

describe('progress state', () => {
  it('does not depend on the order or the number of times that events arrive', () => {
    fc.assert(fc.property(events, fc.array(fc.nat(), { maxLength: 60 }), (list, picks) => {
      const jumbled = [...picks.map((pick) => list[pick % Math.max(1, list.length)]).filter((e) => e !== undefined), ...[...list].reverse()];
      assert.equal(text(stateOf(jumbled)), text(stateOf(list)));
    }), { numRuns: 1000 });
  });

  it('merges commutatively, associatively and idempotently, and loses nothing', () => {
    fc.assert(fc.property(events, events, events, (x, y, z) => {
      const [a, b, c] = [stateOf(x), stateOf(y), stateOf(z)];
      assert.equal(text(merge(a, b)), text(merge(b, a)));
      assert.equal(text(merge(a, merge(b, c))), text(merge(merge(a, b), c)));
      assert.equal(text(merge(a, a)), text(a));
      assert.equal(text(merge(a, b)), text(stateOf([...x, ...y])));
      assert.equal(text(merge(merge(a, b), a)), text(merge(a, b)));
    }), { numRuns: 1000 });
  });

  it('shows what a plain reading of all events shows: the latest of each topic and card that no reset hides', () => {
    const follow = new Redirects(redirects);
    fc.assert(fc.property(events, (list) => {
      const state = stateOf(list);
      const view = new View(state, follow);
      const horizon = horizonOf(state);
      const latest = new Map<string, ProgressEvent>();
      // A clock that ran ahead is hidden by name; what it had replaced stays replaced, so only the last event of an id counts.
      for (const e of [...state.topics.values(), ...state.cards.values()]) {
        if (isHidden(e, horizon)) continue;
        const key = e.type === 'topic' ? `t ${follow.topic(e.topic)}` : `c ${follow.card(e.card)}`;
        const held = latest.get(key);
        if (held === undefined || compare(held, e) < 0) latest.set(key, e);
      }
      const seen = new Map<string, ProgressEvent>([...[...view.topics].map(([k, v]) => [`t ${k}`, v] as const), ...[...view.answers].map(([k, v]) => [`c ${k}`, v] as const)]);
      assert.deepEqual(new Map([...seen].sort(byKey)), new Map([...latest].sort(byKey)));
      if (horizon.ahead.size === 0) {
        for (const e of list) {
          if (e.type !== 'topic' || isHidden(e, horizon)) continue;
          const won = view.topics.get(follow.topic(e.topic));
          assert.ok(won !== undefined && compare(won, e) >= 0);
        }
      }
    }), { numRuns: 1000 });
  });

  it('is shown the same whether built at once or event by event, and every change is announced', () => {
    const follow = new Redirects(redirects);
    fc.assert(fc.property(events, fc.integer({ min: 1, max: 4 }), (list, size) => {
      const view = new View(emptyState(), follow);
      for (let i = 0; i < list.length; i += size) {
        const before = { topics: new Map(view.topics), answers: new Map(view.answers), languages: view.languages };
        const change = view.add(list.slice(i, i + size));
        const differ = (a: ReadonlyMap<string, unknown>, b: ReadonlyMap<string, unknown>) => [...new Set([...a.keys(), ...b.keys()])].filter((key) => a.get(key) !== b.get(key)).sort();
        assert.deepEqual([...change?.topics ?? []].sort(), differ(before.topics, view.topics));
        assert.deepEqual([...change?.cards ?? []].sort(), differ(before.answers, view.answers));
        assert.equal(change?.languages ?? false, JSON.stringify(before.languages) !== JSON.stringify(view.languages));
      }
      assert.equal(shown(view), shown(new View(stateOf(list), follow)));
    }), { numRuns: 1000 });
  });

  it('comes back whole from its compact form and through JSON', () => {
    fc.assert(fc.property(events, (list) => {
      const state = stateOf(list);
      const back = decodeState(JSON.parse(JSON.stringify(encodeState(state))));
      assert.ok(back !== undefined);
      assert.equal(text(back), text(state));
    }), { numRuns: 500 });
  });

  it('keeps the latest answers when room is short, and never a false one', () => {
    fc.assert(fc.property(events, fc.integer({ min: 0, max: 400 }), (list, room) => {
      const state = stateOf(list);
      const mirror = encodeMirror(state, room);
      assert.ok(mirror.cards.reduce((sum, row) => sum + JSON.stringify(row).length + 1, 0) <= room);
      const back = decodeState(mirror);
      assert.ok(back !== undefined);
      assert.equal(text(merge(back, state)), text(state));
      assert.equal(back.topics.size, state.topics.size);
    }));
  });

  it('accepts nothing else as an event or a state', () => {
    fc.assert(fc.property(fc.anything(), (value) => {
      const found = asEvent(value);
      if (found !== undefined) assert.ok(typeof found.id === 'string' && Number.isInteger(found.at));
      assert.equal(decodeState(value), undefined);
    }), { numRuns: 2000 });
    fc.assert(fc.property(events, fc.nat(), fc.anything(), (list, where, junk) => {
      const compact = JSON.parse(JSON.stringify(encodeState(stateOf(list)))) as { topics: unknown[][]; cards: unknown[][]; rest: unknown[][] };
      const rows = [...compact.topics, ...compact.cards, ...compact.rest];
      const row = rows[where % Math.max(1, rows.length)];
      if (row !== undefined) row[where % row.length] = junk;
      assert.doesNotThrow(() => decodeState(compact));
    }), { numRuns: 1000 });
    for (const bad of [null, 1, 'x', [], {}, { id: 'x', at: 1 }, { id: '', at: 1, type: 'reset' }, { id: 'x', at: -1, type: 'reset' }, { id: 'x', at: 1.5, type: 'reset' }, { id: 'x', at: 9e15, type: 'reset' },
      { id: 'x', at: 1, type: 'topic', topic: 't', state: 'mastered' }, { id: 'x', at: 1, type: 'topic', state: 'done' }, { id: 'x', at: 1, type: 'reset', v: 2 }, { id: 'x', at: 1, type: 'languages', topics: [1] }]) {
      assert.equal(asEvent(bad), undefined, JSON.stringify(bad));
    }
  });

  it('raises its version with every new kind of event and topic state', () => {
    const understood = [...topicStates, 'topic', 'answer', 'languages', 'practice', 'reset', 'resetUndone'].join(' ');
    assert.equal(`${stateVersion}: ${understood}`, '2: notStarted reading done skipped topic answer languages practice reset resetUndone',
      'Summaries of the old version hide the new events: raise stateVersion, then this line.');
  });

  it('follows redirects to their end, and out of circles', () => {
    const follow = new Redirects(redirects);
    assert.equal(follow.topic('older'), 'b');
    assert.equal(follow.card('older/x/1'), 'b/x/1');
    assert.equal(follow.topic('unknown'), 'unknown');
    assert.equal(follow.topic('__proto__'), '__proto__');
    assert.ok(['loop1', 'loop2'].includes(follow.topic('loop1')));
    const view = new View(stateOf([
      { id: '1', at: 1, type: 'topic', topic: 'older', state: 'done' },
      { id: '2', at: 2, type: 'topic', topic: 'unknown', state: 'reading' },
      { id: '3', at: 3, type: 'languages', topics: ['old', 'b', 'c'] },
    ]), follow);
    assert.equal(view.topics.get('b')?.state, 'done');
    assert.equal(view.topics.get('unknown')?.state, 'reading');
    assert.deepEqual(view.languages, ['b', 'c']);
  });
});
