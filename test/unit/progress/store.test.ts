import assert from 'node:assert/strict';
import fc from 'fast-check';
import { StoreError } from '../../../src/core/progress/log.js';
import { passedIn, topicStates, type TopicState } from '../../../src/core/progress/model.js';
import { stateVersion } from '../../../src/core/progress/state.js';
import type { ProgressChange } from '../../../src/core/progress/store.js';
import { ImportError } from '../../../src/core/progress/transfer.js';
import { machine, MemoryDisk, plain, type Machine } from './memoryLog.js';

const day = 24 * 60 * 60 * 1000;

describe('progress store', () => {
  it('marks topics in one batch, and leaves alone what is so already', async () => {
    const { store, disk } = await machine();
    const changes: ProgressChange[] = [];
    store.onDidChange((change) => changes.push(change));
    await store.setTopicState(['a', 'b', 'a'], 'done');
    await store.setTopicState(['a', 'b'], 'done');
    await store.setTopicState(['c'], 'notStarted');
    assert.deepEqual([store.stateOf('a'), store.stateOf('b'), store.stateOf('c')], ['done', 'done', 'notStarted']);
    assert.equal(disk.records.length, 2);
    assert.deepEqual(changes, [{ topics: new Set(['a', 'b']), cards: new Set(), languages: false, stages: new Set() }]);
  });

  it('shows nothing before it is durable, and takes quick changes of mind in their order', async () => {
    const { store, disk } = await machine();
    let open = () => undefined as void;
    disk.gate = new Promise((resolve) => { open = resolve; });
    const calls = [store.setTopicState(['a'], 'done'), store.setTopicState(['a'], 'done'), store.setTopicState(['a'], 'notStarted'), store.setTopicState(['b'], 'reading')];
    await Promise.resolve();
    assert.equal(store.stateOf('b'), 'notStarted');
    open();
    await Promise.all(calls);
    assert.deepEqual([store.stateOf('a'), store.stateOf('b')], ['notStarted', 'reading']);
    assert.equal(disk.records.length, 3);
  });

  it('changes nothing when it can’t be saved, says why, and works again afterwards', async () => {
    const { store, disk } = await machine();
    await store.setTopicState(['a'], 'reading');
    let fired = 0;
    store.onDidChange(() => fired++);
    disk.failing = new StoreError('diskFull', '/store', new Error('ENOSPC'));
    const before = plain(store);
    for (const attempt of [
      () => store.setTopicState(['a', 'b'], 'done'), () => store.answerCard('a/1', true), () => store.chooseLanguages(['go']), () => store.reset(),
    ]) await assert.rejects(attempt(), (error) => error instanceof StoreError && error.kind === 'diskFull');
    assert.deepEqual(plain(store), before);
    assert.equal(fired, 0);
    disk.failing = undefined;
    await store.setTopicState(['a', 'b'], 'done');
    assert.equal(store.stateOf('b'), 'done');
  });

  it('keeps a saved change saved when a view breaks', async () => {
    const { store } = await machine();
    store.onDidChange(() => { throw new Error('broken view'); });
    const unhandled = new Promise((resolve) => {
      const before = process.listeners('unhandledRejection');
      process.removeAllListeners('unhandledRejection');
      process.once('unhandledRejection', (error) => {
        for (const listener of before) process.on('unhandledRejection', listener);
        resolve(error);
      });
    });
    await store.setTopicState(['a'], 'done');
    assert.equal(store.stateOf('a'), 'done');
    assert.match(String(await unhandled), /broken view/);
  });

  it('keeps the last answer of each card in sight and the others in its history', async () => {
    const { store } = await machine({ redirects: { old: 'new' } });
    await store.answerCard('old/1', false, 'b');
    await store.answerCard('new/1', true, 'a');
    assert.equal(store.progress.answers.get('new/1')?.given, 'a');
    assert.deepEqual((await store.answerHistory()).map(({ card, right }) => [card, right]), [['new/1', false], ['new/1', true]]);
  });

  it('starts over after a backup, and undoes exactly that, however much happened since', async () => {
    const { store, disk } = await machine();
    await store.setTopicState(['a', 'b'], 'done');
    await store.answerCard('a/1', true);
    await store.chooseLanguages(['go']);
    const before = plain(store);
    const { reset, backup } = await store.reset();
    assert.equal(backup, 'backup 1');
    assert.match(disk.backups[0] ?? '', /"a": \{ "state": "done"/);
    assert.deepEqual(plain(store), { topics: [], languages: undefined, answers: [] });
    assert.equal(store.resetInForce, reset);
    assert.equal((await machine({ disk })).store.resetInForce, reset, 'another window can undo it');
    await store.undoReset(reset);
    assert.equal(store.resetInForce, undefined);
    assert.deepEqual(plain(store), before);

    const second = await store.reset();
    await store.setTopicState(['a'], 'reading');
    await store.chooseLanguages(['rust']);
    await store.undoReset(second.reset);
    await store.undoReset(second.reset);
    await store.undoReset('unknown');
    assert.deepEqual([store.stateOf('a'), store.stateOf('b'), store.progress.languages], ['reading', 'done', ['rust']]);
  });

  it('hides by a reset what is still being written when it is asked for, and not what comes after', async () => {
    const { store, disk } = await machine();
    let open = () => undefined as void;
    disk.gate = new Promise((resolve) => { open = resolve; });
    const early = store.setTopicState(['a'], 'done');
    const reset = store.reset();
    for (let i = 0; i < 10; i++) await Promise.resolve();
    const late = store.setTopicState(['b'], 'done');
    open();
    await Promise.all([early, reset, late]);
    assert.deepEqual([store.stateOf('a'), store.stateOf('b')], ['notStarted', 'done']);
  });

  describe('with a clock that is wrong', () => {
    it('lets every act take effect, forwards or backwards', async () => {
      const m = await machine({ now: 5_000 });
      await m.store.setTopicState(['a'], 'done');
      m.now = 10;
      await m.store.setTopicState(['a'], 'reading');
      assert.equal(m.store.stateOf('a'), 'reading');
      const { reset } = await m.store.reset();
      assert.equal(m.store.stateOf('a'), 'notStarted');
      await m.store.setTopicState(['a'], 'skipped');
      assert.equal(m.store.stateOf('a'), 'skipped');
      await m.store.undoReset(reset);
      assert.equal(m.store.stateOf('a'), 'skipped');
    });

    it('spoils no dates but those of what was touched then', async () => {
      const m = await machine({ now: 100 * day });
      m.now = 30_000 * day;
      await m.store.setTopicState(['a'], 'done');
      m.now = 101 * day;
      await m.store.setTopicState(['b'], 'done');
      assert.equal(m.store.progress.topics.get('b')?.at, 101 * day);
      await m.store.setTopicState(['a'], 'reading');
      assert.equal(m.store.stateOf('a'), 'reading');

      const { reset } = await m.store.reset();
      assert.deepEqual(plain(m.store), { topics: [], languages: undefined, answers: [] });
      m.now++;
      await m.store.setTopicState(['b', 'a'], 'done');
      assert.deepEqual([m.store.stateOf('a'), m.store.stateOf('b')], ['done', 'done']);
      assert.ok((m.store.progress.topics.get('b')?.at ?? 0) < 102 * day);
      await m.store.undoReset(reset);
      assert.deepEqual([m.store.stateOf('a'), m.store.stateOf('b')], ['done', 'done']);
    });
  });

  it('keeps, exports and reports once what a newer version wrote', async () => {
    const disk = new MemoryDisk();
    const newer = [{ id: 'n1', at: 5, type: 'note', text: 'x' }, { id: 'n2', at: 6, type: 'topic', topic: 'a', state: 'done', v: 2 }, { id: 'n3', at: 7, type: 'note' }];
    disk.records.push(...newer);
    const { store } = await machine({ disk });
    assert.deepEqual(store.problems, [{ kind: 'newerEvents', count: 3, types: ['note', 'topic'] }]);
    disk.records.push({ id: 'n4', at: 8, type: 'note' });
    await store.refresh();
    assert.equal(store.problems.length, 1);
    const other = await machine();
    await other.store.importEvents(await other.store.previewImport(await store.exportJson()));
    assert.deepEqual(other.disk.records.slice(0, 3), newer);
  });

  it('keeps what was done with a stage, once for each language, and a reset hides it', async () => {
    const { store, disk } = await machine();
    const changes: ProgressChange[] = [];
    store.onDidChange((change) => changes.push(change));
    await store.workOnStage('distributed-cache/ttl', 'hint-1', 'go');
    await store.workOnStage('distributed-cache/ttl', 'passed', 'go');
    await store.workOnStage('distributed-cache/ttl', 'passed', 'go');
    await store.workOnStage('distributed-cache/ttl', 'passed', 'rust');
    assert.equal(disk.records.length, 3);
    assert.deepEqual(passedIn(store.progress, 'distributed-cache/ttl'), ['go', 'rust']);
    assert.deepEqual(changes.map(({ stages }) => [...stages]), [['distributed-cache/ttl'], ['distributed-cache/ttl'], ['distributed-cache/ttl']]);
    const reopened = await machine({ disk });
    assert.deepEqual(passedIn(reopened.store.progress, 'distributed-cache/ttl'), ['go', 'rust']);
    const elsewhere = await machine({ name: 'elsewhere' });
    await elsewhere.store.mergeMirror(store.mirror());
    assert.deepEqual(passedIn(elsewhere.store.progress, 'distributed-cache/ttl').sort(), ['go', 'rust']);
    const { reset } = await store.reset();
    assert.deepEqual(passedIn(store.progress, 'distributed-cache/ttl'), []);
    await store.undoReset(reset);
    assert.deepEqual(passedIn(store.progress, 'distributed-cache/ttl'), ['go', 'rust']);
  });

  describe('import', () => {
    it('adds what is missing and says so before', async () => {
      const [a, b] = [await machine(), await machine()];
      await a.store.setTopicState(['x', 'y'], 'done');
      await a.store.answerCard('x/1', false);
      await a.store.answerCard('x/1', true);
      await b.store.setTopicState(['z'], 'reading');
      const preview = await b.store.previewImport(await a.store.exportJson());
      assert.equal(b.store.stateOf('x'), 'notStarted');
      assert.deepEqual({ ...preview, records: preview.records.length }, {
        records: 4,
        topics: [{ topic: 'x', from: 'notStarted', to: 'done' }, { topic: 'y', from: 'notStarted', to: 'done' }],
        cards: 1, languages: false, stages: 0, hidden: undefined,
      });
      await b.store.importEvents(preview);
      assert.deepEqual([b.store.stateOf('x'), b.store.stateOf('z')], ['done', 'reading']);
      assert.equal((await b.store.answerHistory()).length, 2);
      const again = await b.store.previewImport(await a.store.exportJson());
      assert.deepEqual([again.records.length, again.topics.length], [0, 0]);
    });

    it('never brings a reset along, nor what it hid', async () => {
      const [a, b] = [await machine(), await machine()];
      await b.store.setTopicState(['mine'], 'done');
      await a.store.setTopicState(['hidden'], 'done');
      a.now += 1000;
      await a.store.reset();
      await a.store.setTopicState(['shown'], 'done');
      await b.store.importEvents(await b.store.previewImport(await a.store.exportJson()));
      assert.deepEqual(plain(b.store), { topics: [['mine', 'done'], ['shown', 'done']], languages: undefined, answers: [] });
    });

    it('of a backup made before a reset tells which reset hides it', async () => {
      const { store, disk } = await machine();
      await store.setTopicState(['a', 'b'], 'done');
      await store.answerCard('a/1', true);
      const { reset } = await store.reset();
      await store.setTopicState(['b'], 'reading');
      const preview = await store.previewImport(disk.backups[0] ?? '');
      assert.deepEqual(preview, { records: [], topics: [], cards: 0, languages: false, stages: 0, hidden: { count: 2, reset } });
      await store.undoReset(reset);
      assert.equal(store.stateOf('a'), 'done');
    });

    it('refuses what is not an export, and says where it is wrong', async () => {
      const { store } = await machine();
      await store.setTopicState(['a'], 'done');
      const good = await store.exportJson();
      const cases: [string, object][] = [
        ['', { kind: 'notJson' }], [good.slice(0, 100), { kind: 'notJson' }], ['null', { kind: 'notProgress' }], ['[]', { kind: 'notProgress' }], ['{"format":"other"}', { kind: 'notProgress' }],
        [good.replace('"schema": 1', '"schema": 2'), { kind: 'newer', schema: 2 }], [good.replace('"schema": 1', '"schema": "1"'), { kind: 'malformed', where: 'schema' }],
        [good.replace('"events"', '"evens"'), { kind: 'malformed', where: 'events' }], [good.replace('"done"}', '"finished"}'), { kind: 'malformed', where: 'events[0]' }],
        [good.replace('"at":', '"when":'), { kind: 'malformed', where: 'events[0]' }],
      ];
      for (const [text, fault] of cases) {
        await assert.rejects(store.previewImport(text), (error) => {
          assert.ok(error instanceof ImportError, text);
          const { detail: _detail, ...rest } = error.fault as { detail?: string };
          assert.deepEqual(rest, fault);
          return true;
        });
      }
      assert.equal((await store.previewImport('\uFEFF' + good)).records.length, 0);
    });

    it('brings back exactly what was exported, with any text in it', async () => {
      await fc.assert(fc.asyncProperty(fc.array(fc.tuple(fc.string({ unit: 'binary', minLength: 1 }), fc.constantFrom<TopicState>('done', 'reading', 'skipped'), fc.string({ unit: 'binary' })), { maxLength: 6 }), async (acts) => {
        const [a, b] = [await machine(), await machine()];
        for (const [topic, state, given] of acts) {
          await a.store.setTopicState([topic], state);
          await a.store.answerCard(`${topic}/1`, true, given);
        }
        await b.store.importEvents(await b.store.previewImport(await a.store.exportJson()));
        assert.deepEqual(plain(b.store), plain(a.store));
      }), { numRuns: 100 });
    });
  });

  describe('through Settings Sync', () => {
    type Act = { kind: 'mark'; who: number; topic: string; state: TopicState } | { kind: 'answer'; who: number; card: string; right: boolean } | { kind: 'languages'; who: number; topics: string[] }
      | { kind: 'reset' | 'undo' | 'push' | 'pull' | 'both'; who: number } | { kind: 'clock'; who: number; now: number };
    const who = fc.nat({ max: 2 });
    const topic = fc.constantFrom('a', 'b', 'old', 'c');
    const act: fc.Arbitrary<Act> = fc.oneof(
      { weight: 8, arbitrary: fc.record({ kind: fc.constant('mark' as const), who, topic, state: fc.constantFrom<TopicState>('notStarted', 'reading', 'done', 'skipped') }) },
      { weight: 4, arbitrary: fc.record({ kind: fc.constant('answer' as const), who, card: topic.map((t) => `${t}/1`), right: fc.boolean() }) },
      { weight: 1, arbitrary: fc.record({ kind: fc.constant('languages' as const), who, topics: fc.array(topic, { maxLength: 2 }) }) },
      { weight: 2, arbitrary: fc.record({ kind: fc.constantFrom('reset' as const, 'undo' as const), who }) },
      { weight: 6, arbitrary: fc.record({ kind: fc.constantFrom('push' as const, 'pull' as const, 'both' as const), who }) },
      { weight: 2, arbitrary: fc.record({ kind: fc.constant('clock' as const), who, now: fc.oneof(fc.integer({ min: 0, max: 50 }), fc.constantFrom(400 * day, 9000 * day)) }) },
    );

    async function perform(acts: readonly Act[], machines: readonly Machine[]): Promise<void> {
      let cloud: unknown;
      const resets: string[] = [];
      for (const a of acts) {
        const m = machines[a.who % machines.length];
        assert.ok(m !== undefined);
        const { store } = m;
        switch (a.kind) {
          case 'mark':
            await store.setTopicState([a.topic], a.state);
            assert.equal(store.stateOf(a.topic), a.state, 'an act takes effect at once');
            break;
          case 'answer': await store.answerCard(a.card, a.right); break;
          case 'languages': await store.chooseLanguages(a.topics); break;
          case 'reset':
            resets.push((await store.reset()).reset);
            assert.deepEqual(plain(store), { topics: [], languages: undefined, answers: [] });
            break;
          case 'undo': {
            const last = resets.at(-1);
            if (last !== undefined) await store.undoReset(last);
            break;
          }
          case 'clock': m.now = a.now; break;
          // What is pushed is replaced, unmerged, by whoever pushes next: the worst that Settings Sync does.
          case 'push': cloud = JSON.parse(JSON.stringify(store.mirror())); break;
          case 'pull': assert.equal(await store.mergeMirror(cloud), 'merged'); break;
          case 'both':
            await store.mergeMirror(cloud);
            cloud = JSON.parse(JSON.stringify(store.mirror()));
        }
      }
      for (let round = 0; round < 2; round++) {
        for (const { store } of machines) {
          await store.mergeMirror(cloud);
          cloud = JSON.parse(JSON.stringify(store.mirror()));
        }
      }
    }

    for (const count of [2, 3]) {
      it(`${count} machines come to the same, whatever each did offline, in whatever order their values meet`, async () => {
        await fc.assert(fc.asyncProperty(fc.array(act, { maxLength: 30 }), async (acts) => {
          const machines = await Promise.all(Array.from({ length: count }, (_, n) => machine({ name: `m${n}`, now: 20 * n, redirects: { old: 'a' } })));
          await perform(acts, machines);
          const [first, ...others] = machines;
          assert.ok(first !== undefined);
          for (const other of others) {
            assert.deepEqual(plain(other.store), plain(first.store));
            assert.equal(JSON.stringify(other.store.mirror()), JSON.stringify(first.store.mirror()));
            const length = other.disk.records.length;
            await other.store.mergeMirror(first.store.mirror());
            assert.equal(other.disk.records.length, length, 'what is known is not written again');
          }
          for (const m of machines) {
            const reopened = await machine({ disk: m.disk, redirects: { old: 'a' } });
            assert.deepEqual(plain(reopened.store), plain(first.store));
          }
        }), { numRuns: 400 });
      });
    }

    it('leaves alone what it does not understand', async () => {
      const { store, disk } = await machine();
      assert.equal(await store.mergeMirror({ v: stateVersion + 1, whatever: [] }), 'newer');
      assert.equal(await store.mergeMirror({ v: 1, topics: [['x']], cards: [], rest: [] }), 'malformed');
      assert.equal(await store.mergeMirror('junk'), 'malformed');
      assert.equal(await store.mergeMirror(undefined), 'merged');
      assert.deepEqual(store.problems.map((problem) => problem.kind === 'sync' ? problem.reason : problem.kind), ['newer', 'malformed', 'malformed']);
      assert.equal(disk.records.length, 0);
    });

    it('takes what an older version says, which knew of no practice', async () => {
      const { store } = await machine();
      assert.equal(await store.mergeMirror({ v: 1, topics: [[5, 'e1', 'a', topicStates.indexOf('done')]], cards: [], rest: [] }), 'merged');
      assert.equal(store.stateOf('a'), 'done');
      assert.deepEqual(store.problems, []);
    });

    it('stays small when thousands of cards were answered', async () => {
      const m = await machine();
      for (let i = 0; i < 3000; i++) {
        m.now++;
        await m.store.answerCard(`topic/${i}`, true, 'some answer');
      }
      await m.store.setTopicState(Array.from({ length: 55 }, (_, i) => `topic-${i}`), 'done');
      assert.ok(JSON.stringify(m.store.mirror()).length < 40_000);
      const other = await machine();
      await other.store.mergeMirror(m.store.mirror());
      assert.equal(other.store.progress.topics.size, 55);
      assert.ok(other.store.progress.answers.has('topic/2999') && !other.store.progress.answers.has('topic/0'));
    });
  });
});
