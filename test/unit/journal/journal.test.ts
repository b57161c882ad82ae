import assert from 'node:assert/strict';
import { mkdir, open, readFile, rename, rm, writeFile, type FileHandle } from 'node:fs/promises';
import { decodePiece, encodeHeader, encodeLine } from '../../../src/core/progress/lines.js';
import { StoreError } from '../../../src/core/progress/log.js';
import { doneIn, Folder, isThere, still, until } from './folder.js';

describe('journal', () => {
  let folder: Folder;
  beforeEach(async () => { folder = await Folder.make(); });
  afterEach(() => folder.remove());

  it('makes nothing before there is something to keep', async () => {
    const store = await folder.store();
    await store.refresh();
    await store.exportJson();
    await store.dispose();
    assert.equal(await isThere(folder.root), false);
  });

  it('keeps what it said it kept', async () => {
    const store = await folder.store();
    await store.setTopicState(['a', 'b'], 'done');
    await store.answerCard('a/1', true, 'ü\n\u2028');
    const again = await folder.store();
    assert.deepEqual(doneIn(again), ['a', 'b']);
    assert.equal(again.progress.answers.get('a/1')?.given, 'ü\n\u2028');
    assert.deepEqual(await folder.files(), (await folder.files('segments')));
  });

  it('shows other windows what one of them did, from the first change on', async () => {
    const [a, b] = [await folder.store(), await folder.store()];
    await a.setTopicState(['a'], 'done');
    await until(() => b.stateOf('a') === 'done');
    await b.setTopicState(['b'], 'done');
    await until(() => a.stateOf('b') === 'done');
    await a.setTopicState(['b'], 'reading');
    await until(() => b.stateOf('b') === 'reading');
    await b.refresh();
  });

  it('reads what other windows wrote when asked to', async () => {
    const [a, b] = [await folder.store(), await folder.store()];
    for (let i = 0; i < 20; i++) {
      await a.setTopicState([`a${i}`], 'done');
      await b.refresh();
      assert.equal(b.stateOf(`a${i}`), 'done');
    }
  });

  it('finishes what is under way when it is closed, and takes nothing after', async () => {
    const store = await folder.store();
    const under = Array.from({ length: 50 }, (_, i) => store.setTopicState([`t${i}`], 'done'));
    await store.dispose();
    await Promise.all(under);
    assert.equal((await folder.look()).done.length, 50);
    await assert.rejects(store.setTopicState(['late'], 'done'), StoreError);
  });

  describe('on a disk that is slow or fails', () => {
    type Handles = { datasync(this: FileHandle): Promise<void>; write(this: FileHandle, ...args: unknown[]): Promise<{ bytesWritten: number }>; truncate(this: FileHandle, size: number): Promise<void> };
    let handles: Handles;
    let real: Handles;
    beforeEach(async () => {
      const file = await open(__filename, 'r');
      handles = Object.getPrototypeOf(file) as Handles;
      await file.close();
      real = { datasync: handles.datasync, write: handles.write, truncate: handles.truncate };
    });
    afterEach(() => { Object.assign(handles, real); });

    it('says that a change is kept only after the disk has it, and shares one sync among many changes', async () => {
      const store = await folder.store();
      await store.setTopicState(['first'], 'done');
      const order: string[] = [];
      let syncs = 0;
      handles.datasync = async function () {
        await new Promise((resolve) => setTimeout(resolve, 30));
        await real.datasync.call(this);
        syncs++;
        order.push('on disk');
      };
      await store.setTopicState(['second'], 'done').then(() => order.push('said'));
      assert.deepEqual(order, ['on disk', 'said']);
      syncs = 0;
      await Promise.all(Array.from({ length: 500 }, (_, i) => store.setTopicState([`t${i}`], 'done')));
      assert.ok(syncs <= 2, `${syncs} syncs`);
      assert.equal(doneIn(store).length, 502);
    });

    for (const [what, code] of [['is full', 'ENOSPC'], ['fails', 'EIO'], ['became read-only', 'EROFS']] as const) {
      it(`changes nothing when it ${what} in the middle of a line, and goes on when it can`, async () => {
        const store = await folder.store();
        await store.setTopicState(['a'], 'done');
        handles.write = async function (buffer, offset) {
          await real.write.call(this, (buffer as Buffer).subarray(0, 40), offset);
          throw Object.assign(new Error(code), { code });
        };
        await assert.rejects(store.setTopicState(['b'], 'done'), (error) => error instanceof StoreError && error.kind === ({ ENOSPC: 'diskFull', EIO: 'failed', EROFS: 'readOnly' } as const)[code]);
        assert.deepEqual(doneIn(store), ['a']);
        assert.deepEqual(await folder.look(), { done: ['a'], problems: [] });
        Object.assign(handles, real);
        await store.setTopicState(['c'], 'done');
        assert.deepEqual(await folder.look(), { done: ['a', 'c'], problems: [] });
      });
    }

    it('never writes behind half a line that it could not take back', async () => {
      const store = await folder.store();
      await store.setTopicState(['a'], 'done');
      handles.write = async function (buffer, offset) {
        await real.write.call(this, (buffer as Buffer).subarray(0, 40), offset);
        throw Object.assign(new Error('EIO'), { code: 'EIO' });
      };
      handles.truncate = () => Promise.reject(Object.assign(new Error('EIO'), { code: 'EIO' }));
      await assert.rejects(store.setTopicState(['b'], 'done'), StoreError);
      Object.assign(handles, real);
      await store.setTopicState(['c'], 'done');
      const { done, problems } = await folder.look();
      assert.deepEqual(done, ['a', 'c']);
      assert.deepEqual(problems.map(({ kind }) => kind), ['cutOff']);
      assert.deepEqual(await folder.look(), { done: ['a', 'c'], problems: [] });
    });

    it('does not say that a change is kept when the sync fails', async () => {
      const store = await folder.store();
      await store.setTopicState(['a'], 'done');
      handles.datasync = () => Promise.reject(Object.assign(new Error('EIO'), { code: 'EIO' }));
      await assert.rejects(store.setTopicState(['b'], 'done'), StoreError);
      assert.deepEqual(doneIn(store), ['a']);
      Object.assign(handles, real);
      await store.setTopicState(['c'], 'done');
      assert.deepEqual((await folder.look()).done.filter((id) => id !== 'b'), ['a', 'c']);
    });
  });

  describe('tidying up', () => {
    const eager = { ...still, adoptAfter: 0, joinAt: 4, closeAt: 600 };

    it('changes nothing that anyone sees, and leaves few files', async () => {
      const store = await folder.store({ ...still, closeAt: 600 });
      for (let i = 0; i < 60; i++) await store.setTopicState([`t${i % 25}`], i % 3 === 0 ? 'reading' : 'done');
      await store.answerCard('t1/1', true);
      const eventsOf = (text: string) => (JSON.parse(text) as { events: unknown[] }).events;
      const events = eventsOf(await store.exportJson());
      await store.dispose();
      const before = await folder.look();
      assert.ok((await folder.files('history')).length > 5);

      const { store: other, journal } = await folder.window(eager);
      await journal.tidy();
      assert.deepEqual(await folder.files('segments'), []);
      assert.ok(await isThere(folder.path('summary')));
      assert.deepEqual(await folder.look(), before);
      assert.deepEqual(eventsOf(await other.exportJson()), events);

      const { journal: third } = await folder.window({ ...eager, closeAt: 1e9 });
      await third.tidy();
      assert.equal((await folder.files('history')).length, 1);
      assert.deepEqual(await folder.look(), before);
      assert.equal((await (await folder.store()).answerHistory()).length, 1);
    });

    it('does not read again what the summary holds', async () => {
      const store = await folder.store();
      await store.setTopicState(['a'], 'done');
      const { journal } = await folder.window(eager);
      await journal.tidy();
      const path = await folder.only('history');
      await rename(path, `${path}.gone`);
      assert.deepEqual((await folder.look()).done, ['a']);
      await rename(`${path}.gone`, path);
    });

    it('takes nothing from a window that lives, even while it writes', async () => {
      const [{ store }, { journal }] = [await folder.window(), await folder.window(eager)];
      let stop = false;
      const tidying = (async () => { while (!stop) await journal.tidy(); })();
      for (let i = 0; i < 300; i++) await store.setTopicState([`t${i}`], 'done');
      stop = true;
      await tidying;
      assert.equal(doneIn(store).length, 300);
      assert.deepEqual((await folder.look()).done, doneIn(store));
      assert.deepEqual((await folder.look()).problems, []);
    });

    it('by several windows at once loses nothing', async () => {
      const windows = await Promise.all([1, 2, 3, 4].map(() => folder.window(eager)));
      await Promise.all(windows.map(async ({ store, journal }, w) => {
        for (let i = 0; i < 60; i++) {
          await store.setTopicState([`w${w}-${i}`], 'done');
          if (i % 5 === w) await journal.tidy();
        }
      }));
      const { done, problems } = await folder.look();
      assert.equal(done.length, 240);
      assert.deepEqual(problems, []);
      await Promise.all(windows.map(({ store }) => store.refresh()));
      for (const { store } of windows) assert.equal(doneIn(store).length, 240);
    });

    it('leaves the segments of others alone until they have been idle for long', async () => {
      const store = await folder.store();
      await store.setTopicState(['a'], 'done');
      const { journal } = await folder.window({ ...eager, adoptAfter: 60_000 });
      await journal.tidy();
      assert.equal((await folder.files('segments')).length, 1);
    });

    it('makes a summary again that an older version wrote, and knows more after', async () => {
      const store = await folder.store();
      await store.setTopicState(['a'], 'done');
      const { journal } = await folder.window(eager);
      await journal.tidy();
      const text = await readFile(folder.path('summary'), 'latin1');
      const [summary] = decodePiece(text, true).records as { covers: unknown; state: object }[];
      assert.ok(summary !== undefined);
      await writeFile(folder.path('summary'), encodeHeader(1) + encodeLine({ ...summary, state: { ...summary.state, v: 0, topics: [] } }));
      assert.deepEqual(await folder.look(), { done: ['a'], problems: [] });
    });
  });

  it('ignores what others keep in its folders', async () => {
    const store = await folder.store();
    await store.setTopicState(['a'], 'done');
    await mkdir(folder.path('segments', 'folder.jsonl'));
    await writeFile(folder.path('segments', '.DS_Store'), 'x');
    await writeFile(folder.path('segments', 'half.jsonl.tmp'), 'x');
    assert.deepEqual(await folder.look(), { done: ['a'], problems: [] });
    assert.ok(await isThere(folder.path('segments', '.DS_Store')));
  });

  it('goes on when someone removes the folder', async () => {
    const store = await folder.store();
    await store.setTopicState(['a'], 'done');
    await rm(folder.root, { recursive: true });
    await store.setTopicState(['b'], 'done');
    assert.deepEqual((await folder.look()).done, ['b']);
    assert.deepEqual(doneIn(store), ['a', 'b']);
  });
});
