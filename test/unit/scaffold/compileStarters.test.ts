import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { compileStarters } from '../../../src/build/content/starters.js';

describe('scaffold compileStarters', () => {
  let roadmap: string;
  beforeEach(() => { roadmap = mkdtempSync(join(tmpdir(), 'starters-')); });
  afterEach(() => { rmSync(roadmap, { recursive: true }); });

  function put(path: string, content: string | Uint8Array): void {
    const file = join(roadmap, 'projects', path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, content);
  }

  it('gives each language its files and the shared ones, sorted, without what tools leave behind', () => {
    put('b/project.yaml', 'no starter');
    put('a/starters/shared/docs/P.md', 'p\r\nq\r\n');
    put('a/starters/go/main.go', 'go');
    put('a/starters/go/.gitignore', 'x');
    put('a/starters/python/server/__main__.py', 'py');
    for (const dropped of ['node_modules/x/i.js', 'dist/x', 'target/x', '__pycache__/x.pyc', '.venv/x', 'server/__pycache__/x.pyc']) put(`a/starters/python/${dropped}`, 'dropped');
    assert.deepEqual(compileStarters(roadmap), [
      { name: 'a.go.json', json: { files: [{ path: '.gitignore', text: 'x' }, { path: 'docs/P.md', text: 'p\nq\n' }, { path: 'main.go', text: 'go' }] } },
      { name: 'a.python.json', json: { files: [{ path: 'docs/P.md', text: 'p\nq\n' }, { path: 'server/__main__.py', text: 'py' }] } },
    ]);
  });

  it('refuses what is no text', () => {
    put('a/starters/go/logo.png', new Uint8Array([0x89, 0x50, 0x4e, 0x47]));
    assert.throws(() => compileStarters(roadmap), /logo\.png: not UTF-8/u);
    put('a/starters/go/logo.png', 'a\0b');
    assert.throws(() => compileStarters(roadmap), /logo\.png: holds a NUL/u);
  });

  it('refuses links, names that Windows refuses, and a file that shared has as well', function () {
    if (process.platform === 'win32') return this.skip();
    put('a/starters/go/main.go', 'go');
    symlinkSync('/etc/passwd', join(roadmap, 'projects/a/starters/go/link'));
    assert.throws(() => compileStarters(roadmap), /link: a starter holds text files only/u);
    rmSync(join(roadmap, 'projects/a/starters/go/link'));
    put('a/starters/go/aux.go', 'x');
    assert.throws(() => compileStarters(roadmap), /reservedName/u);
    rmSync(join(roadmap, 'projects/a/starters/go/aux.go'));
    put('a/starters/shared/Main.go', 'x');
    assert.throws(() => compileStarters(roadmap), /collision/u);
  });
});
