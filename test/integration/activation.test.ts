import * as assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { commands } from '../../src/vscode/contributions.js';
import { activated, extensionId } from './extension.js';

describe('activation', () => {
  it('activates, loads the roadmap and registers every command', async () => {
    const ready = await activated();
    assert.equal(vscode.extensions.getExtension(extensionId)?.isActive, true);
    assert.equal(ready.outline.sections.length, 8);
    assert.equal(ready.outline.order.length, 55);
    assert.equal(ready.outline.projects.length, 4);
    const registered = new Set(await vscode.commands.getCommands(true));
    for (const command of Object.values(commands)) assert.ok(registered.has(command), command);
  });
});
