import { testFiles } from 'integration-tests';
import Mocha from 'mocha';
import { PlainReporter } from '../support/plainReporter.js';

/** Runs every integration test inside the extension host; the host turns a rejection into a failing exit code. */
export async function run(): Promise<void> {
  const mocha = new Mocha({ ui: 'bdd', timeout: 120_000, reporter: PlainReporter });
  const grep = process.env.BACKEND_ROADMAP_GREP;
  if (grep) {
    mocha.grep(grep);
  }
  for (const { name, load } of testFiles) {
    mocha.suite.emit('pre-require', globalThis, name, mocha);
    await load();
  }
  const failures = await new Promise<number>((resolve) => { mocha.run((count) => { resolve(count); }); });
  if (failures > 0) {
    throw new Error(`${failures} failed`);
  }
}
