import Mocha from 'mocha';
import { formatLine, formatSummary } from '../../src/build/host/summary.js';

/** Prints one plain line per result: a test host hands on whole console lines, without colours or columns. */
export class PlainReporter extends Mocha.reporters.Base {
  constructor(runner: Mocha.Runner, options?: Mocha.MochaOptions) {
    super(runner, options);
    const count = { passed: 0, failed: 0, pending: 0 };
    let depth = 0;
    const print = (line: string): void => console.log(formatLine('  '.repeat(depth) + line));

    runner.on('suite', (suite) => {
      if (!suite.root) {
        print(suite.title);
        depth++;
      }
    });
    runner.on('suite end', (suite) => {
      if (!suite.root) depth--;
    });
    runner.on('pass', (test) => {
      count.passed++;
      print(`✔ ${test.title} (${test.duration ?? 0} ms)`);
    });
    runner.on('pending', (test) => {
      count.pending++;
      print(`- ${test.title}`);
    });
    runner.on('fail', (test, error: Error) => {
      count.failed++;
      print(`✘ ${test.fullTitle()}`);
      for (const line of (error.stack ?? error.message).split('\n')) print(`    ${line}`);
    });
    runner.on('end', () => console.log(formatSummary(count)));
  }
}
