import * as assert from 'node:assert/strict';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { linkPackages, solutionFiles, writeFiles } from '../../src/build/projects/folder.js';
import { takePicture, useEditor } from './editor.js';
import type { Workbench } from '../support/workbench.js';

const category = 'Backend Roadmap: ';
const long = 120_000;

describe('a practice project', () => {
  const editor = useEditor();

  /** Scaffolds the project as a person does, and installs its packages without the network. */
  async function scaffold(workbench: Workbench): Promise<string> {
    const { quickInput } = workbench;
    await workbench.runCommand(`${category}Scaffold Project`);
    await quickInput.pick('A distributed cache');
    await quickInput.asks('Which language?');
    await quickInput.pick('TypeScript');
    await quickInput.asks('Which folder takes the project?');
    await quickInput.pick(/^\s*New sub-folder of orders-service…/);
    await quickInput.enter('cache');
    await quickInput.pick(/^\s*Create \d+ files in orders-service\/cache/);
    await workbench.editorTab(/README\.md/).waitFor();
    const folder = join(editor.workspace, 'cache');
    linkPackages(folder);
    return folder;
  }

  it('is checked from the README to a passed stage, and tree, page and progress follow', async () => {
    const workbench = await editor.open({ viewport: { width: 1500, height: 950 } });
    const folder = await scaffold(workbench);
    const { page } = workbench;

    await workbench.openFile('backend-roadmap.json');
    await page.locator('.codelens-decoration').getByText('Check stage 1').click();
    await workbench.runCommand('View: Show Testing');
    const testing = workbench.sideBar;
    await workbench.treeItem('A distributed cache in TypeScript (Failed)', testing).waitFor({ timeout: long });
    await workbench.setExpanded(workbench.treeItem('A distributed cache in TypeScript', testing));
    await workbench.treeItem('1. Answer PING (Failed)', testing).waitFor({ timeout: long });
    await takePicture(workbench, 'checks-failed');
    await workbench.runCommand('Test Results: Focus on Test Results View');
    await page.locator('.part.panel').getByText(/nothing listens on/).first().waitFor({ timeout: long });
    await takePicture(workbench, 'checks-report');

    await workbench.runCommand(`${category}Compare With a Stage’s Solution`);
    await workbench.quickInput.pick(/^\s*1\. Answer PING/);
    await workbench.editorTab(/solution of stage 1/).waitFor();
    await takePicture(workbench, 'checks-solution');

    writeFiles(folder, solutionFiles('distributed-cache', 'typescript', 1));
    await workbench.runCommand(`${category}Check Current Stage`);
    await workbench.notification('Stage 1 passed. Next: Serve many clients at once.');
    await workbench.treeItem('1. Answer PING (Passed)', testing).waitFor({ timeout: long });
    await takePicture(workbench, 'checks-passed');
    await workbench.answerNotification('Stage 1 passed', 'Open Next Stage');
    await workbench.webview().getByRole('heading', { level: 1, name: 'Serve many clients at once' }).waitFor();
    await takePicture(workbench, 'stage-page');

    await workbench.openViewContainer('Backend Roadmap');
    const projects = await workbench.openView('Projects');
    await workbench.setExpanded(workbench.treeItem('Project A distributed cache, 1 of 14 stages passed', projects));
    await workbench.treeItem(/Stage 1, Answer PING.*passed in TypeScript/, projects).waitFor();
    await takePicture(workbench, 'projects-view');

    await workbench.reload();
    await workbench.openViewContainer('Backend Roadmap');
    await workbench.treeItem('Project A distributed cache, 1 of 14 stages passed', await workbench.openView('Projects')).waitFor({ timeout: long });
  });

  it('shows a hint when it is asked for, and tells no more than that', async () => {
    const workbench = await editor.open();
    await scaffold(workbench);
    await workbench.runCommand(`${category}Open Stage`);
    const stage = workbench.webview();
    await stage.getByRole('heading', { level: 1, name: 'Answer PING' }).waitFor();
    const hint = stage.locator('details[data-hint="1"]');
    assert.equal(await hint.locator('> div').isVisible(), false);
    await hint.locator('summary').click();
    await hint.locator('> div').waitFor();
    assert.equal(await stage.locator('details[data-hint="2"] > div').isVisible(), false);
    await stage.getByRole('button', { name: 'Compare with the solution' }).waitFor();
    await takePicture(workbench, 'stage-hints');
  });

  it('is reset with a backup, and undone to the last byte', async () => {
    const workbench = await editor.open();
    const folder = await scaffold(workbench);
    const file = join(folder, 'src', 'server.ts');
    const mine = '// all my work, with an ünusual byte\n\t\r\n';
    writeFileSync(file, mine);
    await workbench.openFile('server.ts');
    await workbench.runCommand(`${category}Reset File to Its Starter`);
    await workbench.answerDialog('Reset');
    await workbench.notification('The files were reset. A backup is in');
    assert.match(readFileSync(file, 'utf8'), /TODO \(stage 1\)/);
    await workbench.answerNotification('The files were reset', 'Undo');
    await workbench.notification('Your files are back.');
    assert.equal(readFileSync(file, 'utf8'), mine);
    assert.equal(existsSync(join(folder, '.git')), false);
  });
});

describe('a practice project in Restricted Mode', () => {
  const editor = useEditor(() => ({ trust: false, settings: { 'security.workspace.trust.startupPrompt': 'never' } }));

  it('runs nothing, and says why', async () => {
    const folder = join(editor.workspace, 'cache');
    writeFiles(folder, solutionFiles('distributed-cache', 'typescript', 1));
    const workbench = await editor.open({ viewport: { width: 1500, height: 950 } });
    await workbench.statusBarItem('Restricted Mode').waitFor();
    await workbench.runCommand(`${category}Check Current Stage`);
    await workbench.runCommand('Test Results: Focus on Test Results View');
    await workbench.page.locator('.part.panel').getByText(/Restricted Mode\. A check builds and starts the code/).first().waitFor({ timeout: long });
    assert.equal(existsSync(join(folder, 'dist')), false, 'nothing was built');
  });
});
