import type { BuildOptions, Plugin } from 'esbuild';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { dist, root } from './paths.js';

const shared: BuildOptions = { absWorkingDir: root, bundle: true, metafile: true, charset: 'utf8', logLevel: 'warning', legalComments: 'none' };

/**
 * What the node host loads only when it is needed, each as a bundle of its own: reached by `import()` in the code. A class that
 * crosses from one bundle to another exists twice, so it is told by its name, never by `instanceof`.
 */
export const lazyModules: Readonly<Record<string, string>> = {
  checks: 'src/vscode/platform/node/lazyChecks.ts',
  notes: 'src/vscode/notes/lazy.ts',
  practice: 'src/vscode/practice/lazy.ts',
  progress: 'src/vscode/progress/lazy.ts',
  scaffold: 'src/vscode/scaffold/lazy.ts',
  views: 'src/vscode/views/lazy.ts',
};

/** Leaves `import()` of a lazy module to the host's loader. The web worker host loads one file only, so there it stays inline. */
const lazily: Plugin = {
  name: 'lazily',
  setup(build) {
    build.onResolve({ filter: /^\./ }, ({ kind, path, resolveDir }) => {
      if (kind !== 'dynamic-import') return undefined;
      const file = relative(root, join(resolveDir, path)).replaceAll('\\', '/').replace(/\.js$/, '.ts');
      const name = Object.keys(lazyModules).find((key) => lazyModules[key] === file);
      return name === undefined ? { errors: [{ text: `${file} is imported dynamically, but is not one of the lazy modules in src/build/bundles.ts` }] } : { path: `./lazy/${name}.js`, external: true };
    });
  },
};

/**
 * Gives all modules of a bundle the API from one `require('vscode')`, by name. Without this, esbuild copies the API's hundreds of
 * properties once for each module that imports it, which is most of the time that an activation takes.
 */
const apiByName: Plugin = {
  name: 'api-by-name',
  setup(build) {
    const filter = /^vscode$/;
    build.onResolve({ filter, namespace: 'file' }, ({ path, kind }) => kind === 'import-statement' ? { path, namespace: 'vscode' } : undefined);
    build.onLoad({ filter, namespace: 'vscode' }, () => ({ contents: `const api = require('vscode');\nconst get = (name) => api[name];\n${namesOfTheApi().map((name) => `export const ${name} = /* @__PURE__ */ get('${name}');`).join('\n')}`, loader: 'js' }));
  },
};

/** Every name that the sources take from the API; those of types are undefined at run time, and nobody reads them. */
function namesOfTheApi(): string[] {
  const sources = ['src/activate.ts', ...readdirSync(join(root, 'src/vscode'), { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.ts')).map((file) => join('src/vscode', file))];
  const names = sources.flatMap((file) => [...readFileSync(join(root, file), 'utf8').matchAll(/\bvscode\.(\w+)/g)].map(([, name = '']) => name));
  return [...new Set(names)].sort();
}

const node: BuildOptions = { ...shared, platform: 'node', target: 'node20', format: 'cjs', external: ['vscode'], supported: { 'dynamic-import': false }, plugins: [lazily, apiByName] };

/** The projects that have checks, each with the file that serves them: a process of its own, so a bundle of its own. */
export function checkedProjects(): Record<string, string> {
  const projects = 'roadmap/projects';
  const entries = readdirSync(join(root, projects)).map((id): [string, string] => [id, `${projects}/${id}/checks/main.ts`]);
  return Object.fromEntries(entries.filter(([, file]) => existsSync(join(root, file))));
}

/**
 * The bundles of the extension. CommonJS for both extension hosts (their loader asks for it), a classic script for the
 * webview (its content security policy allows one nonce).
 */
export const bundles: Readonly<Record<'node' | 'lazy' | 'web' | 'pages' | 'runner', BuildOptions>> = {
  node: { ...node, entryPoints: ['src/extension.ts'], outfile: join(dist, 'extension.js') },
  lazy: { ...node, entryPoints: lazyModules, outdir: join(dist, 'lazy') },
  web: { ...shared, entryPoints: ['src/extension.web.ts'], outfile: join(dist, 'extension.web.js'), platform: 'browser', target: 'es2022', format: 'cjs', external: ['vscode'], plugins: [apiByName] },
  runner: { ...shared, entryPoints: checkedProjects(), outdir: join(dist, 'runner'), platform: 'node', target: 'node20', format: 'cjs' },
  pages: { ...shared, entryPoints: ['src/webview/note.ts', 'src/webview/stage.ts'], outdir: join(dist, 'webview'), platform: 'browser', target: 'es2022', format: 'iife' },
};
