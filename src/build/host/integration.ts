import { build } from '../build.js';
import { root } from '../paths.js';
import { launchBrowser, openWorkbench } from './browser.js';
import { startHost } from './server.js';
import { bundleIntegrationTests } from './testBundle.js';
import { concludeRun, watchTests } from './testRun.js';
import { runMain } from './userError.js';
import { copySampleWorkspace } from './workspace.js';

/**
 * Builds the extension and runs `test/integration` inside the embedded host's extension host.
 * `--grep TEXT` picks tests; BACKEND_ROADMAP_EXTENSION names another extension folder.
 */
runMain(import.meta.url, async () => {
  const extension = process.env.BACKEND_ROADMAP_EXTENSION ?? root;
  if (extension === root) await build();
  const extensionTestsPath = await bundleIntegrationTests();
  const host = await startHost({ workspace: await copySampleWorkspace(), env: { BACKEND_ROADMAP_GREP: argument('--grep') ?? '' } });
  const browser = await launchBrowser();
  try {
    const page = await browser.newPage();
    const { finished } = await watchTests(page);
    await openWorkbench(page, host, { extensionDevelopmentPath: extension, extensionTestsPath });
    return concludeRun(await finished);
  } finally {
    await browser.close();
    await host.stop();
  }
});

function argument(name: string): string | undefined {
  const index = process.argv.indexOf(name);
  return index < 0 ? undefined : process.argv[index + 1];
}
