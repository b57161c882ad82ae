import { existsSync, statSync } from 'node:fs';
import { isAbsolute, join, relative } from 'node:path';
import { Failure, type CheckContext, type CheckedStage } from '../../../../../src/runner/api.js';
import { answersOf, filled } from '../answers.js';
import { plainName, shareOf, type Profile } from '../profiles/profile.js';
import { formats, readProfile } from '../profiles/read.js';

const largest = 20 * 1024 * 1024;
/** The function that takes the time, and what it calls in the languages' libraries. */
const accepted = ['signreport', 'pbkdf2', 'sha512', 'hmac'];
/** A profile of other requests, or of an idle program, does not show it that often. */
const leastShare = 0.3;

async function evidence(t: CheckContext): Promise<{ profile: Profile; path: string }> {
  const path = String(filled(t, answersOf(t, 'hot'), 'evidence', 'string', `Profile the API while GET /report is asked again and again, keep the file in the project, and give its path in answers.json: ${formats}.`));
  const file = join(t.root, path);
  const inside = relative(t.root, file);
  const wrong = (what: string): Failure => new Failure({ summary: `The evidence ${path} ${what}.`, remedy: `Give the path of a profile within the project: ${formats}, 20 MB at most.` });
  if (isAbsolute(path) || inside.startsWith('..') || !existsSync(file) || !statSync(file).isFile()) throw wrong('is no file of the project');
  if (statSync(file).size > largest) throw wrong('has more than 20 MB');
  try {
    return { profile: await readProfile(file), path };
  } catch (error) {
    throw wrong(`can't be read as a profile: ${(error as Error).message}`);
  }
}

export const findTheHotSpot: CheckedStage = {
  id: 'find-the-hot-spot',
  checks: [
    {
      id: 'evidence',
      title: 'keeps a profile of GET /report',
      async run(t) {
        const { profile, path } = await evidence(t);
        t.expect(shareOf(profile, 'report') > 0, () => ({ summary: `The profile ${path} shows no function of the report.`, expected: 'functions with report in their names, as in the file that makes the report', actual: `${profile.samples.length} samples without one`, remedy: 'Profile this API, not another program, and ask GET /report while the profiler runs.' }));
        t.step(`✔ ${path}: ${profile.samples.length} samples`);
      },
    },
    {
      id: 'function',
      title: 'names the function that takes the time',
      async run(t) {
        const { profile, path } = await evidence(t);
        const name = String(filled(t, answersOf(t, 'hot'), 'function', 'string', 'Look for the widest frame near the tips of the flame graph, and name its function.'));
        const share = shareOf(profile, name);
        t.expect(share >= leastShare, () => ({ summary: `${name} is on the stack in ${Math.round(share * 100)} % of the samples of ${path}: it does not take the time.`, expected: 'the function below which most of the time is spent', actual: name, remedy: 'Read the flame graph from its tips: the widest one, and who called it.' }));
        t.expect(accepted.some((part) => plainName(name).includes(part)), () => ({ summary: `${name} is on the stack most of the time, but it is not what takes it: it only calls what does.`, expected: 'the function of the report that computes', actual: name, remedy: 'Go further towards the tips of the flame graph: a frame that is wide only because of one above it is not the hot one.' }));
        t.step(`✔ ${name}`);
      },
    },
    {
      id: 'share',
      title: 'tells its share of the time',
      async run(t) {
        const { profile } = await evidence(t);
        const answers = answersOf(t, 'hot');
        const name = String(filled(t, answers, 'function', 'string', 'Name the function that takes the time first.'));
        const percent = Number(filled(t, answers, 'share_percent', 'number', 'Say which part of all samples has the function on its stack, in percent.'));
        const share = shareOf(profile, name) * 100;
        t.expect(Math.abs(percent - share) <= 15, () => ({ summary: 'The share in answers.json is not the one in the profile.', actual: `${percent} %`, remedy: 'Take the width of the function’s frames as a part of the whole, idle time left out, in percent (25, not 0.25).' }));
        t.step(`✔ ${percent} %`);
      },
    },
  ],
};
