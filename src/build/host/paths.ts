import * as path from 'node:path';
import { root } from '../paths.js';

/** Everything downloaded for tests lives here; it is ignored by git and safe to delete. */
export const cacheDir = path.join(root, '.vscode-test');

export const screenshotsDir = path.join(cacheDir, 'screenshots');
export const codeServerVersion = '4.139.1';
export const hostNodeVersion = '24.21.0';
export const vscodeWebVersion = '1.91.1';
export const testWebVersion = '0.0.81';

/** Where one installed embedded host keeps its parts. */
export interface HostPaths {
  readonly root: string;
  /** Node of the version the host needs; newer than the project asks of a contributor. */
  readonly node: string;
  readonly nodeDir: string;
  readonly serverDir: string;
  readonly serverMain: string;
}

/** Names the parts of a host that is, or will be, installed in `folder`. */
export function hostPaths(folder: string): HostPaths {
  const nodeDir = path.join(folder, 'node');
  const serverDir = path.join(folder, 'server');
  return {
    root: folder,
    node: path.join(nodeDir, 'bin', 'node'),
    nodeDir,
    serverDir,
    serverMain: path.join(serverDir, 'out', 'server-main.js'),
  };
}

export const installedHost = hostPaths(path.join(cacheDir, `host-${codeServerVersion}`));
export const webHostDir = path.join(cacheDir, `web-${vscodeWebVersion}`);
