import * as v from 'valibot';
import { isMap, isNode, isScalar, LineCounter, parseDocument, type Document } from 'yaml';
import type { Problem } from './problem.js';

export type Path = readonly (string | number)[];

/** A YAML text that knows where each of its values stands. */
export class YamlFile {
  readonly #document: Document;
  readonly #lines = new LineCounter();

  /** @param firstLine the line of the file on which the text starts, from 1 */
  constructor(readonly file: string, text: string, readonly problems: Problem[], readonly firstLine = 1) {
    this.#document = parseDocument(text, { lineCounter: this.#lines, prettyErrors: false });
    for (const error of [...this.#document.errors, ...this.#document.warnings]) {
      this.#report(error.pos[0], `not valid YAML: ${error.message.split('\n')[0]!}. Put a text with ": " or a leading special character into quotes`);
    }
  }

  get readable(): boolean {
    return this.#document.errors.length === 0;
  }

  /** The value when it fits the schema; every misfit is a problem. */
  read<S extends v.GenericSchema>(schema: S): v.InferOutput<S> | undefined {
    if (!this.readable) return undefined;
    const result = v.safeParse(schema, this.#document.toJS());
    if (result.success) return result.output;
    for (const issue of flatten(result.issues)) {
      const path = (issue.path ?? []).map(({ key }) => key as string | number);
      this.problem(path, explain(issue, path));
    }
    return undefined;
  }

  /** Reports at the value of the path, or at the nearest thing around it that is there. */
  problem(path: Path, message: string): void {
    this.#report(this.#offset(path), message);
  }

  lineOf(path: Path): number {
    return this.#lines.linePos(this.#offset(path)).line + this.firstLine - 1;
  }

  #offset(path: Path): number {
    for (let length = path.length; length > 0; length--) {
      const parent = length === 1 ? this.#document.contents : this.#document.getIn(path.slice(0, length - 1), true);
      if (isMap(parent)) {
        const pair = parent.items.find(({ key }) => isScalar(key) && key.value === path[length - 1]);
        if (pair && isNode(pair.key) && pair.key.range) return pair.key.range[0];
      }
      const node = this.#document.getIn(path.slice(0, length), true);
      if (isNode(node) && node.range) return node.range[0];
    }
    return this.#document.contents?.range?.[0] ?? 0;
  }

  #report(offset: number, message: string): void {
    const { line, col } = this.#lines.linePos(offset);
    this.problems.push({ file: this.file, line: Math.max(line, 1) + this.firstLine - 1, column: Math.max(col, 1), message });
  }
}

/** The issues of the variants of a union instead of "none of them fits". */
function flatten(issues: readonly v.BaseIssue<unknown>[]): v.BaseIssue<unknown>[] {
  return issues.flatMap((issue) => issue.issues ? flatten(issue.issues) : [issue]);
}

function explain(issue: v.BaseIssue<unknown>, path: Path): string {
  const name = path.map((key) => typeof key === 'number' ? `[${key + 1}]` : key).join('.').replaceAll('.[', '[') || 'the file';
  if (issue.expected === 'never') return `"${path.at(-1)}" is not known here: correct its spelling or remove it`;
  if (issue.type === 'strict_object' && issue.received === 'undefined') return `${name} is missing: add it`;
  if (issue.kind === 'validation') return `${name} needs to be ${issue.message}, not ${shorten(issue.received)}`;
  return `${name} needs to be ${(issue.expected ?? 'something else').replace(/^Object$/, 'a mapping').replace(/^Array$/, 'a list')}, not ${shorten(issue.received)}`;
}

function shorten(text: string): string {
  return text.length > 60 ? `${text.slice(0, 59)}…` : text;
}
