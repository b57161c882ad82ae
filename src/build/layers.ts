import { build, type Metafile, type PluginBuild } from 'esbuild';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { root } from './paths.js';

/** The rooms that must run anywhere, so must reach neither the editor nor Node, by however many imports. */
export const pureRooms = ['core', 'protocol', 'webview'] as const;

/** Which rooms of src a room's code may import; types of the core are free for all. */
export const allowedRooms: Readonly<Record<string, readonly string[]>> = {
  core: ['core'],
  protocol: ['protocol', 'core'],
  webview: ['webview', 'protocol', 'core'],
  runner: ['runner', 'core'],
  // The runner's own code only where processes are: platform/node, which lint holds.
  vscode: ['vscode', 'protocol', 'core', 'runner'],
  build: ['build', 'core', 'runner', 'vscode'],
};

export interface Reach { readonly from: string; readonly to: string }

/** Bundles every file of a room and lists what it reaches of `vscode` and `node:*`, packages included. */
export async function foreignImports(files: readonly string[], cwd: string = root): Promise<Reach[]> {
  const { metafile } = await bundle(files, cwd);
  return Object.entries(metafile.inputs).flatMap(([from, { imports }]) => imports.filter(({ external }) => external === true).map(({ path }) => ({ from, to: path })));
}

/** Every import from one room of src to another that is not allowed. */
export async function wrongRoomImports(files: readonly string[], cwd: string = root): Promise<Reach[]> {
  const { metafile } = await bundle(files, cwd);
  return Object.entries(metafile.inputs).flatMap(([from, { imports }]) => imports
    .filter(({ path }) => {
      const [source, target] = [roomOf(from), roomOf(path)];
      return source !== undefined && target !== undefined && !(allowedRooms[source] ?? [source, target]).includes(target);
    })
    .map(({ path }) => ({ from, to: path })));
}

/** All TypeScript files of a room, relative to the root. */
export async function filesOf(room: string): Promise<string[]> {
  const names = await readdir(join(root, 'src', room), { recursive: true });
  return names.filter((name) => name.endsWith('.ts') && !name.endsWith('.d.ts')).map((name) => `src/${room}/${name.replaceAll('\\', '/')}`);
}

function roomOf(path: string): string | undefined {
  return /^src\/([^/]+)\//.exec(path)?.[1];
}

async function bundle(files: readonly string[], cwd: string): Promise<{ metafile: Metafile }> {
  return build({ absWorkingDir: cwd, entryPoints: [...files], bundle: true, write: false, outdir: 'unused', metafile: true, platform: 'neutral', mainFields: ['module', 'main'], format: 'esm', external: ['vscode', 'node:*'], plugins: [bareBuiltins], logLevel: 'silent' });
}

/** `fs` is as foreign as `node:fs`. */
const bareBuiltins = {
  name: 'bare-builtins',
  setup(pluginBuild: PluginBuild) {
    pluginBuild.onResolve({ filter: /^(assert|buffer|child_process|crypto|events|fs|http|https|module|net|os|path|process|stream|tls|url|util|worker_threads|zlib)(\/.*)?$/ }, ({ path }) => ({ path: `node:${path}`, external: true }));
  },
};
