/** A place in a file that a compiler or an interpreter named. Line and column from 1. */
export interface Place { readonly path: string; readonly line: number; readonly column: number }

/** How compilers and interpreters of the five languages name a place. */
const patterns: readonly RegExp[] = [
  /^\s*File "(?<path>[^"]+)", line (?<line>\d+)/u, // Python
  /(?<path>[\w@.\-/\\: ]+\.tsx?)\((?<line>\d+),(?<column>\d+)\): error/u, // tsc
  /^\s*--> (?<path>[^:]+(?::\\[^:]+)?):(?<line>\d+):(?<column>\d+)/u, // rustc
  /^(?<path>(?:[A-Za-z]:)?[^:\s][^:]*\.(?:go|java)):(?<line>\d+)(?::(?<column>\d+))?: /u, // go build, javac
  /^\s+at .*?\(?(?<path>(?:file:\/\/)?[^()\s]+\.[jt]s):(?<line>\d+):(?<column>\d+)\)?$/u, // Node
  /^\s+(?<path>\/?[^\s:]+\.go):(?<line>\d+)/u, // a Go stack
];

/** The first place that lines of output name, for which `isOwn` holds: in the learner's files, not in a library. */
export function placeIn(lines: readonly string[], isOwn: (path: string) => boolean): Place | undefined {
  for (const line of lines) {
    for (const pattern of patterns) {
      const groups = pattern.exec(line)?.groups;
      const path = groups?.['path']?.trim().replace(/^file:\/\//u, '');
      if (path !== undefined && isOwn(path)) return { path, line: Number(groups!['line']), column: Number(groups!['column'] ?? 1) };
    }
  }
  return undefined;
}
