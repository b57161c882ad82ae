import * as path from 'node:path';
import { findOnPath, installPackages, isExecutable } from './system.js';
import { UserError } from './userError.js';

const names = ['chromium', 'chromium-browser', 'google-chrome-stable', 'google-chrome', 'microsoft-edge-stable', 'microsoft-edge', 'chrome', 'msedge'];

/** Finds a Chromium-based browser, installs Debian's where this user may, and returns its path. */
export async function ensureChromium(): Promise<string> {
  const chosen = process.env.CHROME_PATH;
  if (chosen) {
    if (isExecutable(chosen)) {
      return chosen;
    }
    throw new UserError(`CHROME_PATH names "${chosen}", which can't be run.`);
  }
  const found = findBrowser();
  if (found) {
    return found;
  }
  if (process.platform !== 'linux') {
    throw new UserError('No Chrome, Edge or Chromium was found. Install one, or set CHROME_PATH to its program file.');
  }
  await installPackages(['chromium'], 'The tests need a Chromium browser (or set CHROME_PATH).');
  const installed = findBrowser();
  if (!installed) {
    throw new UserError('Chromium was installed but is not on PATH; set CHROME_PATH to its program file.');
  }
  return installed;
}

function findBrowser(): string | undefined {
  return findOnPath(...names) ?? usualPlaces().find(isExecutable);
}

function usualPlaces(): readonly string[] {
  if (process.platform === 'darwin') {
    return ['Google Chrome', 'Chromium', 'Microsoft Edge'].map((app) => `/Applications/${app}.app/Contents/MacOS/${app}`);
  }
  if (process.platform === 'win32') {
    const roots = [process.env.ProgramFiles, process.env['ProgramFiles(x86)'], process.env.LOCALAPPDATA];
    return roots.flatMap(root =>
      root
        ? [path.join(root, 'Google/Chrome/Application/chrome.exe'), path.join(root, 'Microsoft/Edge/Application/msedge.exe')]
        : [],
    );
  }
  return [];
}
