import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Failure, type CheckContext } from '../../../../src/runner/api.js';

/** A part of the learner's `answers.json`. @throws Failure when it can't be read. */
export function answersOf(t: CheckContext, part: 'wire' | 'hot'): Readonly<Record<string, unknown>> {
  const file = join(t.root, 'answers.json');
  const remedy = 'Fill in answers.json in the project’s folder; its fields are those of the starter.';
  if (!existsSync(file)) throw new Failure({ summary: 'There is no answers.json.', remedy });
  let json: Record<string, unknown>;
  try {
    json = JSON.parse(readFileSync(file, 'utf8').replace(/^\uFEFF/u, '')) as Record<string, unknown>;
  } catch (error) {
    throw new Failure({ summary: `answers.json is not valid JSON: ${(error as Error).message}.`, remedy });
  }
  const answers = json[part];
  if (typeof answers !== 'object' || answers === null) throw new Failure({ summary: `answers.json has no "${part}".`, remedy });
  return answers as Record<string, unknown>;
}

/** A field that is filled in. @throws Failure when it is as it was. */
export function filled(t: CheckContext, answers: Readonly<Record<string, unknown>>, field: string, type: 'number' | 'string', remedy: string): unknown {
  const value = answers[field];
  t.expect(typeof value === type && value !== '' && value !== 0, () => ({ summary: `answers.json does not say "${field}" yet.`, expected: type === 'number' ? 'a number' : 'a text', actual: value === undefined ? 'nothing' : JSON.stringify(value), remedy }));
  return value;
}
