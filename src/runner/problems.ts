import type { Report } from '../core/checks/verdict.js';

/** The program does not do what the stage asks. */
export class Failure extends Error {
  constructor(readonly report: Report) { super(report.summary); }
}

/** Nothing can be judged: something that the check needs is missing. */
export class Blocked extends Error {
  constructor(readonly report: Report, /** The manifest's `prepare` would mend it. */ readonly prepare = false) { super(report.summary); }
}

/** The machine is too busy, or lacks something, to judge a measurement: never the program's fault. */
export class Inconclusive extends Error {
  constructor(readonly report: Report) { super(report.summary); }
}
