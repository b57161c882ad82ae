/** `<stage>/<check>`, both slugs: stable, as progress hangs on the stage. */
export type CheckId = string;

/**
 * How one check of one run ended. `timedOut`: the check's own limit ran out. `couldNotRun`: nothing was judged, because a tool is missing, the build
 * fails or the checker itself broke. `nothingRan`: it ended without a single assertion. `inconclusive`: the machine was too busy to judge a measurement.
 */
export type Verdict = 'passed' | 'failed' | 'timedOut' | 'couldNotRun' | 'nothingRan' | 'inconclusive';

export const verdicts = ['passed', 'failed', 'timedOut', 'couldNotRun', 'nothingRan', 'inconclusive'] as const satisfies readonly Verdict[];

/** The first thing that went wrong in a check, for the learner. Bytes travel as strings of which every character is one byte (`latin1`). */
export interface Report {
  /** One sentence: what happened. */
  readonly summary: string;
  /** What was asked of the program, where bytes would tell less: `GetProduct {"id":"p001"}`. */
  readonly called?: string;
  /** What went over the wire since the last thing that was right. */
  readonly exchange?: Exchange;
  /** What was expected and what came, in words with their types. */
  readonly expected?: string;
  readonly actual?: string;
  /** What to do, chosen by the kind of failure. */
  readonly remedy: string;
  /** The last lines that the learner's program or build printed. */
  readonly log?: readonly string[];
}

export interface Exchange {
  readonly sent: string;
  readonly received: string;
  /** Absent where no exact bytes are expected. */
  readonly expected?: string;
  /** Index into `received` of the first byte that is wrong; equal to its length when bytes are missing. */
  readonly wrongAt?: number;
}

export interface Judgement {
  readonly check: CheckId;
  readonly verdict: Verdict;
  readonly milliseconds: number;
  /** Absent when the check passed. */
  readonly report?: Report;
}

/** The stage of a check. */
export function stageOf(check: CheckId): string {
  return check.slice(0, check.indexOf('/'));
}
