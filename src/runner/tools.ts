import { spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Manifest } from '../core/checks/manifest.js';
import { isNewEnough, leastOf, remedyOf, toolsOf, versionIn, type OperatingSystem, type Tool } from '../core/checks/toolchains.js';
import { environment } from './environment.js';
import { Blocked } from './problems.js';

export const windows = process.platform === 'win32';
export const operatingSystem: OperatingSystem = windows ? 'windows' : process.platform === 'darwin' ? 'macos' : 'linux';

/** Values for the placeholders of a manifest. */
export type Tools = Readonly<Record<string, string>>;

/**
 * Finds what the project's language needs. @throws Blocked with one exact remedy when a tool is missing or too old, or the project
 * is not prepared.
 */
export async function findTools(root: string, manifest: Manifest, out: string): Promise<Tools> {
  const found = new Map<string, readonly string[]>();
  for (const tool of toolsOf(manifest, (file) => textOf(join(root, file)))) found.set(tool.name, await find(tool));
  const missing = manifest.needs.find((path) => !existsSync(join(root, path)));
  if (missing !== undefined) {
    throw new Blocked({
      summary: `The project is not prepared: ${missing} is not there.`,
      remedy: `Run “Prepare Project”, or ${manifest.prepare.map((command) => command.join(' ')).join(' && ')} in the project’s folder. It needs the network once.`,
    }, true);
  }
  return { out, exe: windows ? '.exe' : '', node: found.get('Node.js')?.[0] ?? 'node', python: pythonOf(root) ?? found.get('Python')?.[0] ?? 'python3' };
}

function textOf(path: string): string | undefined {
  return existsSync(path) ? readFileSync(path, 'utf8') : undefined;
}

/** The interpreter of the project's own virtual environment, when it has one. */
function pythonOf(root: string): string | undefined {
  const path = windows ? join(root, '.venv', 'Scripts', 'python.exe') : join(root, '.venv', 'bin', 'python');
  return existsSync(path) ? path : undefined;
}

/** @returns the program that answers to the tool's name. */
async function find(tool: Tool): Promise<readonly string[]> {
  let old: string | undefined;
  for (const probe of tool.probes) {
    const version = versionIn(tool, await printed(probe));
    if (version === undefined) continue;
    if (isNewEnough(tool, version)) return probe;
    old ??= version.join('.');
  }
  const wanted = `${tool.name} ${leastOf(tool)} or newer`;
  throw new Blocked({
    summary: old === undefined ? `${tool.name} was not found on the PATH that VS Code was started with.` : `${tool.name} is too old: ${old} was found, and ${wanted} is needed.`,
    remedy: remedyOf(tool, operatingSystem),
  });
}

async function printed([program = '', ...args]: readonly string[]): Promise<string> {
  return await new Promise((resolve) => {
    let text = '';
    const child = spawn(program, args, { env: environment(), stdio: ['ignore', 'pipe', 'pipe'], windowsHide: true, timeout: 20_000 });
    for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', (piece: string) => { text += piece; });
    child.on('error', () => { resolve(''); }).on('close', (code) => { resolve(code === 0 ? text : ''); });
  });
}
