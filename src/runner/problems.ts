import type { Question } from '../core/checks/protocol.js';
import type { Report } from '../core/checks/verdict.js';

/** The program does not do what the stage asks. */
export class Failure extends Error {
  constructor(readonly report: Report) { super(report.summary); }
}

/** Nothing can be judged: something that the check needs is missing. */
export class Blocked extends Error {
  constructor(readonly report: Report, /** The manifest's `prepare` would mend it. */ readonly prepare = false) { super(report.summary); }
}

/** Preparing would do something that the learner has to agree to first. */
export class ConsentNeeded extends Error {
  constructor(readonly question: Question) { super(question.text); }
}

/** The machine is too busy, or lacks something, to judge a measurement: never the program's fault. */
export class Inconclusive extends Error {
  constructor(readonly report: Report) { super(report.summary); }
}
