import * as v from 'valibot';
import type { TemplateFile } from '../scaffold/template.js';
import type { Manifest } from './manifest.js';
import { verdicts, type CheckId, type Judgement, type Report } from './verdict.js';

/** What the extension host writes, as one line of JSON, to the runner's standard input. The end of that input means: stop everything. */
export interface RunRequest {
  /** Begins every line that the runner answers with, so that a learner's program can't speak in its name. */
  readonly secret: string;
  /** The learner's project. */
  readonly root: string;
  readonly manifest: Manifest;
  /** In the order in which they run. */
  readonly checks: readonly CheckId[];
  readonly seed: number;
  /** A folder for what the build makes, kept between runs. */
  readonly out: string;
  /** A folder for the data of the started programs, emptied by the runner. */
  readonly scratch: string;
  /** A file that lists what was started, for whoever has to end it when the runner can't. */
  readonly processes: string;
  /** The project as it was handed over, for checks that compare with it: as Scaffold Project writes it. */
  readonly starter?: readonly TemplateFile[];
  /** No checks: makes what the project's checks and stages need on this machine; with `agreed`, also what such a run before has asked for. */
  readonly prepare?: { readonly agreed: boolean };
}

/** What a learner is asked for before a project can be prepared. */
export interface Question {
  readonly text: string;
  readonly detail: string;
  /** The answer that means yes: "Download". */
  readonly agree: string;
  /** What to do instead. */
  readonly otherwise: string;
}

/** What the runner writes to its standard output. */
export type RunnerEvent =
  /** A line for the learner: what is built, started, sent. Of a check when it names one. */
  | { readonly type: 'output'; readonly check?: CheckId; readonly text: string }
  | { readonly type: 'started'; readonly check: CheckId }
  | ({ readonly type: 'judged'; /** How much was held against an expectation: never zero in what passed. */ readonly assertions: number } & Judgement)
  /** Nothing could be judged: a tool is missing, the build fails. */
  | { readonly type: 'blocked'; readonly report: Report; readonly prepare?: boolean }
  /** The project is not prepared yet: the learner has to agree first. */
  | { readonly type: 'asks'; readonly question: Question }
  /** The last line of a run that came to its end. */
  | { readonly type: 'ended' };

const count = v.pipe(v.number(), v.integer(), v.minValue(0));
const exchange = v.object({ sent: v.string(), received: v.string(), expected: v.exactOptional(v.string()), wrongAt: v.exactOptional(count) });
const report = v.object({
  summary: v.string(), called: v.exactOptional(v.string()), exchange: v.exactOptional(exchange), expected: v.exactOptional(v.string()), actual: v.exactOptional(v.string()),
  remedy: v.string(), log: v.exactOptional(v.array(v.string())),
});
const event = v.variant('type', [
  v.object({ type: v.literal('output'), check: v.exactOptional(v.string()), text: v.string() }),
  v.object({ type: v.literal('started'), check: v.string() }),
  v.object({ type: v.literal('judged'), check: v.string(), verdict: v.picklist(verdicts), milliseconds: v.number(), assertions: count, report: v.exactOptional(report) }),
  v.object({ type: v.literal('blocked'), report, prepare: v.exactOptional(v.boolean()) }),
  v.object({ type: v.literal('asks'), question: v.object({ text: v.string(), detail: v.string(), agree: v.string(), otherwise: v.string() }) }),
  v.object({ type: v.literal('ended') }),
]);

export function formatEvent(secret: string, value: RunnerEvent): string {
  return `${secret} ${JSON.stringify(value)}\n`;
}

/** Cuts a stream of text into the runner's events; what is none of them is kept as noise, for the report of a run that broke. */
export class EventReader {
  #rest = '';
  readonly #noise: string[] = [];

  constructor(private readonly secret: string, private readonly take: (value: RunnerEvent) => void) {}

  push(text: string): void {
    const lines = (this.#rest + text).split('\n');
    this.#rest = lines.pop()!;
    for (const line of lines) this.#line(line);
  }

  /** What was printed beside the events: the last twenty lines. */
  get noise(): readonly string[] {
    return this.#noise;
  }

  #line(line: string): void {
    const parsed = line.startsWith(`${this.secret} `) ? parse(line.slice(this.secret.length + 1)) : undefined;
    if (parsed !== undefined) {
      this.take(parsed);
    } else if (line.trim() !== '') {
      this.#noise.push(line.replaceAll(this.secret, '…').slice(0, 500));
      if (this.#noise.length > 20) this.#noise.shift();
    }
  }
}

function parse(text: string): RunnerEvent | undefined {
  try {
    const result = v.safeParse(event, JSON.parse(text));
    return result.success ? result.output : undefined;
  } catch {
    return undefined;
  }
}
