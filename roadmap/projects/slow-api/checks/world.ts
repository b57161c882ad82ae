import type { Baseline, Run } from '../../../../src/runner/api.js';
import { Databases } from './database/databases.js';

/** What all checks of a run share. */
export interface World {
  readonly run: Run;
  readonly databases: Databases;
  readonly baseline: Baseline | undefined;
}

let world: World | undefined;

/** Starts the database for the checks of this process, which makes one run. */
export async function setUp(run: Run): Promise<void> {
  world = { run, databases: await Databases.open(run), baseline: run.baseline };
}

export function theWorld(): World {
  if (world === undefined) throw new Error('The checks were not set up.');
  return world;
}
