import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Locator } from 'playwright-core';
import { Workbench } from '../../test/support/workbench.js';
import { launchBrowser } from './host/browser.js';
import { installVsix, startHost } from './host/server.js';
import { runMain } from './host/userError.js';
import { copySampleWorkspace } from './host/workspace.js';
import { solutionFiles, writeFiles } from './projects/folder.js';
import { packageExtension, vsix } from './package.js';
import { root } from './paths.js';

const folder = join(root, 'media', 'screenshots');
const category = 'Backend Roadmap';

/** Takes the README's pictures from the packed extension in a running editor, into media/screenshots. */
runMain(import.meta.url, async () => {
  packageExtension();
  await mkdir(folder, { recursive: true });
  const extensionsDir = await mkdtemp(join(tmpdir(), 'backend-roadmap-screenshots-'));
  await installVsix(vsix, extensionsDir);
  const host = await startHost({ workspace: await copySampleWorkspace(), extensionsDir });
  const browser = await launchBrowser();
  try {
    await pictures(await Workbench.open(browser, host, { viewport: { width: 1280, height: 800 } }));
    return 0;
  } finally {
    await browser.close();
    await host.stop();
    await rm(extensionsDir, { recursive: true, force: true });
  }
});

async function pictures(workbench: Workbench): Promise<void> {
  const { page } = workbench;
  const save = async (name: string): Promise<void> => {
    await workbench.quickInput.widget.waitFor({ state: 'hidden' });
    await page.mouse.move(640, 790);
    await page.screenshot({ path: join(folder, `${name}.png`), animations: 'disabled', caret: 'hide' });
    console.log(join('media', 'screenshots', `${name}.png`));
  };

  await workbench.openViewContainer(category);
  const roadmap = await workbench.openView('Roadmap');
  for (const section of ['Fundamentals', 'Operating systems']) await workbench.setExpanded(await workbench.findTreeItem(section, roadmap));
  for (const topic of ['POSIX streams and pipes', 'Processes, threads']) await (await workbench.findTreeItem(topic, roadmap)).getByRole('checkbox').click();
  await workbench.setTheme('vs-dark');
  await (await workbench.findTreeItem('I/O and IPC', roadmap)).click();
  await heading(workbench, 'How it works').waitFor();
  await save('overview');

  await workbench.runCommand('View: Toggle Primary Side Bar Visibility');
  await scrollTo(workbench, workbench.webview().locator('figure').first());
  for (const [theme, name] of [['vs-dark', 'note-dark'], ['vs', 'note-light'], ['hc-black', 'note-high-contrast']] as const) {
    await workbench.setTheme(theme);
    await save(name);
  }

  await workbench.setTheme('vs-dark');
  await workbench.runCommand(`${category}: Open Walkthrough`);
  await workbench.webview().locator('svg').waitFor();
  await save('walkthrough');
  await failedCheck(workbench, save);
}

/** A check that fails for a mistake that many make: a line that ends with \\n alone. */
async function failedCheck(workbench: Workbench, save: (name: string) => Promise<void>): Promise<void> {
  const project = join(workbench.host.workspace ?? root, 'cache');
  const files = solutionFiles('distributed-cache', 'typescript', 1);
  writeFiles(project, files.map(({ path, text }) => ({ path, text: path === 'src/resp.ts' ? text.replace('`+${reply.text}\\r\\n`', '`+${reply.text}\\n`') : text })));
  await workbench.runCommand('View: Close All Editors');
  await workbench.openFile('resp.ts');
  await workbench.runCommand(`${category}: Check Current Stage`);
  await workbench.runCommand('View: Show Testing');
  const item = workbench.treeItem('A distributed cache in TypeScript', workbench.sideBar);
  await workbench.page.getByRole('treeitem', { name: /^A distributed cache in TypeScript \(Failed\)/ }).waitFor({ timeout: 120_000 });
  await workbench.setExpanded(item);
  await workbench.runCommand('Test Results: Focus on Test Results View');
  await workbench.page.locator('.part.panel').getByText(/the first wrong byte/).first().waitFor();
  await save('checks');
}

function heading(workbench: Workbench, name: string): Locator {
  return workbench.webview().getByRole('heading', { level: 2, name });
}

async function scrollTo(workbench: Workbench, figure: Locator): Promise<void> {
  await figure.evaluate((element) => { element.scrollIntoView({ block: 'center' }); });
  await heading(workbench, 'The idea').waitFor();
}
