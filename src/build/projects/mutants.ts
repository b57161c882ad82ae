import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { transform } from 'esbuild';
import * as v from 'valibot';
import { parse } from 'yaml';
import { manifestSchema, parseManifest } from '../../core/checks/manifest.js';
import { manifestName } from '../../core/checks/manifestName.js';
import { formatReport, verdictNames } from '../../core/checks/report.js';
import type { TemplateFile } from '../../core/scaffold/template.js';
import { root } from '../paths.js';
import { checkFolder, checksOf, measuring } from './check.js';
import { solutionFiles, starterFiles } from './folder.js';
import { madeByHand } from './learner.js';
import type { Report } from './report.js';
import { inFolder } from './solutions.js';

const mutantsSchema = v.array(v.strictObject({
  id: v.pipe(v.string(), v.regex(/^[a-z0-9]+(?:-[a-z0-9]+)*$/u)),
  /** What the program does wrong. */
  wrong: v.string(),
  /** The report holds figures that differ from run to run: all digits of the golden one are `#`, its caret stands at no column, and the program's own lines are left out. */
  varies: v.optional(v.boolean(), false),
  edits: v.optional(v.array(v.strictObject({ file: v.string(), find: v.string(), replace: v.string() })), []),
  /** Fields of `answers.json` that the learner fills in wrong, where a stage asks for what tools have shown. */
  answers: v.optional(v.record(v.string(), v.record(v.string(), v.unknown())), {}),
}));

/** A wrong program: the TypeScript solution after a stage with a few edits. */
export type Mutant = v.InferOutput<typeof mutantsSchema>[number];

const leastMutants = 3;
/** Golden reports come from this seed. */
const goldenSeed = 1;

export interface MutantOptions {
  readonly runners: string;
  readonly project: string;
  readonly stages?: readonly number[] | undefined;
  /** Also that it passes every earlier stage; else only that it fails its own. */
  readonly earlier: boolean;
  /** Of each stage, only the first mutant. */
  readonly firstOnly?: boolean | undefined;
  /** Writes the golden reports instead of comparing. */
  readonly update: boolean;
}

/** Each mutant fails its own stage, with the report that is kept, and no earlier stage. */
export async function checkMutants(options: MutantOptions, report: Report): Promise<void> {
  const { stages } = await checksOf(options.project);
  let killed = 0;
  let count = 0;
  for (const [index, { id }] of stages.entries()) {
    const number = index + 1;
    if (options.stages !== undefined && !options.stages.includes(number)) continue;
    const mutants = readMutants(options.project, id);
    if (mutants.length < leastMutants) report.failed(`mutants of ${id}`, `${mutants.length} wrong programs: write at least ${leastMutants}`);
    for (const mutant of options.firstOnly === true ? mutants.slice(0, 1) : mutants) {
      count += 1;
      if (await checkMutant(options, id, number, mutant, report)) killed += 1;
    }
  }
  report.title(`${killed} of ${count} mutants killed (${count === 0 ? 0 : Math.floor((killed / count) * 100)} %)`);
}

function readMutants(project: string, stage: string): Mutant[] {
  const file = join(root, 'roadmap', 'projects', project, 'mutants', `${stage}.yaml`);
  return existsSync(file) ? v.parse(mutantsSchema, parse(readFileSync(file, 'utf8'))) : [];
}

async function checkMutant(options: MutantOptions, stage: string, number: number, mutant: Mutant, report: Report): Promise<boolean> {
  const name = `${stage} / ${mutant.id}`;
  let files: readonly TemplateFile[];
  const starter = await runnable(options.project, starterFiles(options.project, 'typescript'));
  try {
    files = await runnable(options.project, edit(solutionFiles(options.project, 'typescript', number), mutant));
  } catch (error) {
    report.failed(name, (error as Error).message);
    return false;
  }
  const byHand = await madeByHand({ runners: options.runners, project: options.project, language: 'typescript', starter: starterFiles(options.project, 'typescript'), seed: goldenSeed });
  const run = (stages: readonly number[], only?: (check: string) => boolean) => inFolder(files, (folder) => {
    byHand?.(folder, mutant.answers);
    return checkFolder({ runners: options.runners, project: options.project, folder, starter, stages, seed: goldenSeed, ...(only !== undefined && { only }) });
  });
  const measures = await measuring(options.project);
  // As in the editor: what measures is not run again with later stages.
  const earlier = options.earlier && number > 1 ? (await run(Array.from({ length: number - 1 }, (_, index) => index + 1), (check) => !measures.has(check))).judgements.find(({ verdict }) => verdict !== 'passed') : undefined;
  if (earlier !== undefined) {
    report.failed(name, `it fails before its own stage: ${earlier.check} ${verdictNames[earlier.verdict]}${earlier.report === undefined ? '' : `\n${formatReport(earlier.report)}`}`);
    return false;
  }
  const own = (await run([number])).judgements.find(({ verdict }) => verdict !== 'passed');
  if (own === undefined || (own.verdict !== 'failed' && own.verdict !== 'timedOut')) {
    report.failed(name, own === undefined ? `it passes: ${mutant.wrong}` : `it is not judged: ${own.check} ${verdictNames[own.verdict]}: ${own.report?.summary ?? ''}`);
    return false;
  }
  const text = normal(`${own.check} ${verdictNames[own.verdict]}\n\n${own.report === undefined ? '' : formatReport(own.report, goldenSeed)}\n`, mutant.varies);
  const golden = join(root, 'test', 'projects', 'golden', options.project, stage, `${mutant.id}.txt`);
  if (options.update) {
    mkdirSync(dirname(golden), { recursive: true });
    writeFileSync(golden, text);
  }
  const kept = existsSync(golden) ? readFileSync(golden, 'utf8').replaceAll('\r\n', '\n') : '';
  report.holds(name, kept === text, `its report is another than the kept one:\n--- kept\n${kept}\n--- now\n${text}`, `${own.check} ${verdictNames[own.verdict]}`);
  return true;
}

/** @throws Error when a text to replace is not there exactly once. */
function edit(files: readonly TemplateFile[], mutant: Mutant): readonly TemplateFile[] {
  const texts = new Map(files.map(({ path, text }) => [path, text]));
  for (const { file, find, replace } of mutant.edits) {
    const text = texts.get(file);
    const found = text === undefined ? 0 : text.split(find).length - 1;
    if (text === undefined || found !== 1) throw new Error(`"${find.split('\n')[0]!}" stands ${found} times in ${file}, not once: mend the mutant`);
    texts.set(file, text.replace(find, () => replace));
  }
  return [...texts].map(([path, text]) => ({ path, text }));
}

/** Without the compiler: a mutant need not be well typed, and 40 builds take their time. Programs, packages and other files are the solution's own. */
async function runnable(project: string, files: readonly TemplateFile[]): Promise<readonly TemplateFile[]> {
  const isSource = ({ path }: TemplateFile) => path.startsWith('src/');
  const scripts = await Promise.all(files.filter((file) => isSource(file) && !file.path.endsWith('.test.ts')).map(async ({ path, text }) => ({
    path: path.replace(/^src\//u, 'dist/').replace(/\.ts$/u, '.js'), text: (await transform(text, { loader: 'ts', target: 'node20', format: 'esm' })).code,
  })));
  const { run } = parseManifest(files.find(({ path }) => path === manifestName)!.text);
  const manifest = { schema: manifestSchema, project, language: 'mutant', run };
  return [...files.filter((file) => !isSource(file) && file.path !== manifestName), ...scripts, { path: manifestName, text: JSON.stringify(manifest) }];
}

/** Without what differs from run to run: ports, times, paths, ids, log lines that begin with the time, what a stack trace names. */
function normal(text: string, varies: boolean): string {
  const stable = text
    .replace(/127\.0\.0\.1([: ])\d{4,5}/gu, '127.0.0.1$1<port>')
    .replace(/port \d{4,5}/gu, 'port <port>')
    .replace(/\(node:\d+\)/gu, '(node:<pid>)')
    .replace(/errno: -\d+/gu, 'errno: <n>')
    .replace(/\b\d[\d,.]* ms\b/gu, '<n> ms')
    .replace(/\b[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}\b/gu, '<uuid>')
    .replace(/\b[\da-f]{32}\b/gu, '<trace id>')
    .replace(/-[\da-f]{16}-/gu, '-<span id>-')
    .replace(/^ {2}\| \{"time":.*\n/gmu, '')
    .replace(/\n\nThe program’s last lines:\n*$/u, '\n')
    .replace(/^ {2}\| +at .*\n/gmu, '')
    .replace(/^ {2}\| (?:file|node):.*\n/gmu, '')
    .replace(/^ {2}\| Node\.js v.*\n/gmu, '')
    .replace(/(?:\/[\w.@-]+)+\/dist\//gu, 'dist/')
    .replace(/(?:\/[\w.@-]+)+\/scratch\/data-\w+/gu, '<DATA_DIR>');
  return varies ? stable.replace(/\n\nThe program’s last lines:\n(?: {2}\| .*\n)*/u, '\n').replace(/\d[\d,.]*/gu, '#').replace(/^ +\^/gmu, `${' '.repeat(10)}^`) : stable;
}

/** Names of the golden reports that no mutant has any more. */
export function staleGolden(project: string): string[] {
  const folder = join(root, 'test', 'projects', 'golden', project);
  if (!existsSync(folder)) return [];
  return readdirSync(folder).flatMap((stage) => readdirSync(join(folder, stage))
    .filter((name) => !readMutants(project, stage).some(({ id }) => `${id}.txt` === name)).map((name) => `${stage}/${name}`));
}
