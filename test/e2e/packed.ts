import { existsSync, readdirSync, statSync } from 'node:fs';
import { cp, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { installVsix } from '../../src/build/host/server.js';
import { temporaryFolder } from '../../src/build/host/temporary.js';
import { packageExtension, vsix } from '../../src/build/package.js';
import { root } from '../../src/build/paths.js';

let installed: Promise<string> | undefined;

/** An extensions folder with the packed extension, installed once for all tests; they must not change it. */
export function installedExtension(): Promise<string> {
  installed ??= install();
  return installed;
}

/** A copy of the installed extension that a test may change, and the folder to start an editor with. */
export async function copiedExtension(): Promise<{ extensionsDir: string; extension: string }> {
  const extensionsDir = temporaryFolder();
  await cp(await installedExtension(), extensionsDir, { recursive: true });
  return { extensionsDir, extension: extensionIn(extensionsDir) };
}

/** A copy of the installed extension whose roadmap index is `index`: a text, or a value to be written as JSON. */
export async function installedWithIndex(index: unknown): Promise<string> {
  const { extensionsDir, extension } = await copiedExtension();
  const text = typeof index === 'string' ? index : JSON.stringify(index);
  await writeFile(join(extension, 'dist', 'content', 'index.json'), text);
  return extensionsDir;
}

async function install(): Promise<string> {
  const folder = temporaryFolder();
  await installVsix(vsixUnderTest(), folder);
  return folder;
}

/** BACKEND_ROADMAP_VSIX, or the project's VSIX, packed again when something that goes into it is newer. */
function vsixUnderTest(): string {
  const chosen = process.env.BACKEND_ROADMAP_VSIX;
  if (chosen !== undefined && chosen !== '') return chosen;
  const parts = ['src', 'media', 'roadmap', 'package.json', 'package.nls.json'];
  if (!existsSync(vsix) || parts.some((part) => newest(join(root, part)) > statSync(vsix).mtimeMs)) packageExtension();
  return vsix;
}

function newest(path: string): number {
  const own = statSync(path);
  if (!own.isDirectory()) return own.mtimeMs;
  return Math.max(own.mtimeMs, ...readdirSync(path, { recursive: true, encoding: 'utf8' }).map((name) => statSync(join(path, name)).mtimeMs));
}

function extensionIn(folder: string): string {
  const name = readdirSync(folder).find((entry) => entry.startsWith('backend-roadmap.'));
  if (name === undefined) throw new Error(`No installed extension in ${folder}`);
  return join(folder, name);
}
