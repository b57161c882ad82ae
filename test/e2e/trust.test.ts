import * as assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { takePicture, useEditor } from './editor.js';
import { expandRoadmap, topicRow, total } from './roadmap.js';

describe('Restricted Mode', () => {
  const editor = useEditor(() => ({ trust: false, settings: { 'security.workspace.trust.startupPrompt': 'never' } }));
  const topic = 'POSIX streams and pipes';

  it('shows the roadmap and keeps progress, but runs no command and writes no project, and says why', async () => {
    const before = readdirSync(editor.workspace);
    const workbench = await editor.open();
    await workbench.statusBarItem('Restricted Mode').waitFor();
    const roadmap = await expandRoadmap(workbench, 'Fundamentals', 'Operating systems');
    await topicRow(roadmap, topic).getByRole('checkbox').click();
    await topicRow(roadmap, topic, 'Done').waitFor();
    await workbench.statusBarItem(`1/${total}`).waitFor();

    await topicRow(roadmap, topic).click();
    await workbench.webview().getByRole('button', { name: 'Run in terminal' }).first().click();
    await workbench.notification('The command was not run: this workspace is in Restricted Mode');
    assert.equal(await workbench.page.locator('.part.panel .terminal-wrapper').count(), 0);

    await workbench.runCommand('Backend Roadmap: Scaffold Project');
    await workbench.notification('so it is written into trusted workspaces only');
    await takePicture(workbench, 'restricted-mode');
    assert.deepEqual(readdirSync(editor.workspace), before);
    await workbench.answerNotification('so it is written into trusted workspaces only', 'Manage Workspace Trust');
    await workbench.page.locator('.workspace-trust-editor').getByText('You are in Restricted Mode').waitFor();
  });
});
