import { mkdir } from 'node:fs/promises';
import * as path from 'node:path';
import type { Locator, Page } from 'playwright-core';
import { Workbench } from '../../../test/support/workbench.js';
import { launchBrowser } from './browser.js';
import { screenshotsDir } from './paths.js';
import type { Host } from './server.js';
import { UserError } from './userError.js';

const sections = 8;
const patienceMs = 60_000;

/** Opens the workbench as a newcomer does, checks that the whole roadmap and a note are there, and saves a screenshot. */
export async function lookOnce(host: Host, extensionDevelopmentPath: string): Promise<string> {
  const browser = await launchBrowser();
  const screenshot = path.join(screenshotsDir, 'start.png');
  await mkdir(screenshotsDir, { recursive: true });
  let page: Page | undefined;
  try {
    const workbench = await Workbench.open(browser, host, { extensionDevelopmentPath });
    page = workbench.page;
    await workbench.openViewContainer('Backend Roadmap');
    const roadmap = await workbench.openView('Roadmap');
    await untilSectionsShow(roadmap);
    const topic = await firstTopic(workbench, roadmap);
    await topic.click();
    await workbench.webview().getByRole('heading', { level: 1 }).first().waitFor({ timeout: patienceMs });
    await page.screenshot({ path: screenshot });
    return screenshot;
  } catch (error) {
    await page?.screenshot({ path: screenshot });
    const [reason] = (error instanceof Error ? error.message : String(error)).split('\n');
    throw new UserError(`${reason}${page ? ` (what the window showed: ${screenshot})` : ''}`);
  } finally {
    await browser.close();
  }
}

async function untilSectionsShow(roadmap: Locator): Promise<void> {
  const shown = roadmap.locator('[role=treeitem][aria-level="1"][aria-expanded]');
  try {
    await shown.nth(sections - 1).waitFor({ timeout: patienceMs });
  } catch {
    throw new UserError(`The tree shows ${await shown.count()} sections instead of ${sections}.`);
  }
  const count = await shown.count();
  if (count !== sections) {
    throw new UserError(`The tree shows ${count} sections instead of ${sections}.`);
  }
}

/** Expands the first section, and its first group if it has groups, and returns the first topic. */
async function firstTopic(workbench: Workbench, roadmap: Locator): Promise<Locator> {
  let branch = roadmap.locator('[role=treeitem][aria-level="1"][aria-expanded]').first();
  for (let level = 2; ; level++) {
    await workbench.setExpanded(branch);
    const child = roadmap.locator(`[role=treeitem][aria-level="${level}"]`).first();
    await child.waitFor({ timeout: patienceMs });
    if ((await child.getAttribute('aria-expanded')) === null) {
      return child;
    }
    branch = child;
  }
}
