import type { BuildOptions } from 'esbuild';
import { join } from 'node:path';
import { dist, root } from './paths.js';

const shared: BuildOptions = { absWorkingDir: root, bundle: true, metafile: true, charset: 'utf8', logLevel: 'warning', legalComments: 'none' };

/**
 * The three bundles of the extension. CommonJS for both extension hosts (their loader asks for it), a classic script for the
 * webview (its content security policy allows one nonce).
 */
export const bundles: Readonly<Record<'node' | 'web' | 'note', BuildOptions>> = {
  node: { ...shared, entryPoints: ['src/extension.ts'], outfile: join(dist, 'extension.js'), platform: 'node', target: 'node20', format: 'cjs', external: ['vscode'] },
  web: { ...shared, entryPoints: ['src/extension.web.ts'], outfile: join(dist, 'extension.web.js'), platform: 'browser', target: 'es2022', format: 'cjs', external: ['vscode'] },
  note: { ...shared, entryPoints: ['src/webview/note.ts'], outfile: join(dist, 'webview', 'note.js'), platform: 'browser', target: 'es2022', format: 'iife' },
};
