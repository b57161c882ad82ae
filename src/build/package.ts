import { spawnSync } from 'node:child_process';
import { statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { root } from './paths.js';
import { runMain } from './host/userError.js';

/** The one VSIX for both registries. */
export const vsix = join(root, 'backend-roadmap.vsix');

/** Builds minified bundles and packs them. @throws when packing fails; the packer has said why. */
export function packageExtension(): void {
  const vsce = createRequire(import.meta.url).resolve('@vscode/vsce/vsce');
  const { status } = spawnSync(process.execPath, [vsce, 'package', '--no-dependencies', '--allow-missing-repository', '--no-rewrite-relative-links', '--out', vsix], { cwd: root, stdio: 'inherit' });
  if (status !== 0) throw new Error('The extension was not packed; the reason is printed above.');
  console.log(`${vsix}: ${Math.round(statSync(vsix).size / 1024)} kB`);
}

runMain(import.meta.url, () => {
  packageExtension();
  return Promise.resolve(0);
});
