import { runMain, UserError } from '../host/userError.js';
import { briefs, briefStages, type Brief } from './brief.js';
import { buildRunners, checksOf } from './check.js';
import { checkClients } from './clients.js';
import { languagesOf, solutionFiles, starterFiles, writeFiles } from './folder.js';
import { checkMutants, staleGolden } from './mutants.js';
import { parts as allParts, readOptions, type Options, type Part } from './options.js';
import { checkOracle } from './oracle.js';
import { Report } from './report.js';
import { withSharedServer } from './slowApi/aRun.js';
import { checkAnswers } from './slowApi/clients.js';
import { checkNextFails, checkStarterFailsAll } from './slowApi/planted.js';
import { checkSolution, inFolder } from './solutions.js';
import { checkStarter } from './starters.js';

/** The project that begins with a complete program, whose defects are planted. */
const planted = 'slow-api';

/** The states of a solution that are proved in every language; in the first one, each. */
const provedStates = [1, 5, 10, 14];

interface Plan { readonly language: string; readonly state: number; readonly stages: readonly number[] }

async function testBriefly(project: string, brief: Brief, report: Report): Promise<void> {
  const runners = await buildRunners();
  const { stages } = await checksOf(project);
  report.title(`${project}, starters and solutions`);
  for (const language of languagesOf(project)) {
    // One folder for both: packages are fetched and compiled once.
    await inFolder(starterFiles(project, language), async (folder) => {
      await checkStarter({ runners, project, language, folder }, report);
      if (project === planted) await checkAnswers({ project, language, folder }, report);
      writeFiles(folder, solutionFiles(project, language, stages.length));
      await checkSolution({ runners, project, language, folder, state: stages.length, stages: briefStages(brief, language, stages.length) }, report);
    });
  }
  // Those of a stage that measures want a quiet machine: the named command proves them.
  report.title(`${project}, mutants of the stages that do not measure`);
  const exact = stages.flatMap(({ checks }, index) => checks.some(({ measures }) => measures === true) ? [] : [index + 1]);
  await checkMutants({ runners, project, stages: exact, earlier: false, firstOnly: brief.firstMutants, update: false }, report);
  for (const name of staleGolden(project)) report.failed(name, 'this golden report belongs to no mutant: remove it');
  report.title(`${project}, oracle and clients`);
  if (brief.oracle === true) await checkOracle({ runners, project }, report);
  await checkClients({ runners, project, languages: brief.clients, update: false }, report);
}

/** What to check of the reference solutions. */
function plans(options: Options, languages: readonly string[], count: number, part: Part): Plan[] {
  const all = Array.from({ length: count }, (_, index) => index + 1);
  const wanted = options.stages ?? all;
  if (part === 'solutions') return languages.map((language) => ({ language, state: count, stages: wanted }));
  return languages.flatMap((language) => wanted.filter((state) => options.stages !== undefined || language === 'typescript' || provedStates.includes(state)).map((state) => ({ language, state, stages: all.slice(0, state) })));
}

async function testProject(project: string, options: Options, report: Report): Promise<void> {
  const runners = await buildRunners();
  const count = (await checksOf(project)).stages.length;
  const languages = options.languages ?? languagesOf(project);
  const parts = options.parts ?? (options.languages !== undefined || options.stages !== undefined ? ['solutions'] : [...allParts]);
  for (let round = 1; round <= options.repeat; round++) {
    for (const part of parts) {
      report.title(`${project}, ${part}${options.repeat > 1 ? `, round ${round} of ${options.repeat}` : ''}`);
      if (part === 'starters') {
        for (const language of languages) {
          if (project === planted) await checkStarterFailsAll({ runners, project, language, seed: options.seed }, report);
          else await inFolder(starterFiles(project, language), (folder) => checkStarter({ runners, project, language, folder }, report));
        }
      } else if (part === 'solutions' || part === 'states') {
        for (const plan of plans(options, languages, count, part)) {
          await inFolder(solutionFiles(project, plan.language, plan.state), (folder) => checkSolution({ runners, project, folder, ...plan, seed: options.seed, verbose: options.verbose }, report));
          if (part === 'states' && project === planted) await checkNextFails({ runners, project, ...plan, seed: options.seed }, report);
        }
      } else if (part === 'mutants') {
        await checkMutants({ runners, project, stages: options.stages, earlier: true, update: options.update }, report);
        for (const name of staleGolden(project)) report.failed(name, 'this golden report belongs to no mutant: remove it');
      } else if (part === 'oracle') {
        await checkOracle({ runners, project, stages: options.stages, seed: options.seed }, report);
      } else {
        await checkClients({ runners, project, languages, update: options.update }, report);
      }
    }
  }
}

runMain(import.meta.url, async () => {
  const options = readOptions(process.argv.slice(2));
  if (options.project !== undefined && briefs[options.project] === undefined) throw new UserError(`There are no checks of a project ${options.project}. The projects are: ${Object.keys(briefs).join(', ')}.`);
  const report = new Report();
  for (const [project, brief] of Object.entries(briefs)) {
    if (options.project !== undefined && options.project !== project) continue;
    if (options.project !== undefined && !options.brief) await testProject(project, options, report);
    else if (brief.sharedServer === true) await withSharedServer(() => testBriefly(project, brief, report));
    else await testBriefly(project, brief, report);
  }
  return report.end() ? 0 : 1;
});
