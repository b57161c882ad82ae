import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TemplateFile } from '../../core/scaffold/template.js';
import { outOf, prepareFolder } from './check.js';
import { prepare, writeFiles } from './folder.js';
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

/** Puts what was made by hand into a folder, with some answers wrong. */
export type ByHand = (folder: string, wrong: Readonly<Record<string, Readonly<Record<string, unknown>>>>) => void;

const made = new Map<string, Promise<ByHand>>();

/** What {@link doByHand} makes of the starter, once for all wrong programs: they differ in their code alone. Undefined where nothing is made by hand. */
export async function madeByHand(hands: Omit<Hands, 'folder' | 'stages'>): Promise<ByHand | undefined> {
  if (hands.project !== 'slow-api') return undefined;
  let found = made.get(hands.language);
  if (found === undefined) {
    found = make(hands);
    made.set(hands.language, found);
  }
  return await found;
}

async function make(hands: Omit<Hands, 'folder' | 'stages'>): Promise<ByHand> {
  const home = mkdtempSync(join(tmpdir(), 'by-hand-'));
  process.once('exit', () => { rmSync(home, { recursive: true, force: true, maxRetries: 10 }); });
  writeFiles(home, hands.starter);
  prepare(home);
  await doByHand({ ...hands, folder: home, stages: [readTheWire, findTheHotSpot] });
  const answers = JSON.parse(readFileSync(join(home, 'answers.json'), 'utf8')) as Record<string, Record<string, unknown>>;
  return (folder, wrong) => {
    for (const name of ['captures', '.profiles']) if (existsSync(join(home, name))) cpSync(join(home, name), join(folder, name), { recursive: true });
    const filled = Object.fromEntries(Object.entries(answers).map(([part, fields]) => [part, { ...fields, ...wrong[part] }]));
    writeFileSync(join(folder, 'answers.json'), `${JSON.stringify(filled, null, 2)}\n`);
  };
}
