import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { parseManifest } from '../core/checks/manifest.js';
import { manifestName } from '../core/checks/manifestName.js';
import type { TemplateFile } from '../core/scaffold/template.js';
import type { Baseline } from './api.js';
import { build, type BuildOptions } from './build.js';
import type { Tools } from './tools.js';

/** Where packages are that a build looks for beside the sources, by their folders' names: npm's, and Cargo's and Go's vendored ones. */
const packages = ['node_modules', 'vendor'];

export interface BaselineOptions extends Pick<BuildOptions, 'register' | 'tell'> {
  readonly starter: readonly TemplateFile[];
  /** The learner's project, whose packages it shares. */
  readonly root: string;
  readonly out: string;
  readonly tools: Tools;
}

/** Writes and builds the project as it was handed over, once for all runs. @throws Blocked when it does not build. */
export async function buildBaseline({ starter, root, out, tools, register, tell }: BaselineOptions): Promise<Baseline> {
  const home = join(out, 'baseline');
  const [folder, made, stamp] = [join(home, 'project'), join(home, 'out'), join(home, 'built')];
  const manifest = parseManifest(starter.find(({ path }) => path === manifestName)?.text ?? '');
  const baseline: Baseline = { root: folder, manifest, tools: { ...tools, out: made } };
  const sum = createHash('sha256').update(JSON.stringify(starter)).digest('hex');
  if (existsSync(stamp) && await readFile(stamp, 'utf8') === sum) {
    await linkPackages(root, folder);
    return baseline;
  }
  await rm(home, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 });
  for (const { path, text } of starter) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), text);
  }
  await mkdir(made, { recursive: true });
  await linkPackages(root, folder);
  tell('Building the project as it was handed over, to compare with …');
  await build({ root: folder, commands: manifest.build, tools: baseline.tools, limitSec: manifest.buildTimeoutSec, register, tell });
  await writeFile(stamp, sum);
  return baseline;
}

/** Its folder's own packages would have to be installed; the learner's are the same. */
async function linkPackages(root: string, folder: string): Promise<void> {
  for (const name of packages) {
    await rm(join(folder, name), { recursive: true, force: true });
    if (existsSync(join(root, name))) await symlink(join(root, name), join(folder, name), 'junction');
  }
}
