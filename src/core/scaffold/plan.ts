import { collisionKey, foldersAbove, problemOfName, problemOfPath, type PathProblem } from './path.js';
import type { Template } from './template.js';

/** Something that stands in a folder; `symbolicLink` whatever the link leads to. */
export interface Entry {
  readonly name: string;
  readonly type: 'file' | 'folder' | 'symbolicLink' | 'other';
}

/** What the plan needs to know of the folder it writes into. */
export interface TargetFacts {
  /** A new or existing folder inside the target that takes the files; absent: the target itself. */
  readonly subfolder?: string;
  /** Every existing folder of {@link foldersToRead} with what it holds; `''` is the target. A folder not listed does not exist. */
  readonly folders: ReadonlyMap<string, readonly Entry[]>;
}

/** Paths are relative to the target. A folder comes before what is in it. */
export type Operation =
  | { readonly type: 'createFolder'; readonly path: string }
  | { readonly type: 'writeFile'; readonly path: string; readonly text: string };

export type Refusal =
  | { readonly code: 'emptyTemplate' }
  | { readonly code: 'unsafePath'; readonly path: string; readonly problem: PathProblem }
  | { readonly code: 'unsafeSubfolder'; readonly path: string; readonly problem: PathProblem }
  /** Two files of the template would be one on some system. */
  | { readonly code: 'collision'; readonly path: string; readonly with: string }
  /** `existing` is in the way of `path`; their case may differ. */
  | { readonly code: 'exists'; readonly path: string; readonly existing: string }
  /** `path` needs a folder where `existing` is something else, or is spelled in another case. */
  | { readonly code: 'notAFolder'; readonly path: string; readonly existing: string }
  /** A link may lead out of the target. */
  | { readonly code: 'symbolicLink'; readonly path: string; readonly existing: string };

/** A refusal because of what already stands in the target; another folder remedies it. */
export type Obstacle = Extract<Refusal, { readonly existing: string }>;

export type Plan =
  | { readonly type: 'ready'; readonly operations: readonly Operation[]; readonly files: number }
  | { readonly type: 'refused'; readonly refusals: readonly Refusal[] };

/** The folders whose entries {@link plan} has to know, where they exist, outermost first. */
export function foldersToRead(template: Template, subfolder?: string): string[] {
  const folders = new Set(['']);
  for (const file of template.files) {
    for (const folder of foldersAbove(inside(subfolder, file.path))) folders.add(folder);
  }
  return [...folders];
}

/** All or nothing: nothing that exists is ever written over, and one refusal refuses the whole plan. */
export function plan(template: Template, target: TargetFacts): Plan {
  const refusals = [...unsafe(template, target.subfolder), ...collisions(template)];
  if (refusals.length > 0) return { type: 'refused', refusals };

  const operations: Operation[] = [];
  const created = new Set<string>();
  const blocked = new Set<string>();
  let files = 0;
  for (const file of template.files) {
    const path = inside(target.subfolder, file.path);
    const obstacle = obstacleTo(path, target.folders);
    if (obstacle !== undefined) {
      // One line per thing in the way, not one per file that it stops.
      const key = obstacle.code === 'exists' ? path : obstacle.existing;
      if (!blocked.has(key)) refusals.push(obstacle);
      blocked.add(key);
      continue;
    }
    for (const folder of foldersAbove(path)) {
      if (target.folders.has(folder) || created.has(folder)) continue;
      created.add(folder);
      operations.push({ type: 'createFolder', path: folder });
    }
    operations.push({ type: 'writeFile', path, text: file.text });
    files += 1;
  }
  return refusals.length > 0 ? { type: 'refused', refusals } : { type: 'ready', operations, files };
}

function unsafe(template: Template, subfolder: string | undefined): Refusal[] {
  if (template.files.length === 0) return [{ code: 'emptyTemplate' }];
  const refusals: Refusal[] = [];
  if (subfolder !== undefined) {
    const problem = problemOfName(subfolder);
    if (problem !== undefined) refusals.push({ code: 'unsafeSubfolder', path: subfolder, problem });
  }
  for (const { path } of template.files) {
    const problem = problemOfPath(path);
    if (problem !== undefined) refusals.push({ code: 'unsafePath', path, problem });
  }
  return refusals;
}

/** The same file twice, `A` and `a`, and a file where another needs a folder. */
function collisions(template: Template): Refusal[] {
  const refusals: Refusal[] = [];
  const spelling = new Map<string, { readonly path: string; readonly file: boolean }>();
  const take = (path: string, file: boolean): void => {
    const key = collisionKey(path);
    const other = spelling.get(key);
    if (other === undefined) spelling.set(key, { path, file });
    else if (file || other.file || other.path !== path) refusals.push({ code: 'collision', path, with: other.path });
  };
  for (const { path } of template.files) {
    for (const folder of foldersAbove(path)) take(folder, false);
    take(path, true);
  }
  return refusals;
}

function obstacleTo(path: string, folders: TargetFacts['folders']): Obstacle | undefined {
  const steps = [...foldersAbove(path), path];
  for (const step of steps) {
    const cut = step.lastIndexOf('/');
    const parent = cut < 0 ? '' : step.slice(0, cut);
    const name = step.slice(cut + 1);
    const entries = folders.get(parent);
    if (entries === undefined) return undefined;
    const key = collisionKey(name);
    const same = entries.filter((entry) => collisionKey(entry.name) === key);
    const found = same.find((entry) => entry.name === name) ?? same[0];
    if (found === undefined) return undefined;
    const existing = inside(parent === '' ? undefined : parent, found.name);
    if (step === path) return { code: 'exists', path, existing };
    if (found.type === 'symbolicLink') return { code: 'symbolicLink', path, existing };
    if (found.type !== 'folder' || same.length > 1 || found.name !== name) return { code: 'notAFolder', path, existing };
  }
  return undefined;
}

function inside(folder: string | undefined, path: string): string {
  return folder === undefined ? path : `${folder}/${path}`;
}
