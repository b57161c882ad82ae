import * as assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { commands, settings } from '../../src/vscode/contributions.js';
import { activated, closeAllEditors } from './extension.js';

describe('CodeLens over a line that names a topic', () => {
  after(closeAllEditors);

  async function lensesOf(content: string, language: string): Promise<vscode.CodeLens[]> {
    const document = await vscode.workspace.openTextDocument({ content, language });
    const lenses = await vscode.commands.executeCommand<vscode.CodeLens[]>('vscode.executeCodeLensProvider', document.uri, 100);
    return lenses.filter(({ command }) => command?.command.startsWith('backendRoadmap.'));
  }

  for (const [language, line] of [['javascript', '// roadmap: io-and-ipc'], ['python', '# roadmap: io-and-ipc'], ['sql', '-- roadmap: io-and-ipc'], ['plaintext', '// roadmap: io-and-ipc']] as const) {
    it(`offers the note and marking in ${language}`, async () => {
      const ready = await activated();
      const lenses = await lensesOf(`\n${line}\n`, language);
      assert.deepEqual(lenses.map(({ command, range }) => [command?.command, range.start.line]), [[commands.openTopic, 1], [commands.markDone, 1]]);
      const mark = lenses[1]?.command;
      await vscode.commands.executeCommand(mark?.command ?? '', ...(mark?.arguments as unknown[]));
      assert.equal(ready.stateOf('io-and-ipc'), 'done');
      assert.equal((await lensesOf(line, language))[1]?.command?.command, commands.markNotDone);
      await ready.store.setTopicState(['io-and-ipc'], 'notStarted');
    });
  }

  it('is silent for unknown topics and when it is switched off', async () => {
    await activated();
    assert.deepEqual(await lensesOf('// roadmap: nothing-of-the-kind', 'javascript'), []);
    const configuration = vscode.workspace.getConfiguration(settings.section);
    await configuration.update(settings.codeLens, false, vscode.ConfigurationTarget.Global);
    try {
      assert.deepEqual(await lensesOf('// roadmap: io-and-ipc', 'javascript'), []);
    } finally {
      await configuration.update(settings.codeLens, undefined, vscode.ConfigurationTarget.Global);
    }
  });
});
