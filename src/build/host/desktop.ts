import { mkdtempSync, rmSync } from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { downloadAndUnzipVSCode, runTests } from '@vscode/test-electron';
import { build } from '../build.js';
import { root } from '../paths.js';
import { cacheDir } from './paths.js';
import { bundleIntegrationTests } from './testBundle.js';
import { runMain, UserError } from './userError.js';
import { copySampleWorkspace } from './workspace.js';

/**
 * Builds the extension and runs the integration tests inside desktop VS Code, which is downloaded on first use.
 * `--vscode VERSION` picks another version than the stable one, `--grep TEXT` picks tests.
 */
runMain(import.meta.url, async () => {
  const extension = process.env.BACKEND_ROADMAP_EXTENSION ?? root;
  if (extension === root) await build();
  const extensionTestsPath = await bundleIntegrationTests();
  const vscodeExecutablePath = await desktopVsCode(argument('--vscode') ?? 'stable');
  const workspace = await copySampleWorkspace();
  const userDataDir = mkdtempSync(path.join(os.tmpdir(), 'backend-roadmap-user-'));
  const needsNoSandbox = process.platform === 'linux' && process.getuid?.() === 0;
  try {
    return await runTests({
      vscodeExecutablePath,
      extensionDevelopmentPath: extension,
      extensionTestsPath,
      extensionTestsEnv: { BACKEND_ROADMAP_GREP: argument('--grep') ?? '' },
      launchArgs: [
        workspace,
        '--disable-extensions',
        '--disable-workspace-trust',
        '--skip-welcome',
        '--skip-release-notes',
        `--user-data-dir=${userDataDir}`,
        `--extensions-dir=${path.join(userDataDir, 'extensions')}`,
        ...(needsNoSandbox ? ['--no-sandbox'] : []),
      ],
    });
  } catch (error) {
    throw new UserError(`The tests failed in desktop VS Code: ${reason(error)}`);
  } finally {
    rmSync(userDataDir, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
  }
});

async function desktopVsCode(version: string): Promise<string> {
  if (process.platform === 'linux' && !process.env.DISPLAY && !process.env.WAYLAND_DISPLAY) {
    throw new UserError(
      'Desktop VS Code needs a display. Use  xvfb-run -a npm run test:desktop  or the embedded host:  npm run test:integration',
    );
  }
  try {
    return await downloadAndUnzipVSCode({ version, cachePath: cacheDir });
  } catch (error) {
    throw new UserError(
      `Desktop VS Code could not be downloaded from update.code.visualstudio.com: ${reason(error)}. ` +
        'On Linux the embedded host needs npm only:  npm run test:integration',
    );
  }
}

function reason(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

function argument(name: string): string | undefined {
  const index = process.argv.indexOf(name);
  return index < 0 ? undefined : process.argv[index + 1];
}
