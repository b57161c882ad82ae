import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { TemplateFile } from '../../core/scaffold/template.js';
import { outOf, prepareFolder } from './check.js';
import { readWithTshark } from './slowApi/capture.js';
import { profile } from './slowApi/evidence.js';

export interface Hands {
  readonly runners: string;
  readonly project: string;
  /** The solution, as it is. */
  readonly folder: string;
  readonly language: string;
  readonly starter: readonly TemplateFile[];
  readonly stages: readonly number[];
  readonly seed: number;
}

/** Stages of the slow API whose answer is not code. */
const [readTheWire, findTheHotSpot] = [2, 3];

/** Does what a solution can't hold, as it differs from machine to machine: a learner does it with tools and writes it down. */
export async function doByHand({ runners, project, folder, language, starter, stages, seed }: Hands): Promise<void> {
  if (project !== 'slow-api') return;
  const file = join(folder, 'answers.json');
  const answers = JSON.parse(readFileSync(file, 'utf8')) as Record<string, unknown>;
  if (stages.includes(readTheWire)) {
    await prepareFolder({ runners, project, folder, starter, seed });
    answers['wire'] = readWithTshark(join(folder, 'captures', 'slow-request.pcap'));
  }
  if (stages.includes(findTheHotSpot)) answers['hot'] = await profile(folder, language, starter, outOf(project, language));
  writeFileSync(file, `${JSON.stringify(answers, null, 2)}\n`);
}
