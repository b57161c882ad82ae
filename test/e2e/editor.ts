import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { launchBrowser } from '../../src/build/host/browser.js';
import { screenshotsDir } from '../../src/build/host/paths.js';
import { startHost } from '../../src/build/host/server.js';
import type { Host, HostOptions } from '../../src/build/host/server.js';
import { copySampleWorkspace } from '../../src/build/host/workspace.js';
import { Workbench } from '../support/workbench.js';
import type { WorkbenchOptions } from '../support/workbench.js';
import { installedExtension } from './packed.js';

/** The editor that the tests of one suite share: a server with the packed extension, and a browser. */
export interface Editor {
  readonly host: Host;
  /** A folder of the suite's own, opened unless a test says otherwise. */
  readonly workspace: string;
  /** Opens a window that knows nothing of earlier ones; it is closed when the test ends. */
  open(options?: WorkbenchOptions): Promise<Workbench>;
}

/**
 * Starts an editor before the tests of the suite and ends it after them. A test that fails leaves a picture of each of its
 * windows.
 * @param options is asked for when the suite starts
 */
export function useEditor(options: () => HostOptions | Promise<HostOptions> = () => ({})): Editor {
  let host: Host;
  let workspace: string;
  let browser: Browser;
  const windows: Workbench[] = [];

  before(async () => {
    workspace = await copySampleWorkspace();
    host = await startHost({ workspace, extensionsDir: await installedExtension(), smokeTest: false, ...(await options()) });
    browser = await launchBrowser();
  });

  afterEach(async function () {
    const { currentTest } = this;
    if (currentTest?.state === 'failed') await takePictures(currentTest.fullTitle(), windows);
    await Promise.all(windows.splice(0).map((window) => window.page.context().close()));
  });

  after(async () => {
    await browser?.close();
    await host?.stop();
  });

  return {
    get host() { return host; },
    get workspace() { return workspace; },
    open: async (target = {}) => {
      const window = await Workbench.open(browser, host, target);
      windows.push(window);
      return window;
    },
  };
}

/** Saves what a window shows, for people to look at. */
export async function takePicture(workbench: Workbench, name: string): Promise<string> {
  await mkdir(screenshotsDir, { recursive: true });
  const path = join(screenshotsDir, `${name}.png`);
  await workbench.page.screenshot({ path, animations: 'disabled', caret: 'hide' });
  return path;
}

let pictures = 0;

async function takePictures(title: string, windows: readonly Workbench[]): Promise<void> {
  await mkdir(screenshotsDir, { recursive: true });
  const name = title.toLowerCase().replace(/[^a-z0-9]+/g, '-').slice(0, 100);
  for (const { page } of windows) {
    if (page.isClosed()) continue;
    pictures++;
    const path = join(screenshotsDir, `failed-${pictures}-${name}.png`);
    await page.screenshot({ path });
    console.log(`    what the window showed: ${path}`);
  }
}
