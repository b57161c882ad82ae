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

/** An editor in a browser with the packed extension: every test gets a new one, without progress or settings of an earlier test. */
export interface Editor {
  readonly host: Host;
  readonly browser: Browser;
  /** A folder of the test's own, opened unless it says otherwise. */
  readonly workspace: string;
  /** Opens a window that knows nothing of earlier ones; it is closed when the test ends. */
  open(options?: WorkbenchOptions): Promise<Workbench>;
}

/**
 * Gives each test of the suite an editor. A test that fails leaves a picture of each of its windows.
 * @param options is asked for before each test
 */
export function useEditor(options: () => HostOptions | Promise<HostOptions> = () => ({})): Editor {
  let host: Host | undefined;
  let browser: Browser | undefined;
  let workspace: string | undefined;
  const windows: Workbench[] = [];

  before(async () => {
    browser = await launchBrowser();
  });

  beforeEach(async () => {
    workspace = await copySampleWorkspace();
    host = await startHost({ workspace, extensionsDir: await installedExtension(), smokeTest: false, ...(await options()) });
  });

  afterEach(async function () {
    if (this.currentTest?.state === 'failed') await takeLastPictures(this.currentTest.fullTitle(), windows);
    await Promise.all(windows.splice(0).map((window) => window.page.context().close()));
    await host?.stop();
  });

  after(async () => {
    await browser?.close();
  });

  return {
    get host() { return started(host); },
    get browser() { return started(browser); },
    get workspace() { return started(workspace); },
    async open(target = {}) {
      const window = await Workbench.open(this.browser, this.host, target);
      windows.push(window);
      return window;
    },
  };
}

/** Saves what a window shows, for people to look at. */
export async function takePicture({ page }: Workbench, name: string): Promise<string> {
  await mkdir(screenshotsDir, { recursive: true });
  const path = join(screenshotsDir, `${name}.png`);
  await page.screenshot({ path, animations: 'disabled', caret: 'hide' });
  return path;
}

let failures = 0;

async function takeLastPictures(title: string, windows: readonly Workbench[]): Promise<void> {
  const name = title.toLowerCase().replace(/[^a-z0-9]+/g, '-').slice(0, 100);
  for (const window of windows) {
    if (window.page.isClosed()) continue;
    failures++;
    console.log(`    what the window showed: ${await takePicture(window, `failed-${failures}-${name}`)}`);
  }
}

function started<T>(part: T | undefined): T {
  if (part === undefined) throw new Error('The editor is there only while a test runs.');
  return part;
}
