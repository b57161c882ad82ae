import 'mocha/mocha.js';
import { testFiles } from 'web-tests';
import { PlainReporter } from '../support/plainReporter.js';

/** Runs every web test inside the web worker extension host; a rejection is a failing exit code. */
export async function run(): Promise<void> {
  mocha.setup({ ui: 'bdd', timeout: 60_000, reporter: PlainReporter });
  for (const { load } of testFiles) await load();
  const failures = await new Promise<number>((resolve) => { mocha.run((count) => { resolve(count); }); });
  if (failures > 0) throw new Error(`${failures} failed`);
}
