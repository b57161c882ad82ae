import type { RunnerEvent } from './protocol.js';
import type { CheckId, Judgement, Report } from './verdict.js';

/** How the runner's process ended. */
export interface Exit {
  readonly code: number | null;
  readonly signal: string | null;
  /** The learner stopped the run. */
  readonly cancelled: boolean;
  /** What the runner printed beside its events. */
  readonly noise: readonly string[];
}

/**
 * What a run's events mean, fail-closed: a check passes only by its own judgement with at least one assertion, once; whatever is missing,
 * doubled or unknown when the runner has ended is no pass.
 */
export class Outcome {
  readonly #judged = new Map<CheckId, Judgement>();
  readonly #started = new Set<CheckId>();
  #blocked: Report | undefined;
  #ended = false;
  #stopped = false;

  constructor(readonly checks: readonly CheckId[]) {}

  /** @returns the judgement that is final with this event, if any. */
  take(event: RunnerEvent): Judgement | undefined {
    switch (event.type) {
      case 'output':
      case 'asks': return undefined;
      case 'started':
        this.#started.add(event.check);
        return undefined;
      case 'blocked':
        this.#blocked ??= event.report;
        return undefined;
      case 'ended':
        this.#ended = true;
        return undefined;
      case 'judged': return this.#judge(event);
    }
  }

  #judge({ check, verdict, milliseconds, assertions, report }: Extract<RunnerEvent, { type: 'judged' }>): Judgement | undefined {
    if (!this.checks.includes(check) || this.#judged.has(check)) return undefined;
    const unproved = verdict === 'passed' && (assertions === 0 || !this.#started.has(check));
    const judgement: Judgement = unproved
      ? { check, verdict: 'nothingRan', milliseconds, report: { summary: 'The check ended without comparing anything.', remedy: 'This is an error of the checks, not of your program: please report it.' } }
      : { check, verdict, milliseconds, ...(report !== undefined && { report }) };
    this.#judged.set(check, judgement);
    if (judgement.verdict !== 'passed' && judgement.verdict !== 'inconclusive') this.#stopped = true;
    return judgement;
  }

  /** The runner has ended: a judgement for every check that has none. */
  end(exit: Exit): Judgement[] {
    const rest: Judgement[] = [];
    for (const check of this.checks) {
      if (this.#judged.has(check)) continue;
      const judgement = this.#missing(check, exit);
      this.#judged.set(check, judgement);
      rest.push(judgement);
    }
    return rest;
  }

  #missing(check: CheckId, exit: Exit): Judgement {
    const base = { check, milliseconds: 0 };
    if (this.#blocked !== undefined) return { ...base, verdict: 'couldNotRun', report: this.#blocked };
    if (exit.cancelled) return { ...base, verdict: 'nothingRan', report: { summary: 'The run was stopped before this check.', remedy: 'Run it again.' } };
    if (this.#ended && this.#stopped && !this.#started.has(check)) {
      return { ...base, verdict: 'nothingRan', report: { summary: 'Not run: a check before it did not pass.', remedy: 'Mend that one first.' } };
    }
    const how = exit.signal === null ? `with exit code ${exit.code ?? 'unknown'}` : `by ${exit.signal}`;
    const report: Report = {
      summary: this.#ended ? 'The checker ended without judging this check.' : `The checker ended ${how} ${this.#started.has(check) ? 'in the middle of this check' : 'before this check'}.`,
      remedy: 'Run it again. If it happens again, please report it with the lines below.',
      log: exit.noise,
    };
    return { ...base, verdict: this.#started.has(check) ? 'couldNotRun' : 'nothingRan', report };
  }

  /** Whether every check of `stage` passed in a run that came to its end. */
  passed(stage: string): boolean {
    const own = this.checks.filter((check) => check.startsWith(`${stage}/`));
    return this.#ended && own.length > 0 && own.every((check) => this.#judged.get(check)?.verdict === 'passed');
  }
}
