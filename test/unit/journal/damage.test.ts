import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { chmod, chown, mkdir, readdir, rm, stat, truncate, utimes, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import fc from 'fast-check';
import { encodeHeader, encodeLine } from '../../../src/core/progress/lines.js';
import { StoreError, type StoreProblem } from '../../../src/core/progress/log.js';
import { Folder, isThere, still } from './folder.js';
import { bundleChild } from './child.js';

const nobody = 65534;
const isRoot = process.getuid?.() === 0;

/** Two windows wrote: `good…` stands in one file, `bad…` in the other, which is returned. */
async function twoFiles(folder: Folder): Promise<string> {
  const a = await folder.store();
  await a.setTopicState(['good1', 'good2'], 'done');
  await a.dispose();
  const others = await folder.files('segments');
  const b = await folder.store();
  for (const topic of ['bad1', 'bad2', 'bad3', 'bad4']) await b.setTopicState([topic], 'done');
  await b.dispose();
  const path = (await folder.files('segments')).find((name) => !others.includes(name));
  assert.ok(path !== undefined);
  return folder.path(path);
}

describe('journal with damaged files', () => {
  let folder: Folder;
  beforeEach(async () => { folder = await Folder.make(); });
  afterEach(() => folder.remove());

  interface Case { readonly what: string; damage(text: Buffer): Buffer | string; readonly left: string[]; readonly problem: Partial<StoreProblem> }
  const lines = (text: Buffer) => text.toString('latin1').split('\n');
  const cases: Case[] = [
    { what: 'cut off in its last line', damage: (text) => text.subarray(0, -10), left: ['bad1', 'bad2', 'bad3'], problem: { kind: 'cutOff', saved: 3 } },
    { what: 'cut off in its first line', damage: (text) => text.subarray(0, 30), left: [], problem: { kind: 'cutOff', saved: 0 } },
    { what: 'with one bit flipped in an event', damage: (text) => { const copy = Buffer.from(text); copy[copy.indexOf('bad2')]! ^= 4; return copy; }, left: ['bad1', 'bad3', 'bad4'], problem: { kind: 'damaged', saved: 3, lost: 1 } },
    { what: 'with one bit flipped in its header', damage: (text) => { const copy = Buffer.from(text); copy[20]! ^= 1; return copy; }, left: ['bad1', 'bad2', 'bad3', 'bad4'], problem: { kind: 'damaged', saved: 4, lost: 1 } },
    { what: 'with one bit flipped in a line’s end', damage: (text) => { const copy = Buffer.from(text); copy[copy.indexOf('\n', copy.indexOf('bad2'))]! ^= 1; return copy; }, left: ['bad1', 'bad4'], problem: { kind: 'damaged', saved: 2, lost: 1 } },
    { what: 'with zeros at its end', damage: (text) => Buffer.concat([text, Buffer.alloc(4096)]), left: ['bad1', 'bad2', 'bad3', 'bad4'], problem: { kind: 'cutOff', saved: 4 } },
    { what: 'with a block of zeros', damage: (text) => { const copy = Buffer.from(text); copy.fill(0, copy.indexOf('bad2'), copy.indexOf('bad3')); return copy; }, left: ['bad1', 'bad4'], problem: { kind: 'damaged', saved: 2, lost: 1 } },
    { what: 'without its header', damage: (text) => lines(text).slice(1).join('\n'), left: ['bad1', 'bad2', 'bad3', 'bad4'], problem: { kind: 'damaged', saved: 4, lost: 1 } },
    { what: 'with another file’s text in the middle', damage: (text) => { const l = lines(text); return [...l.slice(0, 2), '# Shopping list', 'milk', ...l.slice(2)].join('\n'); }, left: ['bad1', 'bad2', 'bad3', 'bad4'], problem: { kind: 'damaged', saved: 4, lost: 2 } },
    { what: 'empty', damage: () => '', left: [], problem: { kind: 'empty' } },
    { what: 'foreign: JSON', damage: () => '{"version":1,"topics":{"good1":"notStarted"}}\n', left: [], problem: { kind: 'foreign' } },
    { what: 'foreign: binary', damage: () => Buffer.from(Array.from({ length: 3000 }, (_, i) => (i * 7919) % 256)), left: [], problem: { kind: 'foreign' } },
  ];

  for (const { what, damage, left, problem } of cases) {
    for (const where of ['segments', 'history'] as const) {
      it(`${what}, in ${where}: says so, keeps the file aside and uses the rest, for good`, async () => {
        let path = await twoFiles(folder);
        if (where === 'history') {
          await mkdir(folder.path('history'));
          const to = folder.path('history', basename(path));
          await writeFile(to, await folder.read(path));
          await rm(path);
          path = to;
        }
        const bytes = Buffer.from(damage(await folder.read(path)));
        await writeFile(path, bytes);
        const expected = [...left, 'good1', 'good2'];

        const found = await folder.look();
        assert.deepEqual(found.done, expected);
        assert.equal(found.problems.length, 1);
        const aside = folder.path('damaged', basename(path));
        assert.deepEqual({ ...found.problems[0] }, { ...problem, file: path, aside });
        assert.deepEqual(await folder.read(aside), bytes);
        assert.deepEqual(await folder.look(), { done: expected, problems: [] });

        const { store, journal } = await folder.window({ ...still, adoptAfter: 0, joinAt: 1 });
        await journal.tidy();
        assert.equal((JSON.parse(await store.exportJson()) as { events: unknown[] }).events.length, expected.length);
        assert.deepEqual(await folder.look(), { done: expected, problems: [] });
      });
    }
  }

  it('cut at any byte: uses every whole line and opens', async () => {
    const path = await twoFiles(folder);
    const text = (await folder.read(path)).toString('latin1');
    const ends = [...text].flatMap((c, i) => (c === '\n' ? [i + 1] : []));
    for (let length = 0; length < text.length; length++) {
      await rm(folder.root, { recursive: true });
      await mkdir(folder.path('segments'), { recursive: true });
      await writeFile(path, text.slice(0, length));
      const { done, problems } = await folder.look();
      assert.equal(done.length, Math.max(0, ends.filter((end) => end <= length).length - 1), `cut at ${length}`);
      assert.equal(problems.length, ends.includes(length) ? 0 : 1, `cut at ${length}: ${JSON.stringify(problems)}`);
    }
  }).timeout(60_000);

  it('with a bit flipped in any byte: loses at most the lines it touches, invents nothing and says so', async () => {
    const path = await twoFiles(folder);
    const good = await folder.read(path);
    for (let i = 0; i < good.length; i++) {
      await rm(folder.root, { recursive: true });
      await mkdir(folder.path('segments'), { recursive: true });
      const bytes = Buffer.from(good);
      bytes[i]! ^= 1 << (i % 8);
      await writeFile(path, bytes);
      const { done, problems } = await folder.look();
      assert.ok(done.length >= 2 && done.every((id) => /^bad[1-4]$/.test(id)), `byte ${i}: ${done.join()}`);
      assert.equal(problems.length, 1, `byte ${i}`);
      assert.deepEqual(await folder.read(folder.path('damaged', basename(path))), bytes);
    }
  }).timeout(60_000);

  it('with any damage to any file: opens, invents nothing, and every event is either there or reported', async () => {
    await fc.assert(fc.asyncProperty(fc.array(fc.tuple(fc.nat(), fc.nat(), fc.integer({ min: 0, max: 255 }), fc.integer({ min: 1, max: 200 })), { minLength: 1, maxLength: 5 }), async (hits) => {
      await rm(folder.root, { recursive: true, force: true });
      const store = await folder.store({ ...still, closeAt: 400 });
      for (let i = 0; i < 12; i++) await store.setTopicState([`bad${i}`], 'done');
      const other = await folder.window({ ...still, joinAt: 3, closeAt: 400 });
      await other.journal.tidy();
      await Promise.all([store.dispose(), other.store.dispose()]);
      const files = await folder.files();
      for (const [which, where, byte, length] of hits) {
        const path = folder.path(files[which % files.length] ?? '');
        const bytes = await folder.read(path);
        const at = where % bytes.length;
        bytes.fill(byte, at, Math.min(at + length, bytes.length));
        await writeFile(path, bytes);
      }
      const first = await folder.store();
      const all = JSON.parse(await first.exportJson()) as { events: { topic: string }[] };
      for (const { topic } of all.events) assert.match(topic, /^bad\d+$/);
      if (all.events.length < 12) assert.ok(first.problems.length > 0);
      await first.dispose();
      const second = await folder.look();
      assert.ok(all.events.every(({ topic }) => second.done.includes(topic)));
      assert.deepEqual(second.problems, []);
    }), { numRuns: 60 });
  }).timeout(60_000);

  it('a damaged summary: makes it again from the events, and says so', async () => {
    await twoFiles(folder);
    const { journal } = await folder.window({ ...still, adoptAfter: 0 });
    await journal.tidy();
    const whole = await folder.look();
    const good = await folder.read(folder.path('summary'));
    for (const bytes of [Buffer.alloc(0), good.subarray(0, good.length / 2), Buffer.from('{}'), Buffer.from(good.toString('latin1').replace('bad1', 'bad9'))]) {
      await writeFile(folder.path('summary'), bytes);
      const found = await folder.look();
      assert.deepEqual(found.done, whole.done);
      assert.deepEqual(found.problems.map(({ kind }) => kind), ['summary']);
      assert.deepEqual(await folder.look(), whole);
      assert.ok((await Promise.all((await folder.files('damaged')).map((name) => folder.read(folder.path(name))))).some((aside) => aside.equals(bytes)));
    }
  });

  it('of a newer version: leaves the file as it is, through tidying too, and says so', async () => {
    const path = await twoFiles(folder);
    const newer = encodeLine({ format: 'backend-roadmap-progress', schema: 2, how: 'ever' }) + 'anything at all';
    await writeFile(path, newer);
    const expected = { done: ['good1', 'good2'], problems: [{ kind: 'newerFile', file: path, schema: 2 }] };
    assert.deepEqual(await folder.look(), expected);
    const { journal } = await folder.window({ ...still, adoptAfter: 0, joinAt: 1 });
    await journal.tidy();
    assert.deepEqual(await folder.look(), expected);
    assert.equal((await folder.read(path)).toString('latin1'), newer);
    await writeFile(folder.path('summary'), encodeLine({ format: 'backend-roadmap-progress', schema: 2, how: 'ever' }));
    assert.deepEqual(await folder.look(), expected);
  });

  it('that look bad because they are just being written: waits, and then uses all of it', async () => {
    const path = await twoFiles(folder);
    const text = (await folder.read(path)).toString('latin1');
    await writeFile(path, text.slice(0, -20));
    const store = await folder.store({ ...still, settleAfter: 10_000 });
    assert.equal(store.stateOf('bad4'), 'notStarted');
    assert.deepEqual([store.problems, await isThere(path)], [[], true]);
    await writeFile(path, text);
    await store.refresh();
    assert.equal(store.stateOf('bad4'), 'done');
    await writeFile(path, text.slice(0, -20) + 'oops');
    await utimes(path, new Date(0), new Date(0));
    assert.deepEqual((await folder.look({ ...still, settleAfter: 10_000 })).problems.map(({ kind }) => kind), ['cutOff']);
  });

  it('that an old program cut under a running window: keeps showing what was read', async () => {
    const path = await twoFiles(folder);
    const store = await folder.store();
    await truncate(path, 100);
    await store.refresh();
    assert.equal(store.stateOf('bad4'), 'done');
  });

  describe('without permission', function () {
    /** Runs a window as someone else, since the rights of files mean nothing to root. */
    async function lookAsNobody(): Promise<{ done: string[]; problems: StoreProblem[]; refused: string | undefined; after: string[] }> {
      const child = await bundleChild();
      const result = spawnSync(process.execPath, [child, 'look', folder.root], { encoding: 'utf8', ...isRoot ? { uid: nobody, gid: nobody } : {} });
      assert.equal(result.status, 0, result.stderr);
      return JSON.parse(result.stdout) as Awaited<ReturnType<typeof lookAsNobody>>;
    }

    before(function () {
      if (process.platform === 'win32') this.skip();
    });

    /** Everything belongs to nobody, as if nobody had written it. */
    async function giveAway(path = join(folder.root, '..')): Promise<void> {
      if (isRoot) await chown(path, nobody, nobody);
      if ((await stat(path)).isDirectory()) for (const name of await readdir(path)) await giveAway(join(path, name));
    }

    it('to read a file: uses the others, leaves it alone and says so', async () => {
      const path = await twoFiles(folder);
      await giveAway();
      await chmod(path, 0);
      const { done, problems, refused } = await lookAsNobody();
      assert.deepEqual(done, ['good1', 'good2']);
      assert.deepEqual(problems, [{ kind: 'unreadable', file: path, code: 'EACCES' }]);
      assert.equal(refused, undefined);
      await chmod(path, 0o600);
      assert.deepEqual((await folder.look()).done, ['bad1', 'bad2', 'bad3', 'bad4', 'from-child', 'good1', 'good2']);
    });

    it('to write: shows everything, says so, and refuses changes', async () => {
      await twoFiles(folder);
      await giveAway();
      for (const path of ['segments', '.']) await chmod(folder.path(path), 0o555);
      const { done, problems, refused, after } = await lookAsNobody();
      assert.equal(done.length, 6);
      assert.deepEqual(problems, [{ kind: 'readOnly', file: folder.root, code: 'EACCES' }]);
      assert.equal(refused, 'readOnly');
      assert.deepEqual(after, done);
    });

    it('to put a damaged file aside: uses what can be read, each time', async () => {
      const path = await twoFiles(folder);
      await writeFile(path, (await folder.read(path)).subarray(0, -10));
      await giveAway();
      for (const sub of ['segments', '.']) await chmod(folder.path(sub), 0o555);
      for (let round = 0; round < 2; round++) {
        const { done, problems } = await lookAsNobody();
        assert.equal(done.length, 5);
        assert.deepEqual(problems.map(({ kind }) => kind), ['readOnly', 'cutOff']);
      }
    });

    it('to look into the folder: says so and does not pretend to be new', async () => {
      await twoFiles(folder);
      await giveAway();
      await chmod(folder.path('segments'), 0);
      const { problems, refused } = await lookAsNobody();
      assert.deepEqual(problems.map(({ kind }) => kind).sort(), ['readOnly', 'unreadable']);
      assert.equal(refused, 'readOnly');
      await chmod(folder.path('segments'), 0o755);
      assert.equal((await folder.look()).done.length, 6);
    });
  });

  it('on a full disk: refuses changes without harm, and takes them when there is room', async function () {
    if (process.platform !== 'linux' || !isRoot) this.skip();
    const mount = await Folder.make();
    const point = join(mount.root, '..');
    try {
      execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=64k', 'tmpfs', point], { stdio: 'ignore' });
    } catch {
      this.skip();
    }
    try {
      const store = await mount.store();
      await store.setTopicState(['first'], 'done');
      const kept = ['first'];
      let refused = 0;
      for (let i = 0; i < 600 && refused < 5; i++) {
        try {
          await store.setTopicState([`t${i}`], 'done');
          kept.push(`t${i}`);
        } catch (error) {
          assert.ok(error instanceof StoreError && error.kind === 'diskFull', String(error));
          refused++;
        }
      }
      assert.equal(refused, 5);
      assert.deepEqual([...store.progress.topics.keys()], kept);
      await assert.rejects(store.reset(), (error) => error instanceof StoreError && error.kind === 'diskFull');
      assert.deepEqual(await mount.look(), { done: [...kept].sort(), problems: [] });
      const { journal } = await mount.window({ ...still, adoptAfter: 0, joinAt: 1 });
      await journal.tidy();
      assert.deepEqual((await mount.look()).done, [...kept].sort());
      execFileSync('mount', ['-o', 'remount,size=2m', point]);
      await store.setTopicState(['last'], 'done');
      assert.deepEqual(await mount.look(), { done: [...kept, 'last'].sort(), problems: [] });
    } finally {
      execFileSync('umount', ['-l', point]);
      await mount.remove();
    }
  });

  it('on a disk without room for the first file: refuses, and leaves nothing behind', async function () {
    if (process.platform !== 'linux' || !isRoot) this.skip();
    const mount = await Folder.make();
    const point = join(mount.root, '..');
    try {
      execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=8k', 'tmpfs', point], { stdio: 'ignore' });
    } catch {
      this.skip();
    }
    try {
      await writeFile(join(point, 'filler'), Buffer.alloc(8192));
      const store = await mount.store();
      await assert.rejects(store.setTopicState(['a'], 'done'), (error) => error instanceof StoreError && error.kind === 'diskFull');
      assert.equal(store.stateOf('a'), 'notStarted');
      assert.deepEqual(await mount.files(), []);
      await rm(join(point, 'filler'));
      await store.setTopicState(['a'], 'done');
      assert.deepEqual((await mount.look()).done, ['a']);
    } finally {
      execFileSync('umount', ['-l', point]);
      await mount.remove();
    }
  });
});

describe('journal files', () => {
  it('are what this version and all before it wrote', async () => {
    const folder = await Folder.make();
    await mkdir(folder.path('segments'), { recursive: true });
    await writeFile(folder.path('segments', 'first.jsonl'), [
      '6d0f0bd6 {"format":"backend-roadmap-progress","schema":1}',
      '',
    ].join('\n').replace(/^.*\n/, encodeHeader()) + encodeLine({ id: 'a', at: 1, type: 'topic', topic: 'caching', state: 'done' }));
    assert.deepEqual(await folder.look(), { done: ['caching'], problems: [] });
    await folder.remove();
  });
});
