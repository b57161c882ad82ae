import assert from 'node:assert/strict';
import { join } from 'node:path';
import { checkContent, formatRows, type CheckResult } from '../../src/build/content/check.js';
import { formatProblem, type Problem } from '../../src/build/content/problem.js';
import { checkSpelling } from '../../src/build/content/spelling.js';
import { root as project } from '../../src/build/paths.js';

const none = (problems: readonly Problem[]): void => { assert.ok(problems.length === 0, `\n${problems.map(formatProblem).join('\n')}`); };

describe('the content of the roadmap', () => {
  it('follows every rule', async () => {
    none((await checkContent({ root: join(project, 'roadmap'), run: false, allTools: false })).problems);
  });

  it('does what it says: every block and every predict card, executed', async function () {
    this.timeout(600_000);
    const result: CheckResult = await checkContent({ root: join(project, 'roadmap'), run: true, allTools: Boolean(process.env['CI']) });
    console.log(formatRows(result).replace(/^/gm, '      '));
    none(result.problems);
    assert.ok(result.rows.length >= 4, 'the notes on operating systems are there');
  });

  it('is spelt right', async function () {
    this.timeout(120_000);
    none(await checkSpelling(project));
  });
});
