import * as assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { commands, notePanel } from '../../src/vscode/contributions.js';
import { activated, closeAllEditors, tabLabels, until } from './extension.js';

describe('notes', () => {
  afterEach(closeAllEditors);

  const activeLabel = () => vscode.window.tabGroups.activeTabGroup.activeTab?.label;

  it('open every one of the topics', async () => {
    const { outline } = await activated();
    for (const id of outline.order) {
      await vscode.commands.executeCommand(commands.openTopic, id);
      await until(`${id} is shown`, () => activeLabel() === outline.topic(id)?.title);
    }
    assert.deepEqual(tabLabels(), [outline.topic(outline.order.at(-1)!)?.title], 'all in one panel');
  });

  it('open in one panel when two are opened at once, as a double click does', async () => {
    const { outline } = await activated();
    const topics = ['posix-basics', 'kubernetes'];
    await Promise.all(topics.map((topic) => vscode.commands.executeCommand(commands.openTopic, topic)));
    await until('the second note is shown', () => tabLabels().includes(outline.topic('kubernetes')?.title ?? ''));
    assert.deepEqual(tabLabels(), [outline.topic('kubernetes')?.title]);
  });

  it('walk back, forward, previous and next', async () => {
    const { outline } = await activated();
    const titleOf = (id: string) => outline.topic(id)?.title;
    await vscode.commands.executeCommand(commands.openTopic, 'posix-basics');
    await until('the first note is shown', () => activeLabel() === titleOf('posix-basics'));
    await vscode.commands.executeCommand(commands.openTopic, 'kubernetes');
    await until('the second note is shown', () => activeLabel() === titleOf('kubernetes'));
    await vscode.commands.executeCommand(commands.noteBack);
    await until('back', () => activeLabel() === titleOf('posix-basics'));
    await vscode.commands.executeCommand(commands.noteForward);
    await until('forward', () => activeLabel() === titleOf('kubernetes'));
    await vscode.commands.executeCommand(commands.noteNext);
    await until('next', () => activeLabel() === titleOf('ci-cd'));
    await vscode.commands.executeCommand(commands.notePrevious);
    await until('previous', () => activeLabel() === titleOf('kubernetes'));
  });

  it('open to the side in a panel of their own', async () => {
    await activated();
    await vscode.commands.executeCommand(commands.openTopic, 'posix-basics');
    await vscode.commands.executeCommand(commands.openTopicToSide, 'go');
    await until('there are two', () => tabLabels().length === 2);
    const inputs = vscode.window.tabGroups.all.flatMap(({ tabs }) => tabs.map(({ input }) => input));
    assert.ok(inputs.every((input) => input instanceof vscode.TabInputWebview && input.viewType.endsWith(notePanel)));
  });

  it('follow a redirected or unknown id without a panel that shows nothing', async () => {
    await activated();
    void vscode.commands.executeCommand(commands.openTopic, 'no-such-topic');
    await vscode.commands.executeCommand('workbench.action.closeQuickOpen');
    assert.deepEqual(tabLabels(), []);
  });
});
