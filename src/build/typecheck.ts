import { spawnSync } from 'node:child_process';
import { createRequire } from 'node:module';
import { root } from './paths.js';

/** One project per layer, so that a global or an import that a layer must not know does not compile. */
export const projects = ['src/core', 'src/protocol', 'src/webview', 'src/vscode', 'src/vscode/platform/node', 'src/runner', 'src/build', 'test'];

const tsc = createRequire(import.meta.url).resolve('typescript/bin/tsc');
let failed = 0;
for (const project of projects) {
  const { status } = spawnSync(process.execPath, [tsc, '-p', project, '--pretty', 'false'], { cwd: root, stdio: 'inherit' });
  if (status !== 0) failed++;
}
console.log(`${projects.length - failed} passed, ${failed} failed`);
process.exitCode = failed === 0 ? 0 : 1;
