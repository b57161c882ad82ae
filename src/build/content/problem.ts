import { posix } from 'node:path';

/** Something in the content that has to be changed: where, what is wrong, and what to do. */
export interface Problem {
  /** Relative to the content folder, `/`-separated. */
  readonly file: string;
  /** From 1. */
  readonly line: number;
  readonly column: number;
  readonly message: string;
}

export function formatProblem({ file, line, column, message }: Problem): string {
  return `${posix.join('roadmap', file)}:${line}:${column}: ${message}`;
}

export function sortProblems(problems: readonly Problem[]): Problem[] {
  const seen = new Set<string>();
  return [...problems]
    .sort((a, b) => (a.file < b.file ? -1 : a.file > b.file ? 1 : a.line - b.line || a.column - b.column))
    .filter((problem) => !seen.has(formatProblem(problem)) && seen.add(formatProblem(problem)));
}
