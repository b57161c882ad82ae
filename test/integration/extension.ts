import * as assert from 'node:assert/strict';
import * as vscode from 'vscode';
import type { Api } from '../../src/activate.js';
import type { Ready } from '../../src/vscode/session.js';

export const extensionId = 'backend-roadmap.backend-roadmap';

/** The activated extension with its content and progress loaded. */
export async function activated(): Promise<Ready> {
  const extension = vscode.extensions.getExtension<Api>(extensionId);
  assert.ok(extension, `${extensionId} is not installed`);
  return (await extension.activate()).ready();
}

/** Waits until `condition` holds, looking again after each turn of VS Code's own events. @throws after 30 s, naming `what`. */
export async function until(what: string, condition: () => boolean | Promise<boolean>): Promise<void> {
  const deadline = Date.now() + 30_000;
  while (!await condition()) {
    if (Date.now() > deadline) throw new Error(`Waited 30 s in vain: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

export const tabLabels = () => vscode.window.tabGroups.all.flatMap(({ tabs }) => tabs.map(({ label }) => label));

export async function closeAllEditors(): Promise<void> {
  await vscode.commands.executeCommand('workbench.action.closeAllEditors');
  await until('all editors are closed', () => tabLabels().length === 0);
}
