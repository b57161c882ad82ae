import * as vscode from 'vscode';
import type { Api } from '../../src/activate.js';
import { commands } from '../../src/vscode/contributions.js';
import type { Ready } from '../../src/vscode/session.js';
import { assert } from './assert.js';

const topic = 'io-and-ipc';

async function activated(): Promise<Ready> {
  const extension = vscode.extensions.getExtension<Api>('backend-roadmap.backend-roadmap');
  assert.ok(extension !== undefined, 'the extension is there');
  return (await extension.activate()).ready();
}

function folder(): vscode.Uri {
  const [first] = vscode.workspace.workspaceFolders ?? [];
  assert.ok(first !== undefined, 'a folder is open');
  return first.uri;
}

async function isFirstWindow(): Promise<boolean> {
  return new TextDecoder().decode(await vscode.workspace.fs.readFile(vscode.Uri.joinPath(folder(), 'window.txt'))) === 'first';
}

describe('VS Code for the Web', () => {
  it('activates in a worker without Node and fills the roadmap', async () => {
    assert.equal(typeof (globalThis as { process?: { versions?: { node?: string } } }).process?.versions?.node, 'undefined');
    assert.equal(vscode.env.uiKind, vscode.UIKind.Web);
    const ready = await activated();
    assert.equal(ready.outline.sections.length, 8);
    assert.equal(ready.outline.order.length, 55);
    const registered = new Set(await vscode.commands.getCommands(true));
    for (const command of Object.values(commands)) assert.ok(registered.has(command), command);
  });

  it('keeps what is marked done from one window to the next', async () => {
    const ready = await activated();
    if (await isFirstWindow()) {
      assert.equal(ready.stateOf(topic), 'notStarted');
      await vscode.commands.executeCommand(commands.markDone, topic);
      assert.equal(ready.stateOf(topic), 'done');
      assert.equal(ready.standing.total.done, 1);
    } else {
      assert.equal(ready.stateOf(topic), 'done');
      await vscode.commands.executeCommand(commands.markNotDone, topic);
      assert.equal(ready.stateOf(topic), 'notStarted');
    }
  });

  it('offers the note above a line that names a topic', async () => {
    const document = await vscode.workspace.openTextDocument(vscode.Uri.joinPath(folder(), 'server.js'));
    await vscode.window.showTextDocument(document);
    const lenses = await vscode.commands.executeCommand<vscode.CodeLens[]>('vscode.executeCodeLensProvider', document.uri, 10);
    assert.ok(lenses.some(({ command }) => command?.command === commands.openTopic), JSON.stringify(lenses));
  });

  it('opens a note in a panel', async () => {
    await vscode.commands.executeCommand(commands.openTopic, topic);
    const isOpen = (): boolean => vscode.window.tabGroups.all.some(({ tabs }) => tabs.some(({ label }) => label === 'I/O and IPC'));
    while (!isOpen()) await new Promise((resolve) => setTimeout(resolve, 20));
  });

  it('scaffolds a project into the virtual workspace', async () => {
    await activated();
    const project = vscode.Uri.joinPath(folder(), 'distributed-cache');
    const isThere = async (name: string): Promise<boolean> => vscode.workspace.fs.stat(vscode.Uri.joinPath(project, name)).then(() => true, () => false);
    assert.ok(folder().scheme !== 'file', 'the workspace is virtual');
    if (!await isFirstWindow()) return;
    const finished = vscode.commands.executeCommand(commands.scaffoldProject);
    while (!await isThere('README.md') || !await isThere('backend-roadmap.json')) await vscode.commands.executeCommand('workbench.action.acceptSelectedQuickOpenItem');
    await finished;
    const manifest = JSON.parse(new TextDecoder().decode(await vscode.workspace.fs.readFile(vscode.Uri.joinPath(project, 'backend-roadmap.json')))) as { project: string };
    assert.equal(manifest.project, 'distributed-cache');
  });
});
