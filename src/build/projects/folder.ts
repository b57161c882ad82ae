import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fillArgv, parseManifest } from '../../core/checks/manifest.js';
import { manifestName } from '../../core/checks/manifestName.js';
import { solutionAtStage } from '../../core/scaffold/stageSource.js';
import type { TemplateFile } from '../../core/scaffold/template.js';
import { compileStarters, readSolution } from '../content/starters.js';
import { root } from '../paths.js';

const roadmap = join(root, 'roadmap');

/** The languages in which a project can be scaffolded. */
export function languagesOf(project: string): string[] {
  return compileStarters(roadmap).flatMap(({ name }) => { const [id, language] = name.split('.'); return id === project ? [language!] : []; });
}

/** The files of a starter as Scaffold Project writes them. @throws when there is none. */
export function starterFiles(project: string, language: string): readonly TemplateFile[] {
  const starter = compileStarters(roadmap).find(({ name }) => name === `${project}.${language}.json`);
  if (starter === undefined) throw new Error(`There is no starter of ${project} in ${language}.`);
  return starter.json.files;
}

/** The reference solution as it is after `stage`, over the starter's files. */
export function solutionFiles(project: string, language: string, stage: number): readonly TemplateFile[] {
  const files = new Map(starterFiles(project, language).map((file) => [file.path, file]));
  for (const file of solutionAtStage(readSolution(roadmap, project, language), stage)) files.set(file.path, file);
  return [...files.values()];
}

/** Writes files, over what is there. TypeScript projects get this repository's compiler, so that no network is needed. */
export function writeFiles(folder: string, files: readonly TemplateFile[]): void {
  for (const { path, text } of files) {
    const file = join(folder, path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text);
  }
  if (existsSync(join(folder, 'package.json'))) linkPackages(folder);
}

/** Links the packages that a `package.json` names to those of this repository. */
export function linkPackages(folder: string): void {
  const modules = join(folder, 'node_modules');
  const wanted = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as { dependencies?: Record<string, string>; devDependencies?: Record<string, string> };
  for (const name of Object.keys({ ...wanted.dependencies, ...wanted.devDependencies })) {
    const link = join(modules, name);
    if (existsSync(link)) continue;
    mkdirSync(dirname(link), { recursive: true });
    symlinkSync(join(root, 'node_modules', name), link, 'junction');
  }
}

/**
 * Fetches what the manifest's `needs` name and the folder lacks, with its `prepare`: as a learner does who agrees to it.
 * @throws Error with what was printed when a command fails.
 */
export function prepare(folder: string): void {
  const { prepare: commands, needs } = parseManifest(readFileSync(join(folder, manifestName), 'utf8'));
  if (needs.every((path) => existsSync(join(folder, path)))) return;
  for (const command of commands) {
    const [program = '', ...args] = fillArgv(command, { node: process.execPath, python: process.platform === 'win32' ? 'python' : 'python3' });
    const { status, stdout, stderr, error } = spawnSync(program, args, { cwd: folder, encoding: 'utf8', shell: process.platform === 'win32' });
    if (status !== 0) throw new Error(`${command.join(' ')} failed: ${error?.message ?? `${stdout}${stderr}`}`);
  }
}

/** Every file below a folder, relative and `/`-separated. */
export function filesBelow(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((path) => statSync(join(folder, path)).isFile()).map((path) => path.replaceAll('\\', '/')).sort();
}
