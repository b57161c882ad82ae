import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { manifestSchema } from '../../core/checks/manifest.js';
import { manifestName } from '../../core/checks/manifestName.js';
import { root } from '../paths.js';
import { checkFolder, checksOf } from './check.js';
import type { Report } from './report.js';
import { checkDownloaded } from './slowApi/downloaded.js';
import { inFolder, reportStages } from './solutions.js';

/** What stands in for a learner's server, by project: a program that speaks the environment of the checks, and the stages that do not apply to it. */
const oracles: Readonly<Record<string, { readonly file: string; readonly tool: string; readonly without: readonly string[] }>> = {
  // A real cluster has a bus and no CLUSTER_NODES.
  'distributed-cache': { file: 'redis.mjs', tool: 'redis-server', without: ['shard'] },
};

/** Checks the real thing: a check that it does not pass asks for something that is not so. */
export async function checkOracle(options: { runners: string; project: string; stages?: readonly number[] | undefined; seed?: number | undefined }, report: Report): Promise<void> {
  if (options.project === 'slow-api') await checkDownloaded(options.project, report);
  const oracle = oracles[options.project];
  if (oracle === undefined) return;
  const { stages } = await checksOf(options.project);
  const numbers = stages.map(({ id }, index) => oracle.without.includes(id) ? 0 : index + 1).filter((number) => number > 0 && (options.stages === undefined || options.stages.includes(number)));
  const manifest = { schema: manifestSchema, project: options.project, language: 'oracle', run: { server: [process.execPath, oracle.file] } };
  const files = [
    { path: oracle.file, text: readFileSync(join(root, 'test', 'projects', 'oracle', oracle.file), 'utf8') },
    { path: manifestName, text: JSON.stringify(manifest) },
  ];
  const result = await inFolder(files, (folder) => checkFolder({ runners: options.runners, project: options.project, folder, stages: numbers, ...(options.seed !== undefined && { seed: options.seed }) }));
  reportStages(oracle.tool, result, report);
}
