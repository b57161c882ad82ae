import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Failure, Inconclusive, type CheckContext, type CheckedStage } from '../../../../../src/runner/api.js';
import { usual } from '../database/databases.js';
import { generate, quantile } from '../load.js';
import { pagePath } from '../model.js';
import { Shop } from '../shop.js';

const rounds = 5;
const width = 16;
const least = { p95: 8, perSecond: 5 };
/** The API gets so many times the requests of the version that was handed over, if it answers them in the same time. */
const mostTimes = 12;
const limitSec = 120;
/** A report that was made on another day may differ by this factor. */
const likely = 3;

interface Row { readonly before: number; readonly after: number }

/** The rows of the table in REPORT.md. @throws Failure when one can't be read. */
function reported(t: CheckContext): { p95: Row; perSecond: Row } {
  const file = join(t.root, 'REPORT.md');
  const remedy = 'Fill in the table of REPORT.md: the rows “p95, ms” and “requests per second”, each with a number before and after.';
  if (!existsSync(file)) throw new Failure({ summary: 'There is no REPORT.md.', remedy });
  const lines = readFileSync(file, 'utf8').split(/\r?\n/u);
  const row = (name: RegExp, words: string): Row => {
    const cells = lines.find((line) => name.test(line))?.split('|').slice(2).map((cell) => Number(cell.replaceAll(/[,\s*_]|ms/gu, '') || Number.NaN)) ?? [];
    const [before = Number.NaN, after = Number.NaN] = cells;
    t.expect(before > 0 && after > 0, () => ({ summary: `REPORT.md has no numbers in its row “${words}” yet.`, expected: `| ${words} | 850 | 40 |`, actual: lines.find((line) => name.test(line)) ?? 'no such row', remedy }));
    return { before, after };
  };
  return { p95: row(/^\|\s*\**p95/iu, 'p95, ms'), perSecond: row(/^\|\s*\**requests per second/iu, 'requests per second') };
}

/** Different pages each time, so that nothing can have been prepared for them. */
function paths(t: CheckContext, count: number): string[] {
  return Array.from({ length: count }, () => pagePath({ limit: t.random.integer(20, 100), after: t.random.integer(500, usual.orders), sort: t.random.pick(['newest', 'total'] as const) }));
}

const median = (values: readonly number[]): number => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)]!;

function variation(values: readonly number[]): number {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  return Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length) / mean;
}

export const proveIt: CheckedStage = {
  id: 'prove-it',
  checks: [
    {
      id: 'report',
      title: 'has a report with measurements before and after',
      async run(t) {
        const { p95, perSecond } = reported(t);
        t.step(`✔ p95 ${p95.before} → ${p95.after} ms, ${perSecond.before} → ${perSecond.after} requests per second`);
        return await Promise.resolve();
      },
    },
    {
      id: 'side-by-side',
      title: `is at least ${least.p95} times as quick as it was, side by side, and the report says so`,
      limitSec,
      baseline: true,
      measures: true,
      async run(t) {
        const report = reported(t);
        const before = await Shop.open(t, { baseline: true, roundTripMs: 1, before: 'CREATE INDEX ON items (order_id)' });
        const after = await Shop.open(t, { roundTripMs: 1 });
        const ratios: { p95: number; perSecond: number }[] = [];
        const old: number[] = [];
        let times = 1;
        for (let round = 0; round <= rounds; round++) {
          const slow = await generate({ port: before.program.port, width, paths: paths(t, width) }, t.signal);
          const quick = await generate({ port: after.program.port, width, paths: paths(t, width * times) }, t.signal);
          for (const [who, { bad }] of [['As it was handed over, it', slow], ['The API', quick]] as const) t.expect(bad === 0, () => ({ summary: `${who} did not answer ${bad} requests with 200 under load.`, called: `GET /orders?…, ${width} at a time`, expected: '200', actual: `${bad} others`, remedy: 'Look into its last lines for the reason.' }));
          const one = { p95: quantile(slow.times, 0.95) / quantile(quick.times, 0.95), perSecond: quick.perSecond / slow.perSecond };
          t.step(`round ${round}${round === 0 ? ' (warm-up)' : ''}: p95 ${quantile(slow.times, 0.95).toFixed(0)} → ${quantile(quick.times, 0.95).toFixed(0)} ms (${one.p95.toFixed(1)} times), ${slow.perSecond.toFixed(1)} → ${quick.perSecond.toFixed(0)} requests per second (${one.perSecond.toFixed(1)} times)`);
          if (round === 0) {
            times = Math.min(mostTimes, Math.max(1, Math.floor(one.perSecond)));
            const seconds = rounds * (width / slow.perSecond + width * times / quick.perSecond);
            if (seconds > 0.8 * limitSec) throw new Inconclusive({ summary: `The machine is too busy to measure: ${rounds} rounds would take ${seconds.toFixed(0)} s, as the version that was handed over answers ${slow.perSecond.toFixed(1)} requests per second.`, remedy: 'Close other programs and run this check again.' });
            continue;
          }
          ratios.push(one);
          old.push(quantile(slow.times, 0.95));
        }
        if (variation(old) > 0.5) throw new Inconclusive({ summary: 'The machine was too busy to measure: the version that was handed over differs too much from round to round.', remedy: 'Close other programs and run this check again.' });
        const p95 = median(ratios.map((ratio) => ratio.p95));
        const perSecond = median(ratios.map((ratio) => ratio.perSecond));
        const words = `p95 ${p95.toFixed(1)} times as quick, ${perSecond.toFixed(1)} times as many requests per second, in the middle of ${rounds} rounds`;
        t.expect(p95 >= least.p95 && perSecond >= least.perSecond, () => ({ summary: 'Side by side, the API is not that much quicker than it was.', called: `GET /orders with different limits, cursors and orders, ${width} at a time`, expected: `p95 ${least.p95} times as quick, ${least.perSecond} times as many requests per second`, actual: words, remedy: 'Take a profile and a capture under this load, and look for the largest part that is left.' }));
        for (const [name, { before: was, after: is }, measured] of [['p95', { before: report.p95.before, after: report.p95.after }, p95], ['requests per second', { before: report.perSecond.after, after: report.perSecond.before }, perSecond]] as const) {
          const claimed = was / is;
          t.expect(claimed <= measured * likely && claimed >= measured / likely, () => ({ summary: `REPORT.md claims a gain in ${name} that the load test does not confirm.`, expected: `about ${measured.toFixed(1)} times`, actual: `${claimed.toFixed(1)} times`, remedy: 'Measure both versions under the same load, one after the other in several rounds, and report what came out.' }));
        }
        t.step(`✔ ${words}`);
      },
    },
  ],
};
