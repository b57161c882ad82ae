import { existsSync } from 'node:fs';
import { cp } from 'node:fs/promises';
import * as path from 'node:path';
import { build } from './build.js';
import { workbenchUrl } from './host/browser.js';
import { findDesktopEditor, openDesktopEditor } from './host/desktopEditor.js';
import { lookOnce } from './host/look.js';
import { cacheDir } from './host/paths.js';
import { startHost } from './host/server.js';
import type { Host } from './host/server.js';
import { runMain } from './host/userError.js';
import { copySampleWorkspace, sampleWorkspace } from './host/workspace.js';
import { root } from './paths.js';

/**
 * Builds and opens VS Code with the extension and a sample workspace: desktop VS Code if there is one, else the embedded host.
 * `--once` does the same without a person; `--embedded` never uses desktop VS Code; `--port N` picks the embedded host's port.
 */
runMain(import.meta.url, async () => {
  console.log('Building the extension ...');
  await build();
  if (process.argv.includes('--once')) {
    return once();
  }
  const editor = process.argv.includes('--embedded') ? undefined : findDesktopEditor();
  return editor ? onDesktop(editor) : embedded();
});

async function once(): Promise<number> {
  const host = await startHost({ workspace: await copySampleWorkspace() });
  try {
    const screenshot = await lookOnce(host, root);
    console.log(`The tree shows its 8 sections and a note opens: ${path.relative(process.cwd(), screenshot)}`);
    return 0;
  } finally {
    await host.stop();
  }
}

async function onDesktop(editor: string): Promise<number> {
  console.log(`Opening ${path.basename(editor)} with the extension and a sample workspace; close its window to end ...`);
  await openDesktopEditor(editor, root, await keptWorkspace());
  return 0;
}

async function embedded(): Promise<number> {
  const host = await startHost({
    workspace: await keptWorkspace(),
    userDataDir: path.join(cacheDir, 'start', 'user'),
    serverDataDir: path.join(cacheDir, 'start', 'server'),
    extensionsDir: path.join(cacheDir, 'start', 'extensions'),
    port: Number(argument('--port') ?? 0),
  });
  console.log(`\nVS Code with the extension is open at\n\n  ${startAddress(host)}\n\nOpen the "Backend Roadmap" view there. Ctrl-C ends it.`);
  return new Promise(() => undefined);
}

function startAddress(host: Host): string {
  return workbenchUrl(host, { extensionDevelopmentPath: root });
}

/** What a newcomer does in the sample workspace is kept until the next start. */
async function keptWorkspace(): Promise<string> {
  const workspace = path.join(cacheDir, 'start', 'orders-service');
  if (!existsSync(workspace)) {
    await cp(sampleWorkspace, workspace, { recursive: true });
  }
  return workspace;
}

function argument(name: string): string | undefined {
  const index = process.argv.indexOf(name);
  return index < 0 ? undefined : process.argv[index + 1];
}
