import { mkdir, readFile, writeFile } from 'node:fs/promises';
import * as path from 'node:path';

export type Settings = Readonly<Record<string, unknown>>;

/** A quiet editor: no chat pane, no welcome page, no update checks. */
const quiet: Settings = {
  'chat.disableAIFeatures': true,
  'workbench.secondarySideBar.defaultVisibility': 'hidden',
  'workbench.startupEditor': 'none',
  'workbench.tips.enabled': false,
  'workbench.enableExperiments': false,
  'telemetry.telemetryLevel': 'off',
  'update.mode': 'none',
  'extensions.autoUpdate': 'off',
  'extensions.autoCheckUpdates': false,
  'extensions.ignoreRecommendations': true,
  'git.openRepositoryInParentFolders': 'never',
};

/** Merges `settings` into a user's settings.json; a running editor picks them up. */
export async function writeUserSettings(userDataDir: string, settings: Settings): Promise<void> {
  const file = path.join(userDataDir, 'User', 'settings.json');
  await mkdir(path.dirname(file), { recursive: true });
  const before = await readFile(file, 'utf8').then((text) => JSON.parse(text) as Settings, () => quiet);
  await writeFile(file, `${JSON.stringify({ ...before, ...settings }, undefined, 2)}\n`);
}
