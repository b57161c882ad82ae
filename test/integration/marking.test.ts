import * as assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { commands } from '../../src/vscode/contributions.js';
import { activated, closeAllEditors, until } from './extension.js';

describe('marking topics', () => {
  const topic = 'tcp-udp-dns';
  afterEach(async () => {
    const { store } = await activated();
    await store.setTopicState(store.progress.topics.size > 0 ? [...store.progress.topics.keys()] : [], 'notStarted');
    await closeAllEditors();
  });

  it('marks done, not done, reading and skipped by command with an id, and every count follows', async () => {
    const ready = await activated();
    const { done, total } = ready.standing.total;
    await vscode.commands.executeCommand(commands.markDone, topic);
    assert.equal(ready.stateOf(topic), 'done');
    assert.deepEqual(ready.standing.total, { done: done + 1, total });
    await vscode.commands.executeCommand(commands.skip, topic);
    assert.deepEqual(ready.standing.total, { done, total: total - 1 });
    await vscode.commands.executeCommand(commands.markReading, topic);
    assert.equal(ready.standing.upNext()?.id, topic);
    await vscode.commands.executeCommand(commands.markNotDone, topic);
    assert.deepEqual(ready.standing.total, { done, total });
  });

  it('takes a tree selection', async () => {
    const ready = await activated();
    const nodes = ['java', 'rust'].map((id) => ({ kind: 'topic', topic: id }));
    await vscode.commands.executeCommand(commands.markDone, nodes[0], nodes);
    assert.deepEqual(['java', 'rust', 'go'].map((id) => ready.stateOf(id)), ['done', 'done', 'notStarted']);
  });

  it('fires one event for one act', async () => {
    const ready = await activated();
    const changes: string[][] = [];
    const listening = ready.store.onDidChange(({ topics }) => changes.push([...topics]));
    await vscode.commands.executeCommand(commands.markDone, topic);
    await vscode.commands.executeCommand(commands.markDone, topic);
    listening.dispose();
    assert.deepEqual(changes, [[topic]], 'the second is no change');
  });

  it('toggles the topic of the active note', async () => {
    const ready = await activated();
    await vscode.commands.executeCommand(commands.openTopic, topic);
    await until('the note is the active editor', () => vscode.window.tabGroups.activeTabGroup.activeTab?.label === ready.outline.topic(topic)?.title);
    await vscode.commands.executeCommand(commands.toggleDone);
    assert.equal(ready.stateOf(topic), 'done');
    await vscode.commands.executeCommand(commands.toggleDone);
    assert.equal(ready.stateOf(topic), 'notStarted');
  });

  it('keeps the choice of languages, which changes what counts', async () => {
    const ready = await activated();
    await ready.store.chooseLanguages(['rust']);
    assert.deepEqual(ready.standing.section('languages'), { done: 0, total: 1 });
    await ready.store.chooseLanguages([]);
    assert.deepEqual(ready.standing.section('languages'), { done: 0, total: 2 });
  });
});
