import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import * as os from 'node:os';
import * as path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { exec } from './exec.js';
import { ensureHost } from './install.js';
import type { HostPaths } from './paths.js';
import { forwardPorts } from './portForwarder.js';
import { writeUserSettings } from './settings.js';
import type { Settings } from './settings.js';
import { UserError } from './userError.js';

export interface HostOptions {
  /** The folder `openWorkbench` opens unless told otherwise. */
  readonly workspace?: string;
  /** Where installed extensions live; see `installVsix`. */
  readonly extensionsDir?: string;
  /** Given directories outlive the host, so that a test can start it again; others are fresh and removed at stop. */
  readonly userDataDir?: string;
  readonly serverDataDir?: string;
  /** Lets the page load a development extension and a test module, and hides notification toasts; default true. */
  readonly smokeTest?: boolean;
  /** false leaves Workspace Trust on, so that folders open in Restricted Mode; default true. */
  readonly trust?: boolean;
  /** 0, the default, picks a free one. */
  readonly port?: number;
  /** User settings on top of the quiet ones every host has. */
  readonly settings?: Settings;
  /** Added to the environment of the server and of the extension host. */
  readonly env?: Readonly<Record<string, string>>;
}

export interface Host {
  readonly url: string;
  readonly port: number;
  readonly pid: number;
  readonly workspace: string | undefined;
  readonly smokeTest: boolean;
  readonly userDataDir: string;
  readonly serverDataDir: string;
  readonly extensionsDir: string;
  /** Everything the server has printed, oldest first. */
  readonly logs: readonly string[];
  /** Ends the server and every process it started; SIGKILL stands for a crash. */
  stop(signal?: 'SIGTERM' | 'SIGKILL'): Promise<void>;
}

const startTimeoutMs = 60_000;
const running = new Set<() => void>();
let guarded = false;

/** Starts the embedded VS Code on 127.0.0.1 and waits until it answers. */
export async function startHost(options: HostOptions = {}): Promise<Host> {
  const paths = await ensureHost();
  const scratch = mkdtempSync(path.join(os.tmpdir(), 'backend-roadmap-host-'));
  const directories = {
    userDataDir: options.userDataDir ?? path.join(scratch, 'user'),
    serverDataDir: options.serverDataDir ?? path.join(scratch, 'server'),
    extensionsDir: options.extensionsDir ?? path.join(scratch, 'extensions'),
  };
  await Promise.all(Object.values(directories).map((directory) => mkdir(directory, { recursive: true })));
  await writeUserSettings(directories.userDataDir, options.settings ?? {});

  const forwarder = await forwardPorts();
  const child = spawn(paths.node, [paths.serverMain, ...serverArguments(options, directories)], {
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...withoutDevelopmentVariables(process.env), VSCODE_PROXY_URI: forwarder.template, ...options.env },
  });
  const killNow = (): void => {
    killGroup(child, 'SIGKILL');
    rmSync(scratch, { recursive: true, force: true });
  };
  guardExit();
  running.add(killNow);
  const logs = collectLogs(child);
  const exited = new Promise<void>((resolve) => child.once('exit', () => resolve()));

  const stop = async (signal: 'SIGTERM' | 'SIGKILL' = 'SIGTERM'): Promise<void> => {
    if (running.has(killNow)) {
      killGroup(child, signal);
      await Promise.race([exited, sleep(5_000)]);
      killGroup(child, 'SIGKILL');
      await exited;
      forwarder.close();
      running.delete(killNow);
      rmSync(scratch, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
    }
  };

  try {
    const port = await listeningPort(child, logs);
    const url = `http://localhost:${port}`;
    await untilItAnswers(`http://127.0.0.1:${port}/version`);
    return { url, port, pid: child.pid ?? 0, workspace: options.workspace, smokeTest: options.smokeTest ?? true, ...directories, logs, stop };
  } catch (error) {
    await stop('SIGKILL');
    throw error;
  }
}

/** Installs a packed extension into `extensionsDir`, for a host started with that directory. */
export async function installVsix(file: string, extensionsDir: string): Promise<void> {
  const paths: HostPaths = await ensureHost();
  const scratch = mkdtempSync(path.join(os.tmpdir(), 'backend-roadmap-install-'));
  try {
    await mkdir(extensionsDir, { recursive: true });
    const said = await exec(
      paths.node,
      [
        paths.serverMain,
        '--install-extension',
        path.resolve(file),
        '--force',
        ...directoryArguments({ extensionsDir, userDataDir: path.join(scratch, 'user'), serverDataDir: scratch }),
      ],
      { purpose: `Installing ${path.basename(file)}`, env: withoutDevelopmentVariables(process.env) },
    );
    if (!/successfully installed/i.test(said)) {
      throw new UserError(`Installing ${path.basename(file)} failed: ${said.trim()}`);
    }
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

interface Directories {
  readonly userDataDir: string;
  readonly serverDataDir: string;
  readonly extensionsDir: string;
}

function directoryArguments({ userDataDir, serverDataDir, extensionsDir }: Directories): readonly string[] {
  return ['--user-data-dir', userDataDir, '--server-data-dir', serverDataDir, '--extensions-dir', extensionsDir];
}

function serverArguments(options: HostOptions, directories: Directories): readonly string[] {
  return [
    '--host',
    '127.0.0.1',
    '--port',
    String(options.port ?? 0),
    '--without-connection-token',
    '--accept-server-license-terms',
    '--disable-telemetry',
    ...directoryArguments(directories),
    ...((options.smokeTest ?? true) ? ['--enable-smoke-test-driver'] : []),
    ...((options.trust ?? true) ? ['--disable-workspace-trust'] : []),
  ];
}

function withoutDevelopmentVariables(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return Object.fromEntries(
    Object.entries(env).filter(([name]) => !/^(VSCODE_|ELECTRON_|NODE_OPTIONS$|npm_|INIT_CWD$)/.test(name)),
  );
}

function collectLogs(child: ChildProcess): string[] {
  const logs: string[] = [];
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding('utf8').on('data', (chunk: string) => logs.push(...chunk.split('\n').filter(Boolean)));
  }
  return logs;
}

async function listeningPort(child: ChildProcess, logs: readonly string[]): Promise<number> {
  for (const deadline = Date.now() + startTimeoutMs; Date.now() < deadline; await sleep(25)) {
    const port = logs.map((line) => /agent listening on (\d+)/.exec(line)?.[1]).find(Boolean);
    if (port) {
      return Number(port);
    }
    if (child.exitCode !== null || child.signalCode !== null) {
      break;
    }
  }
  throw new UserError(`The VS Code server did not start:\n  ${logs.slice(-12).join('\n  ')}`);
}

async function untilItAnswers(url: string): Promise<void> {
  for (const deadline = Date.now() + startTimeoutMs; Date.now() < deadline; await sleep(50)) {
    const answered = await fetch(url).then(
      async response => (await response.text(), response.ok),
      () => false,
    );
    if (answered) {
      return;
    }
  }
  throw new UserError(`The VS Code server does not answer at ${url}`);
}

function killGroup(child: ChildProcess, signal: NodeJS.Signals): void {
  try {
    if (child.pid) {
      process.kill(-child.pid, signal);
    }
  } catch {
    // The group is gone already.
  }
}

function guardExit(): void {
  if (guarded) {
    return;
  }
  guarded = true;
  process.on('exit', () => running.forEach((killNow) => killNow()));
  for (const [signal, code] of [['SIGINT', 130], ['SIGTERM', 143], ['SIGHUP', 129]] as const) {
    process.once(signal, () => process.exit(code));
  }
}
