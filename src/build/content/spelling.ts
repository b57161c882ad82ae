import { spawn } from 'node:child_process';
import { createRequire } from 'node:module';
import { dirname, join, posix } from 'node:path';
import type { Problem } from './problem.js';

/** Checks the words of everything that people read: notes, cards, texts of the YAML files, the manifest's strings, the read-mes. */
export async function checkSpelling(project: string, config = join(project, '.vscode', 'cspell.json')): Promise<Problem[]> {
  const checker = findChecker(project);
  if (!checker) return [{ file: 'words.txt', line: 1, column: 1, message: 'spelling was not checked: cspell is not installed, run  npm ci' }];
  const { text, status } = await run(project, [checker, 'lint', '--config', config, '--root', project, '--no-progress', '--no-summary', '--no-color', '--no-must-find-files']);
  const problems = [...text.matchAll(/^(.+?):(\d+):(\d+) - Unknown word \((.+?)\)/gm)].map(([, file, line, column, word]): Problem =>
    ({ file: posix.relative('roadmap', file!.replaceAll('\\', '/')), line: Number(line), column: Number(column), message: `"${word}" is not a known word: correct it, or add it to roadmap/words.txt` }));
  if (problems.length === 0 && status !== 0) throw new Error(`cspell failed: ${text}`);
  return problems;
}

function findChecker(project: string): string | undefined {
  try {
    return join(dirname(createRequire(join(project, 'package.json')).resolve('cspell')), '..', '..', 'bin.mjs');
  } catch {
    return undefined;
  }
}

function run(cwd: string, argv: readonly string[]): Promise<{ text: string; status: number | null }> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, argv, { cwd, stdio: ['ignore', 'pipe', 'pipe'] });
    let text = '';
    for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', (chunk: string) => { text += chunk; });
    child.on('error', reject);
    child.on('close', (status) => { resolve({ text, status }); });
  });
}
