import * as assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as vscode from 'vscode';
import { commands, settings } from '../../src/vscode/contributions.js';
import { activated } from './extension.js';

describe('CodeLens over a line that names a topic', () => {
  let folder: string;
  before(() => { folder = mkdtempSync(join(tmpdir(), 'code-lens-')); });
  after(() => { rmSync(folder, { recursive: true }); });

  /** Of a saved file: VS Code opens an editor for an unsaved one, at a time of its own, and so in the middle of another test. */
  async function lensesOf(content: string, extension: string): Promise<vscode.CodeLens[]> {
    const file = join(mkdtempSync(join(folder, 'file-')), `file.${extension}`);
    writeFileSync(file, content);
    const document = await vscode.workspace.openTextDocument(vscode.Uri.file(file));
    const lenses = await vscode.commands.executeCommand<vscode.CodeLens[]>('vscode.executeCodeLensProvider', document.uri, 100);
    return lenses.filter(({ command }) => command?.command.startsWith('backendRoadmap.'));
  }

  for (const [extension, line] of [['js', '// roadmap: io-and-ipc'], ['py', '# roadmap: io-and-ipc'], ['sql', '-- roadmap: io-and-ipc'], ['txt', '// roadmap: io-and-ipc']] as const) {
    it(`offers the note and marking in a .${extension} file`, async () => {
      const ready = await activated();
      const lenses = await lensesOf(`\n${line}\n`, extension);
      assert.deepEqual(lenses.map(({ command, range }) => [command?.command, range.start.line]), [[commands.openTopic, 1], [commands.markDone, 1]]);
      const mark = lenses[1]?.command;
      await vscode.commands.executeCommand(mark?.command ?? '', ...(mark?.arguments as unknown[]));
      assert.equal(ready.stateOf('io-and-ipc'), 'done');
      assert.equal((await lensesOf(line, extension))[1]?.command?.command, commands.markNotDone);
      await ready.store.setTopicState(['io-and-ipc'], 'notStarted');
    });
  }

  it('is silent for unknown topics and when it is switched off', async () => {
    await activated();
    assert.deepEqual(await lensesOf('// roadmap: nothing-of-the-kind', 'js'), []);
    const configuration = vscode.workspace.getConfiguration(settings.section);
    await configuration.update(settings.codeLens, false, vscode.ConfigurationTarget.Global);
    try {
      assert.deepEqual(await lensesOf('// roadmap: io-and-ipc', 'js'), []);
    } finally {
      await configuration.update(settings.codeLens, undefined, vscode.ConfigurationTarget.Global);
    }
  });
});
