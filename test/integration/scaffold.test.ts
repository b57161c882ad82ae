import * as assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as vscode from 'vscode';
import { plan, type Operation } from '../../src/core/scaffold/plan.js';
import type { Template } from '../../src/core/scaffold/template.js';
import type { FileSystem } from '../../src/vscode/scaffold/fileSystem.js';
import { readTarget } from '../../src/vscode/scaffold/readTarget.js';
import { write } from '../../src/vscode/scaffold/write.js';
import { commands } from '../../src/vscode/contributions.js';
import { activated, closeAllEditors, tabLabels, until } from './extension.js';

const template: Template = { files: ['README.md', 'src/a.ts', 'src/deep/b.ts'].map((path) => ({ path, text: `${path} ü\n` })) };

/** What the tests on a plain disk take for granted of VS Code's file system is asked of the real one here. */
describe('scaffolding through VS Code’s file system', () => {
  const fs = vscode.workspace.fs;
  let folder: string;
  const target = (): vscode.Uri => vscode.Uri.file(folder);

  beforeEach(() => { folder = mkdtempSync(join(tmpdir(), 'scaffold-')); });
  afterEach(() => { rmSync(folder, { recursive: true, force: true }); });

  async function planned(): Promise<readonly Operation[]> {
    const result = plan(template, await readTarget(fs, target(), template));
    assert.ok(result.type === 'ready', JSON.stringify(result));
    return result.operations;
  }

  it('writes every file', async () => {
    writeFileSync(join(folder, 'mine'), 'mine');
    assert.deepEqual(await write(fs, target(), await planned(), { unique: 'u' }), { type: 'written' });
    for (const { path, text } of template.files) assert.equal(readFileSync(join(folder, path), 'utf8'), text);
    assert.deepEqual(readdirSync(folder).sort(), ['README.md', 'mine', 'src']);
  });

  it('sees files, links and dangling links that are in the way', async function () {
    if (process.platform === 'win32') return this.skip();
    symlinkSync(tmpdir(), join(folder, 'src'));
    symlinkSync(join(folder, 'nowhere'), join(folder, 'README.md'));
    const result = plan(template, await readTarget(fs, target(), template));
    assert.deepEqual(result, { type: 'refused', refusals: [
      { code: 'exists', path: 'README.md', existing: 'README.md' },
      { code: 'symbolicLink', path: 'src/a.ts', existing: 'src' },
    ] });
    const stale: Operation[] = [{ type: 'writeFile', path: 'src/a.ts', text: '' }];
    const written = await write(fs, target(), stale, { unique: 'u' });
    assert.ok(written.type === 'failed' && written.reason === 'symbolicLink', JSON.stringify(written));
  });

  it('takes everything away when a file appears meanwhile, and leaves that file', async () => {
    const operations = await planned();
    for (const moment of ['writeFile', 'rename'] as const) {
      const rival = join(folder, 'src/deep/b.ts');
      const meddled = bound(fs);
      const original = meddled[moment].bind(meddled) as (...args: unknown[]) => Thenable<void>;
      (meddled as unknown as Record<string, unknown>)[moment] = (...args: unknown[]) => {
        if (existsSync(join(folder, 'src/deep'))) writeFileSync(rival, 'rival');
        return original(...args);
      };
      const result = await write(meddled, target(), operations, { unique: 'u' });
      assert.ok(result.type === 'failed' && result.reason === 'exists' && result.path === 'src/deep/b.ts', JSON.stringify(result));
      assert.equal(readFileSync(rival, 'utf8'), 'rival');
      assert.deepEqual(result.left, ['src', 'src/deep']);
      assert.deepEqual(readdirSync(folder, { recursive: true, encoding: 'utf8' }).sort(), ['src', 'src/deep', 'src/deep/b.ts']);
      rmSync(join(folder, 'src'), { recursive: true });
    }
  });

  it('leaves no trace when any one call fails', async () => {
    const operations = (await planned()).slice(0, 3);
    for (let k = 1; ; k += 1) {
      let count = 0;
      const failing = bound(fs);
      for (const name of Object.keys(failing) as (keyof typeof failing)[]) {
        const original = failing[name].bind(failing) as (...args: unknown[]) => Thenable<unknown>;
        (failing as unknown as Record<string, unknown>)[name] = (...args: unknown[]) => (++count === k ? Promise.reject(new Error('injected')) : original(...args));
      }
      const result = await write(failing, target(), operations, { unique: 'u' });
      if (count < k) { assert.equal(result.type, 'written'); break; }
      assert.ok(result.type === 'failed', `call ${k}`);
      assert.deepEqual(result.left, []);
      assert.deepEqual(readdirSync(folder), [], `call ${k}`);
    }
  });

  function bound(real: vscode.FileSystem): FileSystem<vscode.Uri> {
    return {
      stat: (at) => real.stat(at), readDirectory: (at) => real.readDirectory(at), createDirectory: (at) => real.createDirectory(at), readFile: (at) => real.readFile(at),
      writeFile: (at, content) => real.writeFile(at, content), delete: (at, options) => real.delete(at, options), rename: (from, to, options) => real.rename(from, to, options),
    };
  }
});

describe('Scaffold Project', () => {
  const root = (): string => vscode.workspace.workspaceFolders![0]!.uri.fsPath;
  const folder = (): string => join(root(), 'distributed-cache');
  afterEach(async () => {
    await closeAllEditors();
    rmSync(folder(), { recursive: true, force: true });
  });

  it('puts the project into a sub-folder of the workspace and shows its README, touching nothing else', async () => {
    await activated();
    const before = readdirSync(root());
    // A dirty editor, unsaved before and after. VS Code in a browser saves by itself otherwise.
    const autoSave = vscode.workspace.getConfiguration('files');
    await autoSave.update('autoSave', 'off', vscode.ConfigurationTarget.Global);
    const document = await vscode.workspace.openTextDocument(vscode.Uri.file(join(root(), before.find((name) => /\.\w+$/u.test(name))!)));
    const edit = new vscode.WorkspaceEdit();
    edit.insert(document.uri, new vscode.Position(0, 0), 'unsaved ');
    await vscode.workspace.applyEdit(edit);
    const unsaved = document.getText();

    const finished = vscode.commands.executeCommand(commands.scaffoldProject);
    await until('every step is accepted as it stands', async () => {
      await vscode.commands.executeCommand('workbench.action.acceptSelectedQuickOpenItem');
      return existsSync(join(folder(), 'backend-roadmap.json')) && existsSync(join(folder(), 'README.md'));
    });
    await finished;
    await until('the README is shown', () => tabLabels().some((label) => label.includes('README.md')));
    assert.deepEqual(readdirSync(root()).filter((name) => name !== 'distributed-cache'), before);
    assert.ok(document.isDirty);
    assert.equal(document.getText(), unsaved);
    assert.equal(existsSync(join(folder(), '.git')), false);
    await vscode.window.showTextDocument(document);
    await vscode.commands.executeCommand('workbench.action.files.revert');
    await autoSave.update('autoSave', undefined, vscode.ConfigurationTarget.Global);
  });
});
