import { spawnSync } from 'node:child_process';
import { statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { root } from './paths.js';

/** The one VSIX for both registries. */
export const vsix = join(root, 'backend-roadmap.vsix');

/** Builds minified bundles and packs them. @throws when packing fails; the packer has said why. */
export function packageExtension(): void {
  const vsce = createRequire(import.meta.url).resolve('@vscode/vsce/vsce');
  const { status } = spawnSync(process.execPath, [vsce, 'package', '--no-dependencies', '--allow-missing-repository', '--no-rewrite-relative-links', '--out', vsix], { cwd: root, stdio: 'inherit' });
  if (status !== 0) throw new Error('The extension was not packed; the reason is printed above.');
  console.log(`${vsix}: ${Math.round(statSync(vsix).size / 1024)} kB`);
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) packageExtension();
