import * as assert from 'node:assert/strict';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as vscode from 'vscode';
import type { Api } from '../../src/activate.js';
import { commands } from '../../src/vscode/contributions.js';
import { activated, extensionId } from './extension.js';

describe('progress', () => {
  it('is on disk when marking says so', async () => {
    const ready = await activated();
    await vscode.commands.executeCommand(commands.markDone, 'cqrs-event-sourcing');
    const { storage } = vscode.extensions.getExtension<Api>(extensionId)?.exports as Api;
    const names = await readdir(storage.fsPath, { recursive: true, withFileTypes: true });
    const texts = await Promise.all(names.filter((entry) => entry.isFile()).map((entry) => readFile(join(entry.parentPath, entry.name), 'utf8')));
    assert.ok(texts.some((text) => text.includes('cqrs-event-sourcing')));
    await ready.store.setTopicState(['cqrs-event-sourcing'], 'notStarted');
  });

  it('is exported, reset, restored by import and by undo', async () => {
    const { store } = await activated();
    await store.setTopicState(['graph-databases'], 'done');
    const exported = await store.exportJson();
    const folder = await mkdtemp(join(tmpdir(), 'progress-'));
    try {
      const { reset, backup } = await store.reset();
      assert.equal(store.stateOf('graph-databases'), 'notStarted');
      assert.match(await readFile(backup, 'utf8'), /graph-databases/);
      await store.undoReset(reset);
      assert.equal(store.stateOf('graph-databases'), 'done');
      await writeFile(join(folder, 'progress.json'), exported);
      const preview = await store.previewImport(await readFile(join(folder, 'progress.json'), 'utf8'));
      assert.equal(preview.records.length, 0, 'all of it is here already');
      await assert.rejects(store.previewImport('{"not": "progress"}'));
    } finally {
      await rm(folder, { recursive: true });
      await store.setTopicState(['graph-databases'], 'notStarted');
    }
  });
});
