import type { Link } from '../notes/model.js';

/** A practice project with its stages in full: `content/projects/<project>.json`, loaded when one of them is shown or checked. */
export interface CompiledProject {
  readonly id: string;
  readonly title: string;
  readonly stages: readonly CompiledStage[];
  /** How its parts stand to each other, with a figure: rendered and safe to place in the page. Absent when there is one part only. */
  readonly architecture?: string;
  /** Its checks need more than packages, such as a database: its runner prepares that. */
  readonly prepares?: true;
}

export interface CompiledStage {
  readonly id: string;
  readonly title: string;
  readonly goal: string;
  readonly topics: readonly Link[];
  /** What to build, why, and what is tested: rendered and safe to place in the page. */
  readonly html: string;
  readonly headings: readonly { readonly id: string; readonly text: string }[];
  /** From a nudge to an outline. */
  readonly hints: readonly { readonly title: string; readonly html: string }[];
  /** Empty while the project has no checks. */
  readonly checks: readonly { readonly id: string; readonly title: string; readonly measures?: true }[];
}

/** Where the content source keeps a project. */
export function projectPath(project: string): string {
  return `projects/${project}.json`;
}

/** Where it keeps the annotated solution of a project in a language; see `stageSource.ts`. */
export function solutionPath(project: string, language: string): string {
  return `solutions/${project}.${language}.json`;
}
