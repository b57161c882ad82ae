import * as assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { solutionFiles, writeFiles } from '../../src/build/projects/folder.js';
import { takePicture, useEditor } from './editor.js';

const category = 'Backend Roadmap: ';
const title = 'Microservices over gRPC';
const long = 180_000;

describe('a practice project of several programs with packages', () => {
  const editor = useEditor();

  it('is prepared, fails its first stage with a report that helps, and passes it', async () => {
    const workbench = await editor.open({ viewport: { width: 1500, height: 950 } });
    const { page, quickInput } = workbench;
    await workbench.runCommand(`${category}Scaffold Project`);
    await quickInput.pick(title);
    await quickInput.asks('Which language?');
    await quickInput.pick('TypeScript');
    await quickInput.asks('Which folder takes the project?');
    await quickInput.pick(/^\s*New sub-folder of orders-service…/);
    await quickInput.enter('shop');
    await quickInput.pick(/^\s*Create \d+ files in orders-service\/shop/);
    await workbench.editorTab(/README\.md/).waitFor();
    const folder = join(editor.workspace, 'shop');

    await workbench.runCommand(`${category}Check Current Stage`);
    await workbench.notification(`${title} could not be checked: what it needs is not installed yet.`);
    await takePicture(workbench, 'microservices-unprepared');
    await workbench.answerNotification(`${title} could not be checked`, 'Prepare Project');
    await page.locator('.notifications-toasts, .notifications-center').getByText(`${title} is prepared.`).first().waitFor({ timeout: long });
    assert.ok(existsSync(join(folder, 'node_modules', '@grpc', 'grpc-js')), 'the packages are there');
    await takePicture(workbench, 'microservices-prepared');

    await workbench.answerNotification(`${title} is prepared`, 'Check Current Stage');
    await workbench.runCommand('View: Show Testing');
    const testing = workbench.sideBar;
    await workbench.treeItem(`${title} in TypeScript (Failed)`, testing).waitFor({ timeout: long });
    await workbench.setExpanded(workbench.treeItem(`${title} in TypeScript`, testing));
    await workbench.treeItem('1. Answer a unary call (Failed)', testing).waitFor({ timeout: long });
    await workbench.runCommand('Test Results: Focus on Test Results View');
    await page.locator('.part.panel').getByText(/UNIMPLEMENTED/).first().waitFor({ timeout: long });
    await page.locator('.part.panel').getByText(/What to do: Answer what PRODUCTS_FILE says of this product/).first().waitFor();
    await takePicture(workbench, 'microservices-failed');

    writeFiles(folder, solutionFiles('grpc-microservices', 'typescript', 1));
    await workbench.runCommand(`${category}Check Current Stage`);
    await workbench.treeItem('1. Answer a unary call (Passed)', testing).waitFor({ timeout: long });
    await workbench.notification('Stage 1 passed. Next: Report health and describe yourself.');
    await takePicture(workbench, 'microservices-passed');
  }).timeout(900_000);
});
