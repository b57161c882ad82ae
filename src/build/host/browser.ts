import { chromium } from 'playwright-core';
import type { Browser, Page } from 'playwright-core';
import { ensureChromium } from './chromium.js';
import type { Host } from './server.js';

/** Starts a headless browser that talks to nothing but the pages it is given. */
export async function launchBrowser(): Promise<Browser> {
  return chromium.launch({
    executablePath: await ensureChromium(),
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
      '--disable-dev-shm-usage',
    ],
  });
}

export interface WorkbenchTarget {
  readonly folder?: string;
  /** A `.code-workspace` file, for several folders. */
  readonly workspaceFile?: string;
  readonly extensionDevelopmentPath?: string;
  readonly extensionTestsPath?: string;
}

/** The address that opens a folder, with an extension under development if one is named. */
export function workbenchUrl(host: Host, target: WorkbenchTarget): string {
  const remote = (file: string): string => `vscode-remote://localhost:${host.port}${encodeURI(file)}`;
  const payload: [string, string][] = [['skipWelcome', 'true']];
  if (target.extensionDevelopmentPath) {
    payload.push(['extensionDevelopmentPath', remote(target.extensionDevelopmentPath)]);
  }
  if (target.extensionTestsPath) {
    payload.push(['extensionTestsPath', remote(target.extensionTestsPath)]);
  }
  const url = new URL(host.url);
  const folder = target.folder ?? host.workspace;
  if (target.workspaceFile) {
    url.searchParams.set('workspace', target.workspaceFile);
  } else if (folder) {
    url.searchParams.set('folder', folder);
  } else {
    url.searchParams.set('ew', 'true');
  }
  url.searchParams.set('payload', JSON.stringify(payload));
  return url.href;
}

/** Opens the workbench in `page` and waits until it is drawn. */
export async function openWorkbench(page: Page, host: Host, target: WorkbenchTarget = {}): Promise<void> {
  await page.goto(workbenchUrl(host, target), { waitUntil: 'domcontentloaded' });
  await page.locator('.monaco-workbench .part.statusbar').waitFor({ timeout: 90_000 });
}
