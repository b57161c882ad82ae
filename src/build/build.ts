import { build as esbuild } from 'esbuild';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { bundles } from './bundles.js';
import { compileContent } from './content/compile.js';
import { dist, root } from './paths.js';
import { runMain } from './host/userError.js';

/**
 * Builds everything that the extension ships into `dist/`: the bundles and the compiled content.
 * @throws when a bundle or the content has an error; every problem has been printed.
 */
export async function build(options: { minify?: boolean } = {}): Promise<void> {
  await rm(dist, { recursive: true, force: true });
  const minify = options.minify ?? false;
  await Promise.all(Object.values(bundles).map((bundle) => esbuild({ ...bundle, minify, sourcemap: minify ? false : 'linked' })));
  const { problems } = await compileContent({ root: join(root, 'roadmap'), out: join(dist, 'content') });
  for (const problem of problems) console.error(`roadmap/${problem.file}:${problem.line}:${problem.column}: ${problem.message}`);
  if (problems.length > 0) throw new Error(`The content has ${problems.length} problem(s); each is printed above.`);
}

runMain(import.meta.url, async () => {
  await build({ minify: process.argv.includes('--minify') });
  return 0;
});
