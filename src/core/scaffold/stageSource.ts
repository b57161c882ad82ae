import type { TemplateFile } from './template.js';

/** The stages in which a piece of a solution stands, both ends included. */
interface Span { readonly from: number; readonly to: number }

const directive = /^\s*(?:\/\/|#)@ (.*?)\s*$/u;
const span = /^(\d+)(?:-(\d+)?)?$/u;

/**
 * One annotated source tells a project's solution at every stage. Lines between `//@ stage 4` (from stage 4 on), `//@ stage 2-7`
 * (in stages 2 to 7) or `//@ stage 3-3` and `//@ end` stand only in these stages; `//@ file 8` on the first line says the same of the whole
 * file. Pieces nest. Where comments begin with `#`, so does the mark: `#@ stage 4`.
 * @returns the file as it is after `stage` (1 is the first), or undefined when it is not there yet, or no longer.
 * @throws SyntaxError naming file and line when a mark is wrong.
 */
export function atStage({ path, text }: TemplateFile, stage: number): TemplateFile | undefined {
  const lines: string[] = [];
  const open: { readonly stands: boolean; readonly line: number }[] = [];
  for (const [index, line] of text.split('\n').entries()) {
    const mark = directive.exec(line)?.[1];
    if (mark === undefined) {
      if (open.every(({ stands }) => stands)) lines.push(line);
      continue;
    }
    const wrong = (reason: string) => new SyntaxError(`${path}:${index + 1}: ${reason}`);
    const [word = '', argument = ''] = mark.split(/\s+/u);
    if (word === 'end') {
      if (open.pop() === undefined) throw wrong('"end" without "stage"');
    } else if (word === 'stage') {
      open.push({ stands: contains(argument, stage, wrong), line: index + 1 });
    } else if (word === 'file') {
      if (index > 0) throw wrong('"file" stands on the first line only');
      if (!contains(argument, stage, wrong)) return undefined;
    } else {
      throw wrong(`"${word}" is no mark: use stage, file or end`);
    }
  }
  const unclosed = open.at(-1);
  if (unclosed !== undefined) throw new SyntaxError(`${path}:${unclosed.line}: "stage" without "end"`);
  return { path, text: lines.join('\n') };
}

function contains(argument: string, stage: number, wrong: (reason: string) => SyntaxError): boolean {
  const found = span.exec(argument);
  if (found === null) throw wrong(`"${argument}" is no span of stages: write 4, 2-7 or 3-3`);
  const from = Number(found[1]);
  const to = found[2] === undefined ? Infinity : Number(found[2]);
  if (from < 1 || to < from) throw wrong(`"${argument}" is an empty span of stages`);
  return ({ from, to } satisfies Span).from <= stage && stage <= to;
}

/** All files of a solution as they are after `stage`. @throws SyntaxError as {@link atStage} does. */
export function solutionAtStage(files: readonly TemplateFile[], stage: number): TemplateFile[] {
  return files.flatMap((file) => atStage(file, stage) ?? []);
}
