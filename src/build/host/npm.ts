import { mkdir, rm } from 'node:fs/promises';
import * as path from 'node:path';
import { exec } from './exec.js';
import { UserError } from './userError.js';

export interface NpmOptions {
  readonly cwd: string;
  readonly log: string;
  readonly purpose: string;
  /** Node to run npm and its scripts with, headers included, instead of the one on PATH. */
  readonly nodeDir?: string;
}

/** Runs npm apart from the npm command that may have started this program. */
export function npm(args: readonly string[], options: NpmOptions): Promise<string> {
  const command = process.platform === 'win32' ? 'npm.cmd' : 'npm';
  return exec(command, [...args, '--no-audit', '--no-fund', '--no-update-notifier'], {
    cwd: options.cwd,
    env: cleanEnv(options.nodeDir),
    log: options.log,
    purpose: options.purpose,
  });
}

/** Downloads one package of a pinned integrity and unpacks it into `target`. */
export async function unpackPackage(
  spec: string,
  integrity: string,
  target: string,
  options: NpmOptions,
): Promise<void> {
  const said = await npm(['pack', spec, '--json', '--pack-destination', options.cwd], options);
  const { filename, integrity: found } = packedFile(said);
  if (found !== integrity) {
    throw new UserError(`${spec} has the integrity ${found}, not the pinned ${integrity}; not installed.`);
  }
  const file = path.join(options.cwd, filename);
  await mkdir(target, { recursive: true });
  await exec('tar', ['-xzf', file, '-C', target, '--strip-components=1', '--no-same-owner'], {
    purpose: `Unpacking ${spec}`,
  });
  await rm(file);
}

function packedFile(json: string): { filename: string; integrity: string } {
  const answer: unknown = JSON.parse(json.slice(json.search(/[[{]/)));
  // npm 12 answers with an object keyed by package, older ones with an array.
  const [first] = Object.values(answer as Record<string, unknown>);
  const { filename, integrity } = first as { filename?: unknown; integrity?: unknown };
  if (typeof filename !== 'string' || typeof integrity !== 'string') {
    throw new UserError(`npm pack answered in a form this script does not know: ${json.slice(0, 200)}`);
  }
  return { filename: path.basename(filename), integrity };
}

const leaking = /^npm_(package_|lifecycle_|execpath$|node_execpath$|command$|config_(ignore_scripts|omit|include|only|production|local_prefix|global|prefix|package_lock.*|dry_run|json|nodedir|node_gyp|node_options)$)/i;

function cleanEnv(nodeDir: string | undefined): NodeJS.ProcessEnv {
  const env: NodeJS.ProcessEnv = {};
  for (const [name, value] of Object.entries(process.env)) {
    if (!leaking.test(name) && name !== 'NODE_OPTIONS' && name !== 'INIT_CWD') {
      env[name] = value;
    }
  }
  if (nodeDir) {
    env.PATH = [path.join(nodeDir, 'bin'), env.PATH].filter(Boolean).join(path.delimiter);
    env.npm_config_nodedir = nodeDir;
  }
  return env;
}
