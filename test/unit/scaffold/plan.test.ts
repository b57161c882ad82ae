import assert from 'node:assert/strict';
import fc from 'fast-check';
import { foldersAbove } from '../../../src/core/scaffold/path.js';
import { foldersToRead, plan, type Entry } from '../../../src/core/scaffold/plan.js';
import { parseTemplate, type Template } from '../../../src/core/scaffold/template.js';

const template = (...paths: string[]): Template => ({ files: paths.map((path) => ({ path, text: `text of ${path}` })) });
const folders = (listing: Record<string, Entry[]>): Map<string, readonly Entry[]> => new Map(Object.entries(listing));
const file = (name: string): Entry => ({ name, type: 'file' });
const folder = (name: string): Entry => ({ name, type: 'folder' });
const link = (name: string): Entry => ({ name, type: 'symbolicLink' });

describe('scaffold plan', () => {
  it('creates each folder once, before what is in it', () => {
    const result = plan(template('README.md', 'src/a.ts', 'src/deep/b.ts'), { folders: folders({ '': [] }) });
    assert.ok(result.type === 'ready');
    assert.deepEqual(result.operations.map(({ type, path }) => `${type} ${path}`), [
      'writeFile README.md', 'createFolder src', 'writeFile src/a.ts', 'createFolder src/deep', 'writeFile src/deep/b.ts',
    ]);
    assert.equal(result.files, 3);
  });

  it('puts everything below the sub-folder, and creates it', () => {
    const result = plan(template('a/b'), { subfolder: 'sub', folders: folders({ '': [file('a')] }) });
    assert.ok(result.type === 'ready');
    assert.deepEqual(result.operations.map(({ path }) => path), ['sub', 'sub/a', 'sub/a/b']);
  });

  it('uses folders that are there, among other files', () => {
    const result = plan(template('src/a.ts'), { folders: folders({ '': [folder('src'), file('notes.txt')], 'src': [file('mine.ts')] }) });
    assert.ok(result.type === 'ready');
    assert.deepEqual(result.operations.map(({ type }) => type), ['writeFile']);
  });

  const refusals = (t: Template, listing: Record<string, Entry[]>, subfolder?: string): unknown => {
    const result = plan(t, { folders: folders(listing), ...(subfolder !== undefined && { subfolder }) });
    return result.type === 'refused' ? result.refusals : result;
  };

  it('refuses the whole plan when one file is there, and lists every one', () => {
    assert.deepEqual(refusals(template('a', 'b', 'c/d'), { '': [file('b'), folder('c')], 'c': [folder('d')] }), [
      { code: 'exists', path: 'b', existing: 'b' },
      { code: 'exists', path: 'c/d', existing: 'c/d' },
    ]);
  });

  it('takes another spelling of a name for the file itself', () => {
    assert.deepEqual(refusals(template('README.md'), { '': [file('readme.MD')] }), [{ code: 'exists', path: 'README.md', existing: 'readme.MD' }]);
    assert.deepEqual(refusals(template('grün'), { '': [file('gru\u0308n')] }), [{ code: 'exists', path: 'grün', existing: 'gru\u0308n' }]);
    assert.deepEqual(refusals(template('src/a', 'src/b'), { '': [folder('SRC')] }), [{ code: 'notAFolder', path: 'src/a', existing: 'SRC' }]);
    assert.deepEqual(refusals(template('src/a'), { '': [folder('SRC'), folder('src')], 'src': [] }), [{ code: 'notAFolder', path: 'src/a', existing: 'src' }]);
  });

  it('refuses a file where a folder is needed, and a link anywhere', () => {
    assert.deepEqual(refusals(template('src/a'), { '': [file('src')] }), [{ code: 'notAFolder', path: 'src/a', existing: 'src' }]);
    assert.deepEqual(refusals(template('src/a'), { '': [link('src')] }), [{ code: 'symbolicLink', path: 'src/a', existing: 'src' }]);
    assert.deepEqual(refusals(template('a'), { '': [link('sub')] }, 'sub'), [{ code: 'symbolicLink', path: 'sub/a', existing: 'sub' }]);
    assert.deepEqual(refusals(template('a'), { '': [link('a')] }), [{ code: 'exists', path: 'a', existing: 'a' }]);
  });

  it('refuses a template that is unsafe or collides with itself', () => {
    assert.deepEqual(refusals(template(), {}), [{ code: 'emptyTemplate' }]);
    assert.deepEqual(refusals(template('ok', '../x', 'C:/y'), {}), [
      { code: 'unsafePath', path: '../x', problem: 'dotSegment' }, { code: 'unsafePath', path: 'C:/y', problem: 'absolute' },
    ]);
    assert.deepEqual(refusals(template('a'), {}, '..'), [{ code: 'unsafeSubfolder', path: '..', problem: 'dotSegment' }]);
    assert.deepEqual(refusals(template('a'), {}, 'x/y'), [{ code: 'unsafeSubfolder', path: 'x/y', problem: 'reservedCharacter' }]);
    assert.deepEqual(refusals(template('a', 'A'), {}), [{ code: 'collision', path: 'A', with: 'a' }]);
    assert.deepEqual(refusals(template('a', 'a'), {}), [{ code: 'collision', path: 'a', with: 'a' }]);
    assert.deepEqual(refusals(template('a', 'a/b'), {}), [{ code: 'collision', path: 'a', with: 'a' }]);
    assert.deepEqual(refusals(template('a/b', 'a'), {}), [{ code: 'collision', path: 'a', with: 'a' }]);
    assert.deepEqual(refusals(template('src/x', 'Src/y'), {}), [{ code: 'collision', path: 'Src', with: 'src' }]);
  });

  it('asks for the folders that it needs to know, outermost first', () => {
    assert.deepEqual(foldersToRead(template('a', 'b/c/d', 'b/e')), ['', 'b', 'b/c']);
    assert.deepEqual(foldersToRead(template('a', 'b/c'), 'sub'), ['', 'sub', 'sub/b']);
  });

  it('never writes where something is, whatever is there', () => {
    const name = fc.constantFrom<string[]>('a', 'b', 'A', 'c', 'ü', 'u\u0308', 'x.txt');
    const path = fc.array(name, { minLength: 1, maxLength: 3 }).map((names) => names.join('/'));
    const entry = fc.record({ name, type: fc.constantFrom('file' as const, 'folder' as const, 'symbolicLink' as const) });
    fc.assert(fc.property(fc.uniqueArray(path, { minLength: 1, maxLength: 5 }), fc.uniqueArray(entry, { selector: (e) => e.name, maxLength: 4 }), (paths, entries) => {
      const listing = new Map<string, Entry[]>([['', entries]]);
      for (const { name, type } of entries) if (type === 'folder') listing.set(name, []);
      const result = plan(template(...paths), { folders: listing });
      if (result.type === 'refused') { assert.ok(result.refusals.length > 0); return; }
      const known = new Set<string>(entries.filter(({ type }) => type === 'folder').map((e) => e.name));
      for (const operation of result.operations) {
        assert.ok(!entries.some((e) => e.name === operation.path), operation.path);
        for (const above of foldersAbove(operation.path)) assert.ok(known.has(above), `${above} before ${operation.path}`);
        if (operation.type === 'createFolder') known.add(operation.path);
      }
      assert.deepEqual(result.operations.filter(({ type }) => type === 'writeFile').map((o) => o.path), paths);
    }), { numRuns: 2000 });
  });

  it('reads a compiled starter, and nothing else', () => {
    assert.deepEqual(parseTemplate({ files: [{ path: 'a', text: 'b', more: 1 }] }), { files: [{ path: 'a', text: 'b' }] });
    for (const json of [undefined, null, [], {}, { files: {} }, { files: [null] }, { files: [{ path: 'a' }] }, { files: [{ path: 1, text: '' }] }]) {
      assert.throws(() => parseTemplate(json), TypeError);
    }
  });
});
