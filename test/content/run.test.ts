import assert from 'node:assert/strict';
import { parseOutput } from '../../src/core/notes/output.js';
import { runBlock, type RunResult } from '../../src/build/content/runBlock.js';

const run = (language: string, code: string, output: string, timeout?: number): Promise<RunResult> => runBlock({ language, code, output: parseOutput(output), timeout });

describe('running a block', () => {
  for (const [language, code, output] of [
    ['bash', 'ls -A; echo "$LC_ALL $TZ"; cat; echo out; echo err >&2; echo out', 'C.UTF-8 UTC\nout\nerr\nout'],
    ['python', 'import sys\nprint(sys.stdin.read() == "")', 'True'],
    ['js', 'console.log([1, 2].length, require("node:fs").readdirSync(".").length)', '2 0'],
    ['sql', 'CREATE TABLE t (n INTEGER); INSERT INTO t VALUES (7); SELECT n FROM t;', '7'],
    ['ts', 'const two: number = 2;\nconsole.log(two satisfies number)', '2'],
    ['java', 'public class Main { public static void main(String[] args) { System.out.println("java"); } }', 'java'],
    ['rust', 'fn main() { println!("rust"); }', 'rust'],
    ['go', 'package main\n\nimport "fmt"\n\nfunc main() { fmt.Println("go") }', 'go'],
  ] as const) {
    it(`${language}: in an empty folder, without input, with both streams in order`, async function () {
      this.timeout(60_000);
      const result = await run(language, code, output, 50);
      if (result.kind === 'not run') {
        assert.ok(process.env.CI === undefined || process.env.CI === '', `${language} can’t be run here: ${JSON.stringify(result)}`);
        return this.skip();
      }
      assert.deepEqual({ ...result, ms: 0 }, { kind: 'as expected', ms: 0 });
    });
  }

  it('stops a shell block at the first failure', async () => {
    assert.equal((await run('bash', 'echo a\nfalse\necho b', 'a')).kind, 'as expected');
    assert.equal((await run('bash', 'echo "$undefined_name"\necho b', 'b')).kind, 'different');
    assert.equal((await run('bash', 'false | true\necho b', '')).kind, 'as expected');
  });

  it('stops what takes too long, with everything it started', async () => {
    const mark = `roadmap-test-${process.pid}`;
    const started = performance.now();
    const result = await run('bash', `bash -c 'sleep 60; : ${mark}' & sleep 60`, '', 1);
    assert.ok(result.kind === 'timed out' && performance.now() - started < 5000);
    const left = await run('bash', `cat /proc/[0-9]*/cmdline 2>/dev/null | tr '\\0' ' ' | grep -c "[:] ${mark}" || true`, '0');
    assert.equal(left.kind, 'as expected');
  });

  it('does not wait for what a block leaves behind', async () => {
    const started = performance.now();
    assert.equal((await run('bash', 'sleep 60 & echo done', 'done')).kind, 'as expected');
    assert.ok(performance.now() - started < 5000);
  });

  it('says which tool is missing', async () => {
    const path = process.env['PATH'];
    process.env['PATH'] = '/nowhere';
    try {
      assert.deepEqual(await run('sql', '', ''), { kind: 'not run', tool: 'sqlite3' });
    } finally {
      process.env['PATH'] = path;
    }
  });
});
