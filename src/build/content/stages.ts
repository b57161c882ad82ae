import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { CompiledProject, CompiledStage } from '../../core/checks/project.js';
import { renderNote, type RenderOptions } from '../../core/notes/render.js';
import { solutionAtStage } from '../../core/scaffold/stageSource.js';
import type { TemplateFile } from '../../core/scaffold/template.js';
import type { CheckedProject } from '../../runner/api.js';
import type { Content } from './load.js';
import type { Problem } from './problem.js';
import { languagesOfSolutions, readSolution } from './starters.js';

export const stageHeadings = ['What to build', 'Why it matters', 'What is tested'] as const;
const hintsHeading = 'Hints';
const leastHints = 3;
const wordRange = { least: 120, most: 900 } as const;
const mostArchitectureWords = 150;

/** Every project with the texts of its stages, and the titles of its checks. What is wrong in a text is a problem at its line. */
export async function compileProjects(root: string, content: Content, options: RenderOptions, problems: Problem[]): Promise<CompiledProject[]> {
  const projects: CompiledProject[] = [];
  for (const [id, { value }] of content.projects) {
    const checked = await loadChecks(root, id);
    const folder = join(root, 'projects', id, 'stages');
    const files = existsSync(folder) ? readdirSync(folder).filter((name) => name.endsWith('.md')) : [];
    const wanted = value.stages.map(({ id: stage }, index) => `${String(index + 1).padStart(2, '0')}-${stage}.md`);
    for (const name of files) if (!wanted.includes(name)) problems.push({ file: `projects/${id}/stages/${name}`, line: 1, column: 1, message: `project.yaml has no such stage: the files are ${wanted.join(', ')}` });
    const stages = value.stages.map((stage, index): CompiledStage => {
      const file = `projects/${id}/stages/${wanted[index]!}`;
      const checks = checked?.stages.find((other) => other.id === stage.id)?.checks ?? [];
      const topics = stage.topics.filter((topic) => content.topics.has(topic)).map((topic) => ({ id: topic, title: content.topics.get(topic)!.value.title }));
      const base = { id: stage.id, title: stage.title, goal: stage.goal, topics, checks: checks.map(({ id: check, title, measures }) => ({ id: check, title, ...(measures === true && { measures }) })) };
      if (!files.includes(wanted[index]!)) {
        if (checks.length > 0) problems.push({ file, line: 1, column: 1, message: 'a stage that is checked says what to build, why, and what is tested: add this file' });
        return { ...base, html: '', headings: [], hints: [] };
      }
      return { ...base, ...compileText(file, readFileSync(join(root, file), 'utf8').replaceAll('\r\n', '\n'), { ...options, runs: false, readDrawing: (name) => readDrawing(folder, name) }, problems) };
    });
    if (checked !== undefined) compareStages(id, value.stages.map((stage) => stage.id), checked, problems);
    const architecture = compileArchitecture(root, id, options, problems);
    projects.push({ id, title: value.title, stages, ...(architecture !== undefined && { architecture }), ...(checked?.prepare !== undefined && { prepares: true as const }) });
  }
  return projects;
}

/** `architecture.md` of a project: a figure and a few words, shown with each of its stages. */
function compileArchitecture(root: string, project: string, options: RenderOptions, problems: Problem[]): string | undefined {
  const file = `projects/${project}/architecture.md`;
  if (!existsSync(join(root, file))) return undefined;
  const problem = (line: number, message: string): void => void problems.push({ file, line: line + 1, column: 1, message });
  const rendered = renderNote(readFileSync(join(root, file), 'utf8').replaceAll('\r\n', '\n'), { ...options, runs: false, idPrefix: 'architecture' });
  for (const { line, message } of rendered.problems) problem(line, message);
  for (const { line } of rendered.outline) problem(line, 'no headings here: the page has one for it');
  if (rendered.diagrams === 0) problem(0, 'there is no figure: draw how the parts stand to each other, as a mermaid or svg fence');
  if (rendered.words > mostArchitectureWords) problem(0, `the text has ${rendered.words} words beside the figure: write ${mostArchitectureWords} at most`);
  return rendered.html;
}

function readDrawing(folder: string, name: string): string {
  const file = join(folder, name);
  if (!existsSync(file)) throw new Error(`there is no file ${name} beside the text`);
  return readFileSync(file, 'utf8');
}

async function loadChecks(root: string, project: string): Promise<CheckedProject | undefined> {
  const file = resolve(root, 'projects', project, 'checks', 'project.ts');
  return existsSync(file) ? ((await import(pathToFileURL(file).href)) as { project: CheckedProject }).project : undefined;
}

function compareStages(id: string, wanted: readonly string[], checked: CheckedProject, problems: Problem[]): void {
  const found = checked.stages.map((stage) => stage.id);
  const problem = (message: string): void => void problems.push({ file: `projects/${id}/checks/project.ts`, line: 1, column: 1, message });
  if (checked.id !== id) problem(`these checks say that they are of the project "${checked.id}"`);
  if (found.join() !== wanted.join()) problem(`the checks are of the stages ${found.join(', ')}; project.yaml has ${wanted.join(', ')}`);
  for (const stage of checked.stages) {
    const ids = stage.checks.map((check) => check.id);
    if (ids.length === 0) problem(`the stage "${stage.id}" has no check`);
    for (const check of ids) if (!/^[a-z0-9]+(?:-[a-z0-9]+)*$/u.test(check) || ids.indexOf(check) !== ids.lastIndexOf(check)) problem(`the check "${check}" of "${stage.id}" needs an id of its own: a slug`);
  }
}

function compileText(file: string, text: string, options: RenderOptions, problems: Problem[]): Pick<CompiledStage, 'html' | 'headings' | 'hints'> {
  const problem = (line: number, message: string): void => void problems.push({ file, line: line + 1, column: 1, message });
  const lines = text.split('\n');
  const at = lines.findIndex((line) => line.trim() === `## ${hintsHeading}`);
  if (at < 0) problem(0, `the heading "## ${hintsHeading}" is missing: it comes last, with a third-level heading for each hint`);
  const body = renderNote(lines.slice(0, at < 0 ? undefined : at).join('\n'), options);
  for (const { line, message } of body.problems) problem(line, message);
  const second = body.outline.filter(({ level }) => level === 2).map(({ text: heading }) => heading);
  if (second.join() !== stageHeadings.join()) problem(0, `the headings of the second level are ${stageHeadings.join(', ')} and ${hintsHeading}, in this order`);
  if (body.words < wordRange.least || body.words > wordRange.most) problem(0, `the text has ${body.words} words before the hints: write ${wordRange.least} to ${wordRange.most}`);
  const hints: { title: string; html: string }[] = [];
  const starts = lines.flatMap((line, index) => index > at && at >= 0 && line.startsWith('### ') ? [index] : []);
  for (const [index, start] of starts.entries()) {
    const rendered = renderNote(lines.slice(start + 1, starts[index + 1]).join('\n'), { ...options, idPrefix: `hint-${index + 1}` });
    for (const { line, message } of rendered.problems) problem(start + 1 + line, message);
    hints.push({ title: lines[start]!.slice(4).trim(), html: rendered.html });
  }
  if (at >= 0 && hints.length < leastHints) problem(at, `${hints.length} hints: give at least ${leastHints}, from a nudge to an outline`);
  return { html: body.html, headings: body.headings.filter(({ level }) => level === 2).map(({ id, text: heading }) => ({ id, text: heading })), hints };
}

/** Every annotated solution, and a problem where a mark in one is wrong. */
export function compileSolutions(root: string, content: Content, problems: Problem[]): { name: string; json: { files: TemplateFile[] } }[] {
  return [...content.projects].flatMap(([id, { value }]) => languagesOfSolutions(root, id).map((language) => {
    const files = readSolution(root, id, language);
    try {
      for (let stage = 1; stage <= value.stages.length; stage++) solutionAtStage(files, stage);
    } catch (error) {
      problems.push({ file: `projects/${id}/solutions/${language}`, line: 1, column: 1, message: (error as Error).message });
    }
    return { name: `${id}.${language}.json`, json: { files } };
  }));
}
