import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { root as project } from '../paths.js';
import { readOutput } from '../../core/notes/render.js';
import { renderContent, type RenderedContent, type RenderedTopic } from './compile.js';
import { formatProblem, sortProblems, type Problem } from './problem.js';
import { checkRules } from './rules.js';
import { runBlock, type RunnableBlock } from './runBlock.js';
import { jsonSchemas } from './schema.js';
import { checkSpelling } from './spelling.js';

export interface CheckOptions {
  /** The content folder. */
  readonly root: string;
  /** Execute the blocks that say `run`, and the cards of kind predict. */
  readonly run: boolean;
  /** A block whose tool is missing is a problem, not only a line in the report. */
  readonly allTools: boolean;
  readonly only?: (topic: string) => boolean;
  readonly progress?: (text: string) => void;
}

export interface NoteRow {
  readonly topic: string;
  readonly words: number;
  readonly diagrams: number;
  readonly runs: number;
  readonly executed: number;
  readonly cards: number;
  readonly sources: number;
  readonly minutes: number;
}

export interface CheckResult {
  readonly problems: readonly Problem[];
  /** One for each topic that has a note. */
  readonly rows: readonly NoteRow[];
  readonly topics: number;
  /** Tools that some block needed and this machine lacks, with the number of blocks. */
  readonly missingTools: ReadonlyMap<string, number>;
}

/** Holds the content against every rule that it follows. */
export async function checkContent(options: CheckOptions): Promise<CheckResult> {
  const problems: Problem[] = [];
  const content = await renderContent(options.root, problems);
  checkRules(content, problems);
  problems.push(...await staleSchemas(options.root));
  const rows: NoteRow[] = [];
  const missingTools = new Map<string, number>();
  for (const [id, rendered] of content.rendered) {
    if (options.only && !options.only(id)) continue;
    const executed = options.run ? await runTopic(rendered, options, problems, missingTools) : 0;
    if (!rendered.note) continue;
    rows.push({
      topic: id, words: rendered.note.words, diagrams: rendered.note.diagrams, runs: runnable(rendered).length, executed,
      cards: rendered.cards.length, sources: rendered.topic.value.sources.length, minutes: rendered.minutes!,
    });
  }
  return { problems: sortProblems(problems), rows, topics: content.topics.size, missingTools };
}

interface Placed extends RunnableBlock { readonly file: string; readonly line: number }

function runnable({ topic, note }: RenderedTopic): Placed[] {
  const blocks = (note?.blocks ?? []).filter(({ fence }) => fence.run).map(({ fence, code, output, line }): Placed =>
    ({ language: fence.language, code, output: output ?? [], timeout: fence.timeout, file: topic.file, line: topic.bodyLine + line }));
  const cards = (topic.cards?.value ?? []).flatMap((card, index): Placed[] => card.kind !== 'predict' ? [] : [{
    language: card.language, code: card.code, output: readOutput(card.output, () => { /* reported when it was compiled */ }), timeout: card.timeout,
    file: topic.cards!.yaml.file, line: topic.cards!.yaml.lineOf([index, 'code']),
  }]);
  return [...blocks, ...cards];
}

async function runTopic(rendered: RenderedTopic, options: CheckOptions, problems: Problem[], missingTools: Map<string, number>): Promise<number> {
  let executed = 0;
  for (const block of runnable(rendered)) {
    options.progress?.(`${block.file}:${block.line}`);
    const at = { file: block.file, line: block.line, column: 1 };
    const result = await runBlock(block);
    if (result.kind === 'not run') {
      missingTools.set(result.tool, (missingTools.get(result.tool) ?? 0) + 1);
      if (options.allTools) problems.push({ ...at, message: `this block was not run: install ${result.tool}` });
      continue;
    }
    executed++;
    if (result.kind !== 'as expected') problems.push({ ...at, message: `the block does not do what the note says: ${result.reason}. It printed:\n${indent(result.printed)}` });
  }
  return executed;
}

function indent(text: string): string {
  const lines = text.trimEnd().split('\n');
  return [...lines.slice(0, 20), ...lines.length > 20 ? [`… and ${lines.length - 20} lines more`] : []].map((line) => `    ${line}`).join('\n');
}

/** The schema files for editors are made from the code: an old one would tell writers something else. */
export async function staleSchemas(root: string): Promise<Problem[]> {
  const problems: Problem[] = [];
  for (const [name, text] of jsonSchemas()) {
    const file = `schemas/${name}`;
    const there = await readFile(join(root, file), 'utf8').catch(() => '');
    if (there.replaceAll('\r\n', '\n') !== text) problems.push({ file, line: 1, column: 1, message: 'out of date: run  npm run check:content -- --fix' });
  }
  return problems;
}

/** Writes what is computed: minutes of the notes (of those that `only` takes) and the schema files. */
export async function fixContent(root: string, only: (topic: string) => boolean = () => true): Promise<string[]> {
  const fixed: string[] = [];
  for (const problem of await staleSchemas(root)) {
    await mkdir(dirname(join(root, problem.file)), { recursive: true });
    await writeFile(join(root, problem.file), jsonSchemas().get(problem.file.replace('schemas/', ''))!);
    fixed.push(problem.file);
  }
  const content: RenderedContent = await renderContent(root, []);
  for (const [id, { topic, minutes }] of content.rendered) {
    if (!only(id) || topic.cardsUnreadable || topic.value.minutes === minutes) continue;
    const text = await readFile(join(root, topic.file), 'utf8');
    const end = text.indexOf('\n---', 4);
    const matter = text.slice(0, end).replace(/^minutes:.*\r?\n/m, '');
    const written = minutes === undefined ? matter : matter.replace(/^(?=prerequisites:)/m, `minutes: ${minutes}\n`);
    await writeFile(join(root, topic.file), written + text.slice(end));
    fixed.push(topic.file);
  }
  return fixed;
}

export function formatRows({ rows, topics, missingTools }: CheckResult): string {
  const header = ['note', 'words', 'diagrams', 'blocks run', 'cards', 'sources', 'minutes'];
  const cells = rows.map((row) => [row.topic, row.words, row.diagrams, `${row.executed}/${row.runs}`, row.cards, row.sources, row.minutes].map(String));
  const sum = (key: Exclude<keyof NoteRow, 'topic'>): number => rows.reduce((total, row) => total + row[key], 0);
  cells.push([`${rows.length} of ${topics} topics`, sum('words'), sum('diagrams'), `${sum('executed')}/${sum('runs')}`, sum('cards'), sum('sources'), sum('minutes')].map(String));
  const widths = header.map((title, column) => Math.max(title.length, ...cells.map((row) => row[column]!.length)));
  const line = (row: readonly string[]): string => row.map((cell, column) => column === 0 ? cell.padEnd(widths[0]!) : cell.padStart(widths[column]!)).join('  ');
  const missing = [...missingTools].map(([tool, count]) => `not run: ${count} block(s) that need ${tool}, which is not installed`);
  return [line(header), ...cells.map(line), ...missing].join('\n');
}

/** `npm run check:content [-- --fix] [-- topic…]` */
async function main(argv: readonly string[]): Promise<void> {
  const root = join(project, 'roadmap');
  const wanted = argv.filter((argument) => !argument.startsWith('--'));
  const only = (topic: string): boolean => wanted.length === 0 || wanted.includes(topic);
  if (argv.includes('--fix')) for (const file of await fixContent(root, only)) console.log(`written: roadmap/${file}`);
  const result = await checkContent({
    root, only, run: !argv.includes('--no-run'), allTools: Boolean(process.env['CI']),
    ...(process.stderr.isTTY && { progress: (text: string) => void process.stderr.write(`\r\u001b[K${text}\r`) }),
  });
  const problems = sortProblems([...result.problems, ...await checkSpelling(project)])
    .filter(({ file }) => wanted.length === 0 || wanted.some((topic) => file.includes(`/${topic}.`)));
  console.log(formatRows(result));
  for (const problem of problems) console.error(formatProblem(problem));
  const executed = result.rows.reduce((total, row) => total + row.executed, 0);
  console.log(`${result.topics} topics and ${executed} blocks: ${result.topics + executed} passed, ${problems.length} failed`);
  process.exitCode = problems.length === 0 ? 0 : 1;
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) void main(process.argv.slice(2));
