import * as assert from 'node:assert/strict';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { linkPackages, solutionFiles, writeFiles } from '../../src/build/projects/folder.js';
import { manifestName } from '../../src/core/checks/manifestName.js';
import { takePicture, useEditor } from './editor.js';

const category = 'Backend Roadmap: ';
const long = 120_000;

/** A project whose checks bring a real database; one has to be installed. */
describe('the slow API', () => {
  const editor = useEditor();

  it('is prepared with captures of its own, and checked against a real database', async () => {
    const workbench = await editor.open({ viewport: { width: 1500, height: 950 } });
    const { quickInput, page } = workbench;
    await workbench.runCommand(`${category}Scaffold Project`);
    await quickInput.pick('Debug a slow API');
    await quickInput.asks('Which language?');
    await quickInput.pick('TypeScript');
    await quickInput.asks('Which folder takes the project?');
    await quickInput.pick(/^\s*New sub-folder of orders-service…/);
    await quickInput.enter('slow');
    await quickInput.pick(/^\s*Create \d+ files in orders-service\/slow/);
    await workbench.editorTab(/README\.md/).waitFor();
    const folder = join(editor.workspace, 'slow');
    // The packages are there already: what is left to prepare is what the checks need.
    linkPackages(folder);
    const manifest = join(folder, manifestName);
    writeFileSync(manifest, JSON.stringify({ ...JSON.parse(readFileSync(manifest, 'utf8')) as object, prepare: [] }));
    // The extension sees the change for certain.
    await workbench.reload();

    await workbench.runCommand(`${category}Prepare Project`);
    const prepared = page.locator('.notification-toast').getByText('Debug a slow API is prepared.');
    await prepared.waitFor({ timeout: long });
    await takePicture(workbench, 'slow-api-prepared');
    for (const name of ['slow-request.pcap', 'nagle.pcap']) assert.ok(existsSync(join(folder, 'captures', name)), name);

    await workbench.answerNotification('Debug a slow API is prepared.', 'Check Current Stage');
    await workbench.runCommand('Test Results: Focus on Test Results View');
    await page.locator('.part.panel').getByText(/no Server-Timing header|has no Server-Timing/).first().waitFor({ timeout: long });
    await takePicture(workbench, 'slow-api-report');

    writeFiles(folder, solutionFiles('slow-api', 'typescript', 1).filter(({ path }) => path.startsWith('src/')));
    await workbench.runCommand(`${category}Check Current Stage`);
    await page.locator('.notification-toast').getByText('Stage 1 passed. Next: Read the wire.').waitFor({ timeout: long });
    await takePicture(workbench, 'slow-api-passed');
  });
});
