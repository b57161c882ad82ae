import { parseArgs } from 'node:util';
import { UserError } from '../host/userError.js';

export const parts = ['starters', 'solutions', 'states', 'mutants', 'oracle', 'clients'] as const;
export type Part = (typeof parts)[number];

/** What `npm run test:projects -- …` asks for. */
export interface Options {
  readonly project: string | undefined;
  readonly languages: readonly string[] | undefined;
  readonly stages: readonly number[] | undefined;
  /** Of the proofs; all of a named project when absent. */
  readonly parts: readonly Part[] | undefined;
  readonly repeat: number;
  readonly seed: number | undefined;
  /** Writes the golden reports of the mutants instead of comparing. */
  readonly update: boolean;
  readonly verbose: boolean;
  /** Only what the test command checks, which has to end in minutes. */
  readonly brief: boolean;
}

/** @throws UserError that says what can be asked for. */
export function readOptions(argv: readonly string[]): Options {
  try {
    const { values, positionals } = parseArgs({
      args: [...argv], allowPositionals: true,
      options: { language: { type: 'string', multiple: true }, stage: { type: 'string', multiple: true }, part: { type: 'string', multiple: true }, repeat: { type: 'string' }, seed: { type: 'string' }, update: { type: 'boolean' }, verbose: { type: 'boolean' }, brief: { type: 'boolean' } },
    });
    const unknown = values.part?.find((name) => !(parts as readonly string[]).includes(name));
    if (unknown !== undefined) throw new Error(`there is no part ${unknown}`);
    return {
      project: positionals[0], languages: values.language, stages: values.stage?.map(whole), parts: values.part as Part[] | undefined,
      repeat: values.repeat === undefined ? 1 : whole(values.repeat), seed: values.seed === undefined ? undefined : whole(values.seed), update: values.update ?? false, verbose: values.verbose ?? false, brief: values.brief ?? false,
    };
  } catch (error) {
    throw new UserError(`${(error as Error).message}. Use: npm run test:projects -- [PROJECT] [--language L]… [--stage N]… [--part ${parts.join('|')}]… [--repeat K] [--seed S] [--update] [--verbose] [--brief]`);
  }
}

function whole(text: string): number {
  if (!/^\d+$/u.test(text)) throw new Error(`"${text}" is no whole number`);
  return Number(text);
}
