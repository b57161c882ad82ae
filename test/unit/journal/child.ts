import { rmSync } from 'node:fs';
import { chmod, mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from 'esbuild';

let bundled: Promise<string> | undefined;

/** The windows that run as processes of their own, as one script that starts fast and that any user may read. */
export function bundleChild(): Promise<string> {
  bundled ??= (async () => {
    const folder = await mkdtemp(join(tmpdir(), 'roadmap-child-'));
    await chmod(folder, 0o755);
    const outfile = join(folder, 'child.cjs');
    await build({ entryPoints: [join(__dirname, 'childMain.ts')], outfile, bundle: true, platform: 'node', format: 'cjs', target: 'node20', logLevel: 'silent' });
    process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
    return outfile;
  })();
  return bundled;
}
