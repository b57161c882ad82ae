import { existsSync, lstatSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { plan } from '../../core/scaffold/plan.js';
import type { TemplateFile } from '../../core/scaffold/template.js';

/** What builds and tools leave behind; `.gitignore` is not consulted, so that a build is the same everywhere. */
const leftOut = new Set(['node_modules', 'dist', 'build', 'target', '__pycache__', '.venv', '.DS_Store']);

/** Files that every language's starter of a project gets. */
const shared = 'shared';

/**
 * Every starter of every project as the content source hands it out: `<project>.<language>.json`.
 * @throws Error naming the file when a starter holds what can't be scaffolded.
 */
export function compileStarters(roadmapDir: string): { name: string; json: { files: TemplateFile[] } }[] {
  return folders(join(roadmapDir, 'projects')).flatMap((project) => {
    const starters = join(roadmapDir, 'projects', project, 'starters');
    return folders(starters).filter((language) => language !== shared).map((language) => {
      const files = [...read(join(starters, shared)), ...read(join(starters, language))];
      files.sort((a, b) => (a.path < b.path ? -1 : 1));
      const checked = plan({ files }, { folders: new Map([['', []]]) });
      if (checked.type === 'refused') {
        throw new Error(`${join(starters, language)} can't be scaffolded: ${JSON.stringify(checked.refusals)}`);
      }
      return { name: `${project}.${language}.json`, json: { files } };
    });
  });
}

/** The languages in which a project has a reference solution. */
export function languagesOfSolutions(roadmapDir: string, project: string): string[] {
  return folders(join(roadmapDir, 'projects', project, 'solutions'));
}

/** The annotated source of a project's reference solution in a language; empty when there is none. */
export function readSolution(roadmapDir: string, project: string, language: string): TemplateFile[] {
  return read(join(roadmapDir, 'projects', project, 'solutions', language));
}

function read(root: string, below = ''): TemplateFile[] {
  const folder = join(root, below);
  if (!existsSync(folder)) return [];
  return readdirSync(folder).filter((name) => !leftOut.has(name)).flatMap((name) => {
    const path = below === '' ? name : `${below}/${name}`;
    const stat = lstatSync(join(folder, name));
    if (stat.isDirectory()) return read(root, path);
    if (!stat.isFile()) throw new Error(`${join(folder, name)}: a starter holds text files only.`);
    return [{ path, text: text(join(folder, name)) }];
  });
}

function text(file: string): string {
  const bytes = readFileSync(file);
  let decoded: string;
  try {
    decoded = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw new Error(`${file}: not UTF-8. A starter holds text files only.`);
  }
  if (decoded.includes('\0')) throw new Error(`${file}: holds a NUL. A starter holds text files only.`);
  // A checkout on Windows may have turned line ends; what learners get is the same from everywhere.
  return decoded.replaceAll('\r\n', '\n');
}

function folders(path: string): string[] {
  if (!existsSync(path)) return [];
  return readdirSync(path, { withFileTypes: true }).filter((entry) => entry.isDirectory()).map((entry) => entry.name).sort();
}
