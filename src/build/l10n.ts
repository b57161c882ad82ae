import { getL10nJson } from '@vscode/l10n-dev';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { stageStrings } from '../core/notes/stageStrings.js';
import { noteStrings } from '../core/notes/strings.js';
import { root } from './paths.js';
import { runMain } from './host/userError.js';

/** What translators start from: every text that `vscode.l10n.t` and the note page show. */
export const bundleFile = join(root, 'media', 'l10n', 'bundle.l10n.json');

/** @returns the bundle that belongs to the code as it stands, sorted so that a change of a text is one changed line. */
export async function l10nBundle(): Promise<string> {
  const sources = join(root, 'src', 'vscode');
  const names = (await readdir(sources, { recursive: true })).filter((name) => name.endsWith('.ts'));
  const files = await Promise.all(names.map(async (name) => ({ extension: '.ts', contents: await readFile(join(sources, name), 'utf8') })));
  const found = { ...await getL10nJson(files), ...Object.fromEntries([...Object.values(noteStrings), ...Object.values(stageStrings)].map((text) => [text, text])) };
  const sorted = Object.entries(found).sort(([a], [b]) => (a < b ? -1 : 1));
  return JSON.stringify(Object.fromEntries(sorted), undefined, 2) + '\n';
}

runMain(import.meta.url, async () => {
  await mkdir(join(bundleFile, '..'), { recursive: true });
  await writeFile(bundleFile, await l10nBundle());
  console.log(`Written: ${bundleFile}`);
  return 0;
});
