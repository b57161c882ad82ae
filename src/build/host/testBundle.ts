import { build } from 'esbuild';
import type { Plugin } from 'esbuild';
import { readdirSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import * as path from 'node:path';
import { dist, root } from '../paths.js';

export const integrationBundle = path.join(dist, 'test', 'integration.js');
export const webBundle = path.join(dist, 'test', 'web.js');

const shared = { absWorkingDir: root, bundle: true, format: 'cjs', sourcemap: 'inline', logLevel: 'warning' } as const;

/** Bundles `test/integration` into one CommonJS module for the node extension host; `mocha` stays outside. */
export async function bundleIntegrationTests(): Promise<string> {
  await build({
    ...shared,
    entryPoints: ['test/integration/index.ts'],
    outfile: integrationBundle,
    platform: 'node',
    target: 'node22',
    external: ['vscode', 'mocha'],
    plugins: [testFiles('integration-tests', 'test/integration')],
  });
  return integrationBundle;
}

/** Bundles `test/web` into one module for the web worker extension host, mocha's browser build included. */
export async function bundleWebTests(): Promise<string> {
  await build({
    ...shared,
    entryPoints: ['test/web/index.ts'],
    outfile: webBundle,
    platform: 'browser',
    target: 'es2022',
    external: ['vscode'],
    plugins: [testFiles('web-tests', 'test/web'), browserMocha],
  });
  return webBundle;
}

/** Mocha's build for browsers is a classic script inside a package of modules: taken from there it would overwrite our exports. */
const browserMocha: Plugin = {
  name: 'browser-mocha',
  setup(setup) {
    setup.onResolve({ filter: /^mocha$/ }, () => ({ path: path.join(root, 'test/web/mocha.ts') }));
    setup.onResolve({ filter: /^mocha\/mocha\.js$/ }, () => ({ path: 'mocha', namespace: 'browser-mocha' }));
    setup.onLoad({ filter: /.*/, namespace: 'browser-mocha' }, async () => ({ contents: await readFile(path.join(root, 'node_modules/mocha/mocha.js'), 'utf8'), loader: 'js' }));
  },
};

/** Makes `name` a module that lists every test file below `folder`, each loaded when asked for. */
function testFiles(name: string, folder: string): Plugin {
  return {
    name,
    setup(setup) {
      const namespace = `${name}-list`;
      setup.onResolve({ filter: new RegExp(`^${name}$`) }, () => ({ path: name, namespace }));
      setup.onLoad({ filter: /.*/, namespace }, () => {
        const entries = readdirSync(path.join(root, folder), { recursive: true, encoding: 'utf8' })
          .filter((file) => file.endsWith('.test.ts'))
          .sort()
          .map((file) => file.split(path.sep).join('/'))
          .map((file) => `{ name: ${JSON.stringify(file)}, load: () => import(${JSON.stringify(`./${file}`)}) }`);
        return { contents: `export const testFiles = [${entries.join(', ')}];`, resolveDir: path.join(root, folder), loader: 'js' };
      });
    },
  };
}
