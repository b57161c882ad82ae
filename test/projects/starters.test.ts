import assert from 'node:assert/strict';
import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { compileStarters } from '../../src/build/content/starters.js';
import { linkPackages, solutionFiles, writeFiles } from '../../src/build/projects/folder.js';
import { manifestSchema } from '../../src/core/checks/manifest.js';
import { environment as runnerEnvironment } from '../../src/runner/environment.js';
import { plan } from '../../src/core/scaffold/plan.js';
import { parseTemplate } from '../../src/core/scaffold/template.js';
import { readTarget } from '../../src/vscode/scaffold/readTarget.js';
import { write } from '../../src/vscode/scaffold/write.js';
import { DiskLocation, diskFileSystem } from '../support/diskFileSystem.js';

const repository = join(import.meta.dirname, '../..');
const roadmap = join(repository, 'roadmap');
const windows = process.platform === 'win32';
const python = windows ? 'python' : 'python3';

interface Manifest {
  readonly schema: number;
  readonly project: string;
  readonly language: string;
  readonly prepare?: readonly (readonly string[])[];
  readonly build: readonly (readonly string[])[];
  readonly run: { readonly server: readonly string[] };
}

interface Toolchain {
  readonly probe: readonly string[];
  readonly remedy: string;
  /** The unit tests as the README says to run them, and how their report counts. */
  readonly unitTests: readonly string[];
  readonly count: (report: string) => { passed: number; failed: number };
}

const matches = (text: string, pattern: RegExp): number => [...text.matchAll(pattern)].length;

const toolchains: Readonly<Record<string, Toolchain>> = {
  typescript: {
    probe: [process.execPath, '--version'], remedy: 'install Node 20 or later',
    unitTests: [process.execPath, '--test', '--test-reporter=tap', 'dist/resp.test.js'],
    count: (report) => ({ passed: matches(report, /^ok /gmu), failed: matches(report, /^not ok /gmu) }),
  },
  go: {
    probe: ['go', 'version'], remedy: 'install Go 1.22 or later',
    unitTests: ['go', 'test', '-count=1', '-v', './internal/resp'],
    count: (report) => ({ passed: matches(report, /^--- PASS/gmu), failed: matches(report, /^--- FAIL/gmu) }),
  },
  java: {
    probe: ['javac', '-version'], remedy: 'install a JDK 17 or later',
    unitTests: ['java', '-cp', '{out}/classes', 'test/RespTest.java'],
    count: (report) => ({ passed: matches(report, /^ok /gmu), failed: matches(report, /^not ok /gmu) }),
  },
  rust: {
    probe: ['cargo', '--version'], remedy: 'install Rust 1.75 or later with rustup',
    unitTests: ['cargo', 'test', '--offline', '--quiet', '--target-dir', '{out}/target', '--', '--test-threads=1', '--format=pretty'],
    count: (report) => ({ passed: matches(report, /^test .* \.\.\. ok$/gmu), failed: matches(report, /^test .* \.\.\. FAILED$/gmu) }),
  },
  python: {
    probe: [python, '-c', 'import sys; assert sys.version_info >= (3, 9)'], remedy: 'install Python 3.9 or later',
    unitTests: [python, '-m', 'unittest', '-v'],
    count: (report) => ({ passed: matches(report, / \.\.\. ok$/gmu), failed: matches(report, / \.\.\. (?:ERROR|FAIL)$/gmu) }),
  },
};

/** What says how the programs of a project speak. */
const protocols: Readonly<Record<string, string>> = { 'distributed-cache': 'PROTOCOL.md', 'grpc-microservices': 'proto/shop.proto', 'slow-api': 'API.md' };

/** Folders of a README that “Prepare Project” makes. */
const prepared = ['captures/', 'vendor/'];

const bytes = { ping: '*1\r\n$4\r\nPING\r\n', lower: '*1\r\n$4\r\nping\r\n', hello: '*2\r\n$4\r\nPING\r\n$5\r\nhello\r\n' };

for (const { name, json } of compileStarters(roadmap)) {
  const [project = '', language = ''] = name.split('.');
  describe(`starter ${project} in ${language}`, () => {
    const toolchain = toolchains[language];
    const started = new Set<ChildProcess>();
    let folder: string;
    let manifest: Manifest;

    before(async function () {
      assert.ok(toolchain, `test/projects/starters.test.ts knows no toolchain for ${language}`);
      const [tool = '', ...args] = toolchain.probe;
      if (spawnSync(tool, args, { stdio: 'ignore' }).status !== 0) {
        const missing = `The toolchain of ${language} is missing: ${toolchain.remedy}.`;
        assert.ok(process.env.CI === undefined || process.env.CI === '', missing);
        console.log(`      ${missing} Not tested.`);
        return this.skip();
      }
      folder = mkdtempSync(join(tmpdir(), `${project}-${language}-`));
      const template = parseTemplate(json);
      const planned = plan(template, await readTarget(diskFileSystem(), new DiskLocation(folder), template));
      assert.ok(planned.type === 'ready', JSON.stringify(planned));
      assert.deepEqual(await write(diskFileSystem(), new DiskLocation(folder), planned.operations, { unique: 'test' }), { type: 'written' });
      manifest = JSON.parse(readFileSync(join(folder, 'backend-roadmap.json'), 'utf8')) as Manifest;
      if (language === 'typescript') linkPackages(folder);
    });

    afterEach(async () => {
      const leftovers = [...started].filter((child) => child.exitCode === null && child.signalCode === null);
      for (const child of leftovers) { child.kill('SIGKILL'); await once(child, 'close'); }
      started.clear();
      assert.equal(leftovers.length, 0, 'a server outlived its test');
    });
    after(() => { if (folder !== undefined) rmSync(folder, { recursive: true, force: true, maxRetries: 10 }); });

    it('comes with a manifest, a README, the protocol and a dev container', () => {
      assert.deepEqual({ schema: manifest.schema, project: manifest.project, language: manifest.language }, { schema: manifestSchema, project, language });
      for (const path of ['README.md', protocols[project]!, '.gitignore', 'run.sh', 'run.ps1']) assert.ok(existsSync(join(folder, path)), path);
      const container = JSON.parse(readFileSync(join(folder, '.devcontainer/devcontainer.json'), 'utf8')) as { image: string };
      assert.match(container.image, /^mcr\.microsoft\.com\/devcontainers\//u);
      for (const script of ['run.sh', 'run.ps1']) assert.equal(readFileSync(join(folder, script), 'utf8').trimEnd().split('\n').length, 3, script);
    });

    it('names in its README only files that are there', () => {
      const readme = readFileSync(join(folder, 'README.md'), 'utf8');
      const named = [...readme.matchAll(/`([\w./-]+\.(?:ts|go|py|rs|java|json|toml|md|sh|ps1)|[\w-]+\/[\w/-]*)`/gu)].map((match) => match[1]!).filter((path) => path.includes('/') || path.endsWith('.json'));
      assert.ok(named.length >= 4, named.join());
      for (const path of named) assert.ok(existsSync(join(folder, path)) || prepared.includes(path), `${path} of the README`);
    });

    if (language === 'typescript') it('keeps a lock file in step with its packages, without addresses', () => {
      const lock = JSON.parse(readFileSync(join(folder, 'package-lock.json'), 'utf8')) as { packages: Record<string, { dependencies?: unknown; devDependencies?: unknown; resolved?: string; integrity?: string }> };
      const { dependencies, devDependencies } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as { dependencies?: Record<string, string>; devDependencies: Record<string, string> };
      assert.deepEqual(Object.keys(devDependencies).filter((name) => !name.startsWith('@types/')), ['typescript']);
      assert.deepEqual(lock.packages['']?.devDependencies, devDependencies);
      assert.deepEqual(lock.packages['']?.dependencies, dependencies);
      for (const [path, entry] of Object.entries(lock.packages)) {
        assert.equal(entry.resolved, undefined, path);
        if (path !== '') assert.match(entry.integrity ?? '', /^sha512-/u, path);
      }
    });

    // How the others answer is what their first stage checks.
    if (project === 'distributed-cache') describe('as shipped', () => {
      it('builds with the commands of its manifest', () => { build(); });

      it('says what is to do and exits with code 1', async () => {
        const server = start(await freePort());
        assert.deepEqual(await exitOf(server), [1, null]);
        assert.match(output(server), /TODO \(stage 1\): nothing listens on 127\.0\.0\.1:\d+ yet\. Your work begins in (\S+); README\.md says how/u);
        const begins = /begins in ([^;\s]+);/u.exec(output(server))![1]!;
        assert.match(readFileSync(join(folder, begins), 'utf8'), /TODO \(stage 1\): listen/u);
      });

      it('does the same through run.sh', async function () {
        if (windows) return this.skip();
        const run = launch('sh', [join(folder, 'run.sh')], tmpdir(), await freePort());
        assert.deepEqual(await once(run, 'close'), [1, null]);
        assert.match(output(run), /TODO \(stage 1\): nothing listens/u);
      });

      it('has two unit tests, which fail', () => {
        assert.deepEqual(unitTests(), { passed: 0, failed: 2 });
      });
    });

    if (project === 'distributed-cache') describe('with stage 1 solved', () => {
      before(() => {
        writeFiles(folder, solutionFiles(project, language, 1));
        build();
      });

      it('passes its two unit tests', () => {
        assert.deepEqual(unitTests(), { passed: 2, failed: 0 });
      });

      it('answers PING', async () => {
        const port = await freePort();
        const server = start(port);
        const first = await Client.connect(server, port, () => output(server));
        await first.expect(bytes.ping, '+PONG\r\n');
        await first.expect(bytes.lower, '+PONG\r\n');
        await first.expect(bytes.hello, '$5\r\nhello\r\n');
        for (let count = 0; count < 20; count += 1) await first.expect(bytes.ping, '+PONG\r\n');
        await first.expect(bytes.ping + bytes.hello + bytes.ping, '+PONG\r\n$5\r\nhello\r\n+PONG\r\n');

        first.send('*1\r\n$4\r\nPI');
        await sleep(150);
        assert.equal(first.received, '', 'an answer before the whole command had arrived');
        await first.expect('NG\r\n', '+PONG\r\n');
        await first.expect('*1\r\n$3\r\nFOO\r\n', /^-ERR unknown command 'FOO'.*\r\n$/u);
        await first.close();

        const second = await Client.connect(server, port, () => output(server));
        await second.expect(bytes.ping, '+PONG\r\n');
        second.send('*1\r\n$4');
        second.reset();

        const third = await Client.connect(server, port, () => output(server));
        await third.expect(bytes.ping, '+PONG\r\n');
        await third.close();
        await stopByStdin(server, port);
      });

      it('ends when its standard input ends, also while a client is connected', async () => {
        const port = await freePort();
        const server = start(port);
        const client = await Client.connect(server, port, () => output(server));
        await client.expect(bytes.ping, '+PONG\r\n');
        await stopByStdin(server, port);
        client.reset();
      });

      it('ends with code 0 on SIGTERM', async function () {
        if (windows) return this.skip();
        const port = await freePort();
        const server = start(port);
        const client = await Client.connect(server, port, () => output(server));
        server.kill('SIGTERM');
        assert.deepEqual(await exitOf(server), [0, null]);
        client.reset();
      });

      it('says so and exits with code 1 when the port is taken', async () => {
        const rival = createServer().listen(0, '127.0.0.1');
        await once(rival, 'listening');
        const server = start((rival.address() as AddressInfo).port);
        assert.deepEqual(await exitOf(server), [1, null]);
        assert.match(output(server), /in use/iu);
        rival.close();
      });
    });

    function fill(argument: string): string {
      return argument.replace('{out}', join(folder, 'build')).replace('{exe}', windows ? '.exe' : '').replace('{node}', process.execPath).replace('{python}', python);
    }

    function build(): void {
      mkdirSync(join(folder, 'build'), { recursive: true });
      for (const command of manifest.build) {
        const [tool = '', ...args] = command.map(fill);
        const result = spawnSync(tool, args, { cwd: folder, encoding: 'utf8', env: environment(1) });
        assert.equal(result.status, 0, `${command.join(' ')}\n${result.stdout}${result.stderr}`);
      }
    }

    function unitTests(): { passed: number; failed: number } {
      const [tool = '', ...args] = toolchain!.unitTests.map(fill);
      const result = spawnSync(tool, args, { cwd: folder, encoding: 'utf8', env: environment(1) });
      const counted = toolchain!.count(result.stdout + result.stderr);
      assert.equal(result.status === 0, counted.failed === 0, result.stdout + result.stderr);
      return counted;
    }

    function start(port: number): ChildProcess {
      const [program = '', ...args] = manifest.run.server.map(fill);
      return launch(program, args, folder, port);
    }

    function launch(program: string, args: readonly string[], cwd: string, port: number): ChildProcess {
      const child = spawn(program, args, { cwd, env: environment(port), stdio: ['pipe', 'pipe', 'pipe'] });
      started.add(child);
      logs.set(child, '');
      for (const stream of [child.stdout, child.stderr]) {
        stream.setEncoding('utf8').on('data', (text: string) => logs.set(child, output(child) + text));
      }
      return child;
    }
  });
}

const logs = new WeakMap<ChildProcess, string>();
function output(child: ChildProcess): string { return logs.get(child) ?? ''; }

/** What the server gets, and nothing of what tests run in. */
function environment(port: number): NodeJS.ProcessEnv {
  return runnerEnvironment({ HOST: '127.0.0.1', PORT: String(port), DATA_DIR: join(tmpdir(), 'unused') });
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

async function exitOf(child: ChildProcess): Promise<[number | null, NodeJS.Signals | null]> {
  if (child.exitCode !== null || child.signalCode !== null) return [child.exitCode, child.signalCode];
  return await Promise.race([
    // Not "exit": what the server wrote last is read by then.
    once(child, 'close') as Promise<[number | null, NodeJS.Signals | null]>,
    sleep(5000, undefined, { ref: false }).then(() => { throw new Error(`still running after 5 s: ${output(child)}`); }),
  ]);
}

async function stopByStdin(child: ChildProcess, port: number): Promise<void> {
  child.stdin!.end();
  assert.deepEqual(await exitOf(child), [0, null], output(child));
  const socket = connect(port, '127.0.0.1');
  const [error] = await once(socket, 'error') as [NodeJS.ErrnoException];
  assert.equal(error.code, 'ECONNREFUSED', 'something still listens');
}

class Client {
  received = '';
  private constructor(private readonly socket: Socket) {
    socket.setEncoding('latin1').setNoDelay(true).on('data', (text: string) => { this.received += text; }).on('error', () => undefined);
  }

  /** Tries until the server accepts, or has ended. */
  static async connect(server: ChildProcess, port: number, log: () => string): Promise<Client> {
    for (const deadline = Date.now() + 20_000; ; await sleep(20)) {
      const socket = connect(port, '127.0.0.1');
      const connected = await new Promise<boolean>((resolve) => { socket.once('connect', () => { resolve(true); }).once('error', () => { resolve(false); }); });
      if (connected) return new Client(socket);
      assert.equal(server.exitCode, null, `the server ended: ${log()}`);
      assert.ok(Date.now() < deadline, `nothing accepts: ${log()}`);
    }
  }

  send(text: string): void { this.socket.write(text, 'latin1'); }

  /** Sends, and compares all that comes back. */
  async expect(text: string, wanted: string | RegExp): Promise<void> {
    this.send(text);
    const complete = (): boolean => (typeof wanted === 'string' ? this.received.length >= wanted.length : wanted.test(this.received));
    for (const deadline = Date.now() + 5000; !complete() && Date.now() < deadline;) await sleep(2);
    if (typeof wanted === 'string') assert.equal(this.received, wanted, JSON.stringify(text));
    else assert.match(this.received, wanted, JSON.stringify(text));
    this.received = '';
  }

  async close(): Promise<void> {
    this.socket.end();
    await once(this.socket, 'close');
  }

  /** Leaves without a goodbye. */
  reset(): void { this.socket.resetAndDestroy(); }
}
