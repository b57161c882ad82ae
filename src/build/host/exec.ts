import { spawn } from 'node:child_process';
import { appendFileSync } from 'node:fs';
import { UserError } from './userError.js';

export interface ExecOptions {
  readonly cwd?: string;
  readonly env?: NodeJS.ProcessEnv;
  /** A file that keeps everything the program says. */
  readonly log?: string;
  /** What the program is for, named when it fails. */
  readonly purpose: string;
}

/** Runs a program to its end and returns what it printed; throws a UserError with its last lines when it fails. */
export function exec(command: string, args: readonly string[], options: ExecOptions): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, {
      cwd: options.cwd,
      env: options.env,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let stdout = '';
    let everything = '';
    const keep = (chunk: string): void => {
      everything = (everything + chunk).slice(-20_000);
      if (options.log) {
        appendFileSync(options.log, chunk);
      }
    };
    child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
      stdout += chunk;
      keep(chunk);
    });
    child.stderr.setEncoding('utf8').on('data', keep);
    child.on('error', (error) => reject(new UserError(`${options.purpose} failed: ${error.message}`)));
    child.on('close', (code, signal) => {
      if (code === 0) {
        resolve(stdout);
        return;
      }
      const lastLines = everything.trim().split('\n').slice(-12).join('\n  ');
      const where = options.log ? ` (everything it said: ${options.log})` : '';
      reject(
        new UserError(
          `${options.purpose} failed: "${[command, ...args].join(' ')}" ended with ${signal ?? code}${where}\n  ${lastLines}`,
        ),
      );
    });
  });
}
