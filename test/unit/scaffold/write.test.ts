import assert from 'node:assert/strict';
import { chmodSync, chownSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { plan, type Operation } from '../../../src/core/scaffold/plan.js';
import type { Template } from '../../../src/core/scaffold/template.js';
import type { FileSystem } from '../../../src/vscode/scaffold/fileSystem.js';
import { readTarget } from '../../../src/vscode/scaffold/readTarget.js';
import { write, type WriteResult } from '../../../src/vscode/scaffold/write.js';
import { DiskLocation, diskFileSystem } from '../../support/diskFileSystem.js';

const template: Template = {
  files: ['README.md', 'src/main.ts', 'src/deep/er/x.ts', 'old/new.txt', '.gitignore'].map((path) => ({ path, text: `${path}\nwith ü and 日本\n` })),
};
type Disk = FileSystem<DiskLocation>;
type Call = keyof Disk;
const calls: readonly Call[] = ['stat', 'readDirectory', 'createDirectory', 'readFile', 'writeFile', 'delete', 'rename'];

/** A file system that runs `hook` before and after every call. */
function watched(hook: (moment: 'before' | 'after', call: Call, path: string) => void): Disk {
  const disk = diskFileSystem();
  const wrapped = Object.fromEntries(calls.map((call) => [call, async (...args: unknown[]) => {
    const path = (args[0] as DiskLocation).path;
    hook('before', call, path);
    const result = await (disk[call] as (...args: unknown[]) => Thenable<unknown>)(...args);
    hook('after', call, path);
    return result;
  }]));
  return wrapped as unknown as Disk;
}

/** Every path below a folder with its content; a link with where it leads. */
function snapshot(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true }).map((entry) => {
    const path = join(entry.parentPath, entry.name);
    return `${path.slice(folder.length)} ${entry.isFile() ? readFileSync(path, 'utf8') : entry.isDirectory() ? '/' : '@'}`;
  }).sort();
}

describe('scaffold write', () => {
  let outer: string;
  let root: string;
  const at = (): DiskLocation => new DiskLocation(root);

  beforeEach(() => {
    outer = mkdtempSync(join(tmpdir(), 'scaffold-'));
    root = join(outer, 'workspace');
    mkdirSync(join(root, 'old'), { recursive: true });
    writeFileSync(join(root, 'old', 'mine.txt'), 'mine');
    writeFileSync(join(root, 'notes.txt'), 'mine too');
  });
  afterEach(() => { rmSync(outer, { recursive: true, force: true }); });

  async function planned(subfolder?: string): Promise<readonly Operation[]> {
    const result = plan(template, await readTarget(diskFileSystem(), at(), template, subfolder));
    assert.ok(result.type === 'ready', JSON.stringify(result));
    return result.operations;
  }

  const run = (fs: Disk, operations: readonly Operation[], cancellation?: { isCancellationRequested: boolean }): Promise<WriteResult> =>
    write(fs, at(), operations, { unique: 'test-1', ...(cancellation && { cancellation }) });

  it('writes every file, byte for byte, beside what is there, and reports its progress', async () => {
    const operations = await planned();
    const progress: string[] = [];
    const result = await write(diskFileSystem(), at(), operations, { unique: 'u', onDidProgress: (done, total) => progress.push(`${done}/${total}`) });
    assert.deepEqual(result, { type: 'written' });
    for (const { path, text } of template.files) assert.equal(readFileSync(join(root, path), 'utf8'), text);
    assert.equal(readFileSync(join(root, 'old/mine.txt'), 'utf8'), 'mine');
    assert.equal(snapshot(root).filter((line) => line.includes('.tmp')).length, 0);
    assert.deepEqual(progress, operations.map((_, index) => `${index + 1}/${operations.length}`));
  });

  it('writes into a new sub-folder', async () => {
    assert.deepEqual(await run(diskFileSystem(), await planned('new one')), { type: 'written' });
    assert.ok(existsSync(join(root, 'new one/src/deep/er/x.ts')));
  });

  it('leaves no trace when any one call fails, before or after it had its effect', async () => {
    const operations = await planned();
    const before = snapshot(root);
    for (const failing of ['before', 'after'] as const) {
      let failures = 0;
      for (let k = 1; ; k += 1) {
        let count = 0;
        const result = await run(watched((moment, call) => {
          if (moment === failing && ++count === k) throw new Error(`injected ${failing} call ${k}: ${call}`);
        }), operations);
        if (count < k) break;
        failures += 1;
        assert.ok(result.type === 'failed' && result.reason === 'error', `${failing} ${k}: ${JSON.stringify(result)}`);
        assert.deepEqual(result.left, [], `${failing} ${k}`);
        assert.deepEqual(snapshot(root), before, `${failing} ${k}`);
      }
      assert.ok(failures > 25, `${failures} calls`);
      for (const path of ['README.md', '.gitignore', 'src', 'old/new.txt']) rmSync(join(root, path), { recursive: true });
      assert.deepEqual(snapshot(root), before);
    }
  });

  it('leaves no trace when cancelled at any call', async () => {
    const operations = await planned();
    const before = snapshot(root);
    let cancelled = 0;
    for (let k = 1; ; k += 1) {
      const cancellation = { isCancellationRequested: false };
      let count = 0;
      const result = await run(watched((moment) => { if (moment === 'before' && ++count === k) cancellation.isCancellationRequested = true; }), operations, cancellation);
      if (!cancellation.isCancellationRequested) { assert.equal(result.type, 'written'); break; }
      assert.deepEqual(result, { type: 'cancelled', left: [] });
      assert.deepEqual(snapshot(root), before, `cancelled at call ${k}`);
      cancelled += 1;
    }
    assert.ok(cancelled > 40, `${cancelled} moments`);
  });

  it('never writes over a file that appears at any moment, and takes its own files away', async () => {
    const operations = await planned();
    const before = snapshot(root);
    const rival = join(root, 'src/main.ts');
    // The moment between the file system's own look and its rename is the one that is documented to remain.
    for (const [call, moment, path] of [['writeFile', 'before', 'src'], ['writeFile', 'after', 'src'], ['rename', 'before', 'src'], ['createDirectory', 'after', 'src']] as const) {
      const result = await run(watched((when, which, where) => {
        if (when === moment && which === call && where.startsWith(join(root, path)) && !existsSync(rival)) writeFileSync(rival, 'rival');
      }), operations);
      assert.ok(result.type === 'failed' && result.reason === 'exists' && result.path === 'src/main.ts', `${call} ${moment}: ${JSON.stringify(result)}`);
      assert.equal(readFileSync(rival, 'utf8'), 'rival');
      assert.deepEqual(result.left, ['src'], 'the folder now holds a file of another program');
      rmSync(join(root, 'src'), { recursive: true });
      assert.deepEqual(snapshot(root), before);
    }
  });

  it('does not take an identical file of another program for its own', async () => {
    const operations = await planned();
    const readme = template.files[0]!;
    const result = await run(watched((when, call) => {
      if (when === 'before' && call === 'rename' && !existsSync(join(root, readme.path))) writeFileSync(join(root, readme.path), readme.text);
    }), operations);
    assert.ok(result.type === 'failed' && result.reason === 'exists');
    assert.equal(readFileSync(join(root, readme.path), 'utf8'), readme.text);
  });

  it('keeps what another program changed or added meanwhile, and says so', async () => {
    const operations = await planned();
    let writes = 0;
    const result = await run(watched((when, call) => {
      if (when !== 'before' || call !== 'writeFile' || ++writes < 4) return;
      writeFileSync(join(root, 'README.md'), 'edited');
      writeFileSync(join(root, 'src/added.ts'), 'added');
      throw new Error('injected');
    }), operations);
    assert.ok(result.type === 'failed');
    assert.deepEqual(result.left, ['README.md', 'src']);
    assert.equal(readFileSync(join(root, 'README.md'), 'utf8'), 'edited');
    assert.deepEqual(readdirSync(join(root, 'src')), ['added.ts']);
  });

  it('refuses to plan through a symbolic link, also a dangling one', async () => {
    const outside = join(outer, 'outside');
    mkdirSync(outside);
    for (const [name, subfolder] of [['src', undefined], ['sub', 'sub']] as const) {
      for (const goal of [outside, join(outer, 'nowhere'), join(root, 'old')]) {
        symlinkSync(goal, join(root, name));
        const result = plan(template, await readTarget(diskFileSystem(), at(), template, subfolder));
        assert.ok(result.type === 'refused');
        assert.ok(result.refusals.every((refusal) => refusal.code === 'symbolicLink' && refusal.existing === name), JSON.stringify(result.refusals));
        rmSync(join(root, name));
      }
    }
    symlinkSync(join(outer, 'nowhere'), join(root, 'README.md'));
    const result = plan(template, await readTarget(diskFileSystem(), at(), template));
    assert.deepEqual(result, { type: 'refused', refusals: [{ code: 'exists', path: 'README.md', existing: 'README.md' }] });
  });

  it('does not follow a link that takes the place of a folder meanwhile', async () => {
    const outside = join(outer, 'outside');
    mkdirSync(outside);
    const operations = await planned();
    const result = await run(watched((when, call, path) => {
      if (when !== 'after' || call !== 'createDirectory' || path !== join(root, 'src')) return;
      renameSync(path, join(outer, 'moved'));
      symlinkSync(outside, path);
    }), operations);
    assert.ok(result.type === 'failed' && result.reason === 'symbolicLink', JSON.stringify(result));
    assert.deepEqual(readdirSync(outside), []);
    assert.deepEqual(result.left, ['src']);
  });

  it('writes below a workspace folder that is a link itself', async () => {
    const linked = join(outer, 'linked');
    symlinkSync(root, linked);
    const operations = await planned();
    assert.deepEqual(await write(diskFileSystem(), new DiskLocation(linked), operations, { unique: 'u' }), { type: 'written' });
    assert.ok(existsSync(join(root, 'README.md')));
  });

  it('fails with the reason where it may not write, and leaves no trace', async function () {
    const asRoot = process.getuid?.() === 0;
    if (process.platform === 'win32' || (asRoot && process.seteuid === undefined)) return this.skip();
    const operations = await planned();
    const before = snapshot(root);
    const nobody = 65534;
    if (asRoot) for (const path of [outer, root]) chownSync(path, nobody, nobody);
    chmodSync(join(root, 'old'), 0o555);
    if (asRoot) process.seteuid!(nobody);
    try {
      const result = await run(diskFileSystem(), operations);
      assert.ok(result.type === 'failed' && result.path === 'old/new.txt' && (result.error as { code: string }).code === 'NoPermissions', JSON.stringify(result));
      assert.deepEqual(result.left, []);
    } finally {
      if (asRoot) process.seteuid!(0);
      chmodSync(join(root, 'old'), 0o755);
    }
    assert.deepEqual(snapshot(root), before);
    assert.ok(statSync(root).isDirectory());
  });

  it('fails when the target itself is gone', async () => {
    const operations = await planned();
    rmSync(root, { recursive: true });
    const result = await run(diskFileSystem(), operations);
    assert.ok(result.type === 'failed' && result.reason === 'notAFolder');
    assert.equal(existsSync(root), false);
  });
});
