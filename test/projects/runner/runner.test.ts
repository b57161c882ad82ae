import assert from 'node:assert/strict';
import { build } from 'esbuild';
import { spawn } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { bundles } from '../../../src/build/bundles.js';
import { parseManifest, type Manifest } from '../../../src/core/checks/manifest.js';
import { Outcome, type Exit } from '../../../src/core/checks/outcome.js';
import type { RunnerEvent } from '../../../src/core/checks/protocol.js';
import type { Judgement } from '../../../src/core/checks/verdict.js';
import { remedyOf, toolchains } from '../../../src/core/checks/toolchains.js';
import { startOf } from '../../../src/runner/processes.js';
import { operatingSystem } from '../../../src/runner/tools.js';
import { checkRunner, endLeftoversIn } from '../../../src/vscode/platform/node/checkRunner.js';

const windows = process.platform === 'win32';

/** Listens, prints its environment, ends with its standard input; with STUBBORN it does not. */
const server = `
import { createServer } from 'node:net';
const { HOST, PORT, DATA_DIR, ROADMAP_STAGE, TZ, LC_ALL, EXTRA, NODE_OPTIONS, http_proxy, ELECTRON_RUN_AS_NODE } = process.env;
console.log(JSON.stringify({ HOST, PORT, DATA_DIR, ROADMAP_STAGE, TZ, LC_ALL, EXTRA, NODE_OPTIONS, http_proxy, ELECTRON_RUN_AS_NODE }));
if (process.argv[2] === 'stubborn') process.on('SIGTERM', () => {});
else process.stdin.on('end', () => process.exit(0)).resume();
if (process.argv[2] === 'crash') setTimeout(() => { console.error('something broke'); process.exit(9); }, 200);
if (process.argv[2] === 'flood') { for (let i = 0; i < 20000; i++) console.log('line ' + i + ' ' + 'x'.repeat(100)); }
if (process.argv[2] !== 'deaf') createServer((socket) => socket.on('error', () => {})).listen(Number(PORT), HOST);
setInterval(() => {}, 1000);
`;

describe('the runner', () => {
  let folder: string;
  let runners: string;
  let root: string;

  before(async () => {
    folder = mkdtempSync(join(tmpdir(), 'runner-'));
    runners = join(folder, 'runners');
    await build({ ...bundles.runner, entryPoints: { fixture: 'test/projects/runner/fixtureMain.ts' }, outdir: runners });
    root = join(folder, 'project');
    mkdirSync(root);
    writeFileSync(join(root, 'server.mjs'), server);
  });
  after(() => { rmSync(folder, { recursive: true, force: true, maxRetries: 10 }); });

  const manifest = (change: Record<string, unknown> = {}): Manifest => parseManifest(JSON.stringify({ schema: 2, project: 'fixture', language: 'plain', run: { server: [process.execPath, 'server.mjs'] }, readyTimeoutSec: 5, ...change }));

  interface Run { readonly judgements: Judgement[]; readonly events: RunnerEvent[]; readonly exit: Exit; readonly outcome: Outcome }
  interface Options { readonly manifest?: Manifest; readonly seed?: number; readonly stop?: (events: RunnerEvent[]) => boolean; readonly environment?: Record<string, string> }

  async function run(names: readonly string[], options: Options = {}): Promise<Run> {
    const checks = names.map((name) => `kinds/${name}`);
    const outcome = new Outcome(checks);
    const [judgements, events]: [Judgement[], RunnerEvent[]] = [[], []];
    let cancel: (() => void) | undefined;
    let cancelled = false;
    const before = { ...process.env };
    Object.assign(process.env, options.environment);
    try {
      const exit = await checkRunner(runners).run({
        root, manifest: options.manifest ?? manifest(), checks, seed: options.seed ?? 1, out: join(folder, 'out'), scratch: join(folder, 'scratch'), processes: join(folder, 'processes', 'run.jsonl'),
      }, (event) => {
        events.push(event);
        judgements.push(...[outcome.take(event)].filter((judgement) => judgement !== undefined));
        if (cancelled || options.stop?.(events) !== true) return;
        cancelled = true;
        cancel?.();
      }, { get isCancellationRequested() { return cancelled; }, onCancellationRequested: (listener) => { cancel = listener; return { dispose: () => undefined }; } });
      judgements.push(...outcome.end(exit));
      return { judgements, events, exit, outcome };
    } finally {
      for (const name of Object.keys(options.environment ?? {})) { if (before[name] === undefined) delete process.env[name]; else process.env[name] = before[name]; }
    }
  }

  const verdictOf = async (name: string, options?: Options) => (await run([name], options)).judgements.map(({ verdict, report }) => ({ verdict, summary: report?.summary }))[0]!;

  it('passes what asserted something and failed nothing', async () => {
    const { judgements, outcome } = await run(['passes']);
    assert.deepEqual(judgements.map(({ verdict }) => verdict), ['passed']);
    assert.equal(outcome.passed('kinds'), true);
  });

  it('fails with the report of the first assertion, and the program’s last lines', async () => {
    const { judgements } = await run(['fails', 'passes']);
    assert.deepEqual(judgements.map(({ verdict }) => verdict), ['failed', 'nothingRan']);
    assert.equal(judgements[0]?.report?.actual, '2');
    assert.match(judgements[0]?.report?.log?.join('\n') ?? '', /"HOST":"127\.0\.0\.1"/u);
  });

  it('counts a check that compared nothing as nothing ran', async () => {
    assert.equal((await verdictOf('asserts-nothing')).verdict, 'nothingRan');
  });

  it('ends a check whose time is up, and says at which step', async () => {
    const { verdict, summary } = await verdictOf('hangs');
    assert.equal(verdict, 'timedOut');
    assert.match(summary ?? '', /longer than its 1 s\. The last step was: now it waits/u);
  });

  it('could not run what breaks in the checker itself, by an error, an exit or a kill: never passed', async () => {
    assert.deepEqual(await verdictOf('throws'), { verdict: 'couldNotRun', summary: 'The checker itself failed: a mistake in the check' });
    assert.equal((await verdictOf('exits')).verdict, 'couldNotRun');
    const { judgements, outcome } = await run(['passes', 'dies', 'fails']);
    assert.deepEqual(judgements.map(({ verdict }) => verdict), ['passed', 'couldNotRun', 'nothingRan']);
    assert.equal(outcome.passed('kinds'), false);
  });

  it('could not run what lacks something, and is inconclusive where the check says so', async () => {
    assert.deepEqual(await verdictOf('blocked'), { verdict: 'couldNotRun', summary: 'It needs something.' });
    assert.equal((await verdictOf('inconclusive')).verdict, 'inconclusive');
    assert.equal((await verdictOf('memory')).verdict, 'couldNotRun');
    assert.equal((await verdictOf('no-such-check')).verdict, 'couldNotRun');
  });

  it('judges no other program that listens on the port in the place of the learner’s', async () => {
    const { verdict, summary } = await verdictOf('port-taken');
    assert.equal(verdict, 'couldNotRun');
    assert.match(summary ?? '', /already listens on port/u);
  });

  it('repeats the random data of a seed', async () => {
    const word = async (seed: number) => (await run(['random'], { seed })).events.flatMap((event) => event.type === 'output' ? [event.text] : []).join();
    assert.equal(await word(5), await word(5));
    assert.notEqual(await word(5), await word(6));
  });

  it('gives the program its environment and nothing of the editor’s', async () => {
    const { events } = await run(['environment'], { environment: { NODE_OPTIONS: '--no-warnings', http_proxy: 'http://127.0.0.1:1', VSCODE_PID: '1' } });
    const seen = JSON.parse(events.flatMap((event) => event.type === 'output' ? [event.text] : [])[0]!) as Record<string, string>;
    const { PORT, DATA_DIR, ...rest } = seen;
    assert.deepEqual(rest, { HOST: '127.0.0.1', ROADMAP_STAGE: '1', TZ: 'UTC', LC_ALL: 'C.UTF-8', EXTRA: 'yes' });
    assert.match(PORT ?? '', /^\d+$/u);
    assert.equal(existsSync(DATA_DIR ?? ''), false, 'the data folder is removed after the check');
  });

  it('says why a program did not come up: it ended, or listens elsewhere', async () => {
    const ends = await run(['passes'], { manifest: manifest({ run: { server: [process.execPath, '-e', 'console.log("TODO"); process.exit(1)'] } }) });
    assert.equal(ends.judgements[0]?.verdict, 'failed');
    assert.match(ends.judgements[0]?.report?.summary ?? '', /ended with exit code 1 before it listened/u);
    assert.deepEqual(ends.judgements[0]?.report?.log, ['TODO']);
    const deaf = await run(['passes'], { manifest: manifest({ run: { server: [process.execPath, 'server.mjs', 'deaf'] }, readyTimeoutSec: 1 }) });
    assert.match(deaf.judgements[0]?.report?.summary ?? '', /nothing accepts a connection/u);
    const missing = await run(['passes'], { manifest: manifest({ run: { server: ['no-such-program'] } }) });
    assert.equal(missing.judgements[0]?.verdict, 'failed');
    assert.match(missing.judgements[0]?.report?.summary ?? '', /without starting/u);
  });

  it('adds to a failure that the program has ended by itself', async () => {
    const { judgements } = await run(['ends-early'], { manifest: manifest({ run: { server: [process.execPath, 'server.mjs', 'crash'] } }) });
    assert.match(judgements[0]?.report?.summary ?? '', /The program has ended with exit code 9/u);
    assert.match(judgements[0]?.report?.log?.at(-1) ?? '', /something broke/u);
  });

  it('keeps the end of what a program prints, however much it is', async () => {
    const { judgements } = await run(['fails'], { manifest: manifest({ run: { server: [process.execPath, 'server.mjs', 'flood'] } }) });
    assert.equal(judgements[0]?.verdict, 'failed');
    assert.ok((judgements[0]?.report?.log?.length ?? 0) <= 20);
  });

  it('blocks every check when the build fails, cannot start or takes too long, with what it printed', async () => {
    const blocked = async (build: string[][], more = {}) => (await run(['passes', 'fails'], { manifest: manifest({ build, ...more }) })).judgements;
    const failed = await blocked([[process.execPath, '-e', 'console.error("src/a.ts(1,2): error"); process.exit(2)']]);
    assert.deepEqual(failed.map(({ verdict }) => verdict), ['couldNotRun', 'couldNotRun']);
    assert.match(failed[0]?.report?.summary ?? '', /does not build: .* exit code 2/u);
    assert.deepEqual(failed[0]?.report?.log, ['src/a.ts(1,2): error']);
    assert.match((await blocked([['no-such-compiler']]))[0]?.report?.summary ?? '', /could not start no-such-compiler/u);
    assert.match((await blocked([[process.execPath, '-e', 'setTimeout(() => {}, 60000)']], { buildTimeoutSec: 1 }))[0]?.report?.summary ?? '', /longer than 1 s/u);
  });

  it('blocks with “prepare” when what the project needs is not installed', async () => {
    const { judgements, events } = await run(['passes'], { manifest: manifest({ needs: ['node_modules/typescript'], prepare: [['npm', 'ci']] }) });
    assert.equal(judgements[0]?.verdict, 'couldNotRun');
    assert.match(judgements[0]?.report?.remedy ?? '', /Prepare Project.*npm ci/u);
    assert.ok(events.some((event) => event.type === 'blocked' && event.prepare === true));
  });

  for (const [language, tools] of Object.entries(toolchains)) {
    for (const tool of tools) {
      it(`blocks with one remedy when ${tool.name} is not on the PATH, or too old: ${language}`, async function () {
        if (windows) return this.skip();
        const empty = mkdtempSync(join(folder, 'path-'));
        const missing = await verdictAndRemedy(language, empty);
        assert.equal(missing.verdict, 'couldNotRun');
        assert.match(missing.summary, new RegExp(`^${tool.name} was not found on the PATH`, 'u'));
        assert.equal(missing.remedy, remedyOf(tool, operatingSystem));
        for (const [program] of tool.probes) {
          const file = join(empty, program!);
          writeFileSync(file, `#!/bin/sh\necho '${{ node: 'v0.1.0', go: 'go version go1.1', javac: 'javac 1.8.0', cargo: 'cargo 1.0.0' }[program!] ?? 'Python 2.7.1'}'\n`);
          chmodSync(file, 0o755);
        }
        const old = await verdictAndRemedy(language, empty);
        assert.equal(old.verdict, 'couldNotRun');
        assert.match(old.summary, /is too old/u);
      });
    }
  }

  it('blocks when the project asks for a newer compiler than the one that is there', async function () {
    if (windows) return this.skip();
    const path = mkdtempSync(join(folder, 'path-'));
    writeFileSync(join(path, 'cargo'), '#!/bin/sh\necho "cargo 1.75.0"\n', { mode: 0o755 });
    const asks = join(root, 'Cargo.toml');
    writeFileSync(asks, '[package]\nrust-version = "1.88"\n');
    try {
      const { verdict, summary, remedy } = await verdictAndRemedy('rust', path);
      assert.deepEqual({ verdict, summary }, { verdict: 'couldNotRun', summary: 'Rust is too old: 1.75 was found, and Rust 1.88 or newer is needed.' });
      assert.match(remedy, /^Install Rust 1\.88 or newer/u);
    } finally {
      rmSync(asks);
    }
    assert.equal((await verdictAndRemedy('rust', path)).verdict, 'passed');
  });

  async function verdictAndRemedy(language: string, path: string): Promise<{ verdict: string; summary: string; remedy: string }> {
    for (const name of ['sh', 'uname']) if (!existsSync(join(path, name))) symlinkSync(existsSync(`/bin/${name}`) ? `/bin/${name}` : `/usr/bin/${name}`, join(path, name));
    const { judgements } = await run(['passes'], { manifest: manifest({ language }), environment: { PATH: path } });
    return { verdict: judgements[0]?.verdict ?? '', summary: judgements[0]?.report?.summary ?? '', remedy: judgements[0]?.report?.remedy ?? '' };
  }

  const pidIn = (events: readonly RunnerEvent[]): number | undefined => {
    const text = events.flatMap((event) => event.type === 'output' ? [/^pid (\d+)/u.exec(event.text)?.[1]] : []).find((pid) => pid !== undefined);
    return text === undefined ? undefined : Number(text);
  };

  async function gone(pid: number): Promise<boolean> {
    for (const deadline = Date.now() + 10_000; Date.now() < deadline; await sleep(20)) if (await isGone(pid)) return true;
    return false;
  }

  async function isGone(pid: number): Promise<boolean> {
    if (await startOf(pid) === undefined) return true;
    // Ended and not yet fetched by its parent.
    return process.platform === 'linux' && /\) Z /u.test(readFileSync(`/proc/${pid}/stat`, 'latin1'));
  }

  it('blocks with one remedy when a manifest builds with Maven and there is none', async function () {
    if (windows) return this.skip();
    const tools = join(folder, 'without-maven');
    mkdirSync(tools);
    writeFileSync(join(tools, 'javac'), '#!/bin/sh\necho javac 17.0.1\n');
    chmodSync(join(tools, 'javac'), 0o755);
    symlinkSync('/bin/sh', join(tools, 'sh'));
    const { judgements } = await run(['passes'], { manifest: manifest({ language: 'java', build: [['mvn', 'package']] }), environment: { PATH: tools } });
    assert.equal(judgements[0]?.verdict, 'couldNotRun');
    assert.match(judgements[0]?.report?.summary ?? '', /^Maven was not found/u);
    assert.match(judgements[0]?.report?.remedy ?? '', /Maven 3\.8/u);
  });

  it('ends everything at once when the learner stops the run, stubborn programs too', async () => {
    const { judgements, events, exit } = await run(['starts-and-waits', 'passes'], { manifest: manifest({ run: { server: [process.execPath, 'server.mjs', 'stubborn'] } }), stop: (seen) => pidIn(seen) !== undefined });
    assert.equal(exit.cancelled, true);
    assert.deepEqual(judgements.map(({ verdict }) => verdict), ['nothingRan', 'nothingRan']);
    assert.equal(await gone(pidIn(events)!), true, 'the program has ended');
  });

  it('ends what a runner that was killed has left behind, and only that', async function () {
    if (windows) return this.skip();
    // Not through checkRunner: this host is to be killed together with its runner.
    const processes = join(folder, 'killed');
    mkdirSync(processes);
    const file = join(processes, 'run.jsonl');
    const request = { secret: 's', root, manifest: manifest({ run: { server: [process.execPath, 'server.mjs', 'stubborn'] } }), checks: ['kinds/starts-and-waits'], seed: 1, out: join(folder, 'out'), scratch: join(folder, 'scratch2'), processes: file };
    const child = spawn(process.execPath, [join(runners, 'fixture.js')], { stdio: ['pipe', 'pipe', 'inherit'] });
    child.stdin.write(`${JSON.stringify(request)}\n`);
    let text = '';
    child.stdout.setEncoding('utf8').on('data', (piece: string) => { text += piece; });
    for (const deadline = Date.now() + 15_000; !/pid (\d+)/u.test(text) && Date.now() < deadline; await sleep(20)) { /* until the program runs */ }
    const pid = Number(/pid (\d+)/u.exec(text)?.[1]);
    assert.equal(await endLeftoversIn(processes), 0, 'a runner at work is left alone');
    assert.equal(await isGone(pid), false);
    child.kill('SIGKILL');
    await new Promise((resolve) => child.once('close', resolve));
    assert.equal(await isGone(pid), false, 'the stubborn program has outlived its runner');
    const mine = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { detached: true });
    writeFileSync(file, `${readFileSync(file, 'utf8')}{"pid":${mine.pid!},"since":"another time"}\nrubbish\n`);
    assert.equal(await endLeftoversIn(processes), 1);
    assert.equal(await gone(pid), true);
    assert.equal(await isGone(mine.pid!), false, 'a process with the number of an earlier one is another');
    mine.kill('SIGKILL');
    assert.deepEqual(readdirSync(processes), []);
  });

  it('ends with everything it started when its host is gone', async () => {
    const file = join(folder, 'processes', 'gone.jsonl');
    mkdirSync(dirname(file), { recursive: true });
    const request = { secret: 's', root, manifest: manifest({ run: { server: [process.execPath, 'server.mjs', 'stubborn'] } }), checks: ['kinds/starts-and-waits'], seed: 1, out: join(folder, 'out'), scratch: join(folder, 'scratch3'), processes: file };
    const child = spawn(process.execPath, [join(runners, 'fixture.js')], { stdio: ['pipe', 'pipe', 'inherit'] });
    child.stdin.write(`${JSON.stringify(request)}\n`);
    let text = '';
    child.stdout.setEncoding('utf8').on('data', (piece: string) => { text += piece; });
    for (const deadline = Date.now() + 15_000; !/pid (\d+)/u.test(text) && Date.now() < deadline; await sleep(20)) { /* until the program runs */ }
    child.stdin.end();
    const [code] = await new Promise<[number | null]>((resolve) => child.once('close', (exitCode) => { resolve([exitCode]); }));
    assert.equal(code, 3);
    assert.equal(await gone(Number(/pid (\d+)/u.exec(text)?.[1])), true);
    assert.equal(existsSync(file), false);
  });
});
