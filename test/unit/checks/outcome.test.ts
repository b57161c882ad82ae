import assert from 'node:assert/strict';
import { Outcome, type Exit } from '../../../src/core/checks/outcome.js';
import { EventReader, formatEvent, type RunnerEvent } from '../../../src/core/checks/protocol.js';
import type { Verdict } from '../../../src/core/checks/verdict.js';

const ended: Exit = { code: 0, signal: null, cancelled: false, noise: [] };
const killed: Exit = { code: null, signal: 'SIGKILL', cancelled: false, noise: ['last words'] };
const judged = (check: string, verdict: Verdict, assertions = 1): RunnerEvent => ({ type: 'judged', check, verdict, assertions, milliseconds: 5 });
const started = (check: string): RunnerEvent => ({ type: 'started', check });

function verdicts(checks: string[], events: RunnerEvent[], exit: Exit): { outcome: Outcome; verdicts: Record<string, Verdict> } {
  const outcome = new Outcome(checks);
  const all = [...events.flatMap((event) => outcome.take(event) ?? []), ...outcome.end(exit)];
  return { outcome, verdicts: Object.fromEntries(all.map(({ check, verdict }) => [check, verdict])) };
}

describe('the outcome of a run', () => {
  it('is what the runner judged, when it came to its end', () => {
    const { outcome, verdicts: found } = verdicts(['s/a', 's/b'], [started('s/a'), judged('s/a', 'passed'), started('s/b'), judged('s/b', 'passed', 3), { type: 'ended' }], ended);
    assert.deepEqual(found, { 's/a': 'passed', 's/b': 'passed' });
    assert.equal(outcome.passed('s'), true);
  });

  it('is never a pass without an assertion, without a start, or without a judgement', () => {
    assert.deepEqual(verdicts(['s/a'], [started('s/a'), judged('s/a', 'passed', 0), { type: 'ended' }], ended).verdicts, { 's/a': 'nothingRan' });
    assert.deepEqual(verdicts(['s/a'], [judged('s/a', 'passed'), { type: 'ended' }], ended).verdicts, { 's/a': 'nothingRan' });
    assert.deepEqual(verdicts(['s/a'], [{ type: 'ended' }], ended).verdicts, { 's/a': 'nothingRan' });
    assert.deepEqual(verdicts(['s/a'], [], ended).verdicts, { 's/a': 'nothingRan' });
    assert.deepEqual(verdicts(['s/a'], [started('s/a'), { type: 'ended' }], ended).verdicts, { 's/a': 'couldNotRun' });
  });

  it('is no pass of the stage when the runner was killed in the middle, whatever had passed', () => {
    const { outcome, verdicts: found } = verdicts(['s/a', 's/b', 's/c'], [started('s/a'), judged('s/a', 'passed'), started('s/b')], killed);
    assert.deepEqual(found, { 's/a': 'passed', 's/b': 'couldNotRun', 's/c': 'nothingRan' });
    assert.equal(outcome.passed('s'), false);
    const whole = verdicts(['s/a'], [started('s/a'), judged('s/a', 'passed')], killed);
    assert.equal(whole.outcome.passed('s'), false, 'all judged, and yet the run did not end');
  });

  it('takes the first judgement of a check and none of an unknown one', () => {
    const { verdicts: found } = verdicts(['s/a'], [started('s/a'), judged('s/a', 'failed'), judged('s/a', 'passed'), judged('s/x', 'passed'), { type: 'ended' }], ended);
    assert.deepEqual(found, { 's/a': 'failed' });
  });

  it('says of every check why it could not run when the run was blocked', () => {
    const report = { summary: 'Go was not found.', remedy: 'Install it.' };
    const outcome = new Outcome(['s/a', 's/b']);
    outcome.take({ type: 'blocked', report });
    outcome.take({ type: 'ended' });
    assert.deepEqual(outcome.end(ended).map(({ verdict, report: said }) => [verdict, said]), [['couldNotRun', report], ['couldNotRun', report]]);
  });

  it('tells a stopped run from one that broke', () => {
    const outcome = new Outcome(['s/a']);
    const [judgement] = outcome.end({ ...killed, cancelled: true });
    assert.equal(judgement?.verdict, 'nothingRan');
    assert.match(judgement?.report?.summary ?? '', /stopped/u);
  });
});

describe('the runner’s lines', () => {
  function read(text: string): { events: RunnerEvent[]; noise: readonly string[] } {
    const events: RunnerEvent[] = [];
    const reader = new EventReader('s3cret', (event) => events.push(event));
    // In pieces, as a pipe gives them.
    for (let at = 0; at < text.length; at += 7) reader.push(text.slice(at, at + 7));
    return { events, noise: reader.noise };
  }

  it('are heard with the secret only', () => {
    const pass = judged('s/a', 'passed');
    const { events, noise } = read(`${formatEvent('s3cret', started('s/a'))}${formatEvent('guess', pass)}${JSON.stringify(pass)}\n${formatEvent('s3cret', pass)}`);
    assert.deepEqual(events, [started('s/a'), pass]);
    assert.equal(noise.length, 2);
  });

  it('are nothing when they are damaged, of no known kind or without an end', () => {
    const { events } = read(`s3cret {"type":"judged","check":"s/a","verdict":"splendid","assertions":1,"milliseconds":1}\ns3cret {"type":"judged"\ns3cret {"type":"other"}\n${formatEvent('s3cret', { type: 'ended' }).trimEnd()}`);
    assert.deepEqual(events, []);
  });

  it('never show the secret among the noise', () => {
    const { noise } = read('oops s3cret oops\n');
    assert.deepEqual(noise, ['oops … oops']);
  });
});
