import { existsSync, readdirSync } from 'node:fs';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { projectPath } from '../../core/checks/project.js';
import type { Card, Note, StageLink } from '../../core/notes/model.js';
import { readOutput, renderCode, renderIncomplete, renderLine, renderNote, renderOutput, renderText, type RenderedNote, type RenderOptions } from '../../core/notes/render.js';
import type { Details, Resource, Roadmap, Section, Topic } from '../../core/roadmap/model.js';
import { loadContent, type Content, type LoadedTopic, type Sourced } from './load.js';
import { loadMermaid } from './mermaid.js';
import { sortProblems, type Problem } from './problem.js';
import { checkReferences } from './references.js';
import type { CardSource } from './schema.js';
import { compileProjects, compileSolutions } from './stages.js';
import { compileStarters } from './starters.js';

/** A topic's note, rendered: what is compiled, and what the checks look at. */
export interface RenderedTopic {
  readonly topic: LoadedTopic;
  /** Absent while the topic has no body. */
  readonly note?: RenderedNote;
  readonly cards: readonly Card[];
  /** Computed, whatever the file says. */
  readonly minutes?: number;
}

export interface RenderedContent extends Content {
  readonly rendered: ReadonlyMap<string, RenderedTopic>;
  /** With which everything was rendered. */
  readonly options: RenderOptions;
}

/**
 * Compiles the content folder `root` into the JSON files that the extension reads. What can't be read is left out and is a
 * problem; the rest is written all the same.
 */
export async function compileContent({ root, out }: { root: string; out: string }): Promise<{ problems: Problem[] }> {
  const problems: Problem[] = [];
  const content = await renderContent(root, problems);
  const files = compiledFiles(content, root);
  for (const project of await compileProjects(root, content, content.options, problems)) files.set(projectPath(project.id), project);
  for (const { name, json } of compileSolutions(root, content, problems)) files.set(`solutions/${name}`, json);
  try {
    for (const { name, json } of compileStarters(root)) files.set(`starters/${name}`, json);
  } catch (error) {
    problems.push({ file: 'projects', line: 1, column: 1, message: (error as Error).message });
  }
  await rm(out, { recursive: true, force: true });
  for (const folder of new Set([...files.keys()].map((name) => dirname(join(out, name))))) await mkdir(folder, { recursive: true });
  await Promise.all([...files].map(([name, json]) => writeFile(join(out, name), JSON.stringify(json))));
  return { problems: sortProblems(problems) };
}

/** Loads the content and renders all of it. */
export async function renderContent(root: string, problems: Problem[]): Promise<RenderedContent> {
  const content = await loadContent(root, problems);
  checkReferences(content);
  const options: RenderOptions = {
    hasTopic: (id) => content.topics.has(id),
    hasProject: (id) => content.projects.has(id),
    drawMermaid: await loadMermaid(),
  };
  const rendered = new Map<string, RenderedTopic>();
  for (const [id, topic] of content.topics) rendered.set(id, renderTopic(topic, options, problems));
  return { ...content, rendered, options };
}

function renderTopic(topic: LoadedTopic, options: RenderOptions, problems: Problem[]): RenderedTopic {
  const cards = (topic.cards?.value ?? []).map((card, index) => renderCard(card, index, topic.cards!, options));
  if (!topic.body.trim()) return { topic, cards };
  const note = renderNote(topic.body, options);
  for (const { line, message } of note.problems) problems.push({ file: topic.file, line: topic.bodyLine + line, column: 1, message });
  const runs = note.blocks.filter(({ fence }) => fence.run).length;
  return { topic, note, cards, minutes: Math.round(note.words / 180 + note.diagrams + 2 * runs + cards.length) };
}

function renderCard(card: CardSource, index: number, { yaml }: Sourced<unknown>, options: RenderOptions): Card {
  const at = (path: (string | number)[], render: typeof renderText, text: string): { html: string; text: string } => {
    const rendered = render(text, options);
    for (const { message } of rendered.problems) yaml.problem([index, ...path], message);
    return rendered;
  };
  const base = { id: card.id, askHtml: at(['ask'], renderText, card.ask).html };
  switch (card.kind) {
    case 'choice':
      return {
        ...base, kind: card.kind, several: card.options.filter(({ right }) => right).length > 1,
        options: card.options.map((option, position) => ({
          html: at(['options', position, 'text'], renderLine, option.text).html,
          right: option.right ?? false,
          whyHtml: at(['options', position, 'why'], renderText, option.why).html,
        })),
      };
    case 'recall': {
      const points = card.points.map((point, position) => at(['points', position], renderLine, point));
      return { ...base, kind: card.kind, answerHtml: at(['answer'], renderText, card.answer).html, points: points.map(({ text }) => text), pointsHtml: points.map(({ html }) => html) };
    }
    case 'predict':
      return {
        ...base, kind: card.kind, codeHtml: renderCode(card.code, card.language),
        outputHtml: renderOutput(readOutput(card.output, (message) => { yaml.problem([index, 'output'], message); })),
        whyHtml: at(['why'], renderText, card.why).html,
      };
    case 'order': {
      const steps = card.steps.map((step, position) => at(['steps', position], renderLine, step));
      return { ...base, kind: card.kind, steps: steps.map(({ text }) => text), stepsHtml: steps.map(({ html }) => html), whyHtml: at(['why'], renderText, card.why).html };
    }
  }
}

function compiledFiles(content: RenderedContent, root: string): Map<string, unknown> {
  const files = new Map<string, unknown>();
  if (!content.roadmap) return files;
  files.set('index.json', compileIndex(content, root));
  files.set('details.json', compileDetails(content));
  files.set('library.json', (content.resources?.value ?? []).map(({ source: _, ...resource }): Resource => withoutUndefined({ ...resource, topics: known(resource.topics, content) })));
  const trails = breadcrumbs(content);
  const stages = stageLinks(content);
  for (const [id, rendered] of content.rendered) files.set(`notes/${id}.json`, compileNote(rendered, content, trails.get(id) ?? [], stages.get(id) ?? []));
  return files;
}

function compileIndex(content: RenderedContent, root: string): Roadmap {
  const sections = content.roadmap!.value.sections.map((section): Section => ({
    id: section.id,
    title: section.title,
    groups: (section.groups ?? []).map(({ id, title, topics }) => ({ id, title, topics: known(topics, content) })),
    topics: known(section.topics ?? [], content),
    ...(section.choose !== undefined && { choose: section.choose }),
    recommended: known(section.recommendation?.topics ?? [], content),
  }));
  const topics = [...content.rendered].map(([id, { topic, minutes, cards }]): Topic => ({
    id, title: topic.value.title, ...(minutes !== undefined && { minutes }), cards: cards.length, prerequisites: known(topic.value.prerequisites, content),
  }));
  const projects = [...content.projects].map(([id, { value }]) => ({ id, title: value.title, starters: starterLanguages(root, id), stages: value.stages.length }));
  return { schema: 1, sections, topics, projects, redirects: content.redirects?.value ?? {} };
}

function starterLanguages(root: string, project: string): string[] {
  const folder = join(root, 'projects', project, 'starters');
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { withFileTypes: true }).filter((entry) => entry.isDirectory() && entry.name !== 'shared').map(({ name }) => name).sort();
}

function compileDetails(content: RenderedContent): Details {
  return {
    sections: Object.fromEntries(content.roadmap!.value.sections.map(({ id, summary, recommendation }) =>
      [id, { summary, ...(recommendation && { recommendation: recommendation.text }) }])),
    topics: Object.fromEntries([...content.topics].map(([id, { value }]) => [id, { summary: value.summary, related: known(value.related, content) }])),
    projects: Object.fromEntries([...content.projects].map(([id, { value }]) => [id, {
      summary: value.summary,
      builds: value.builds,
      topics: known(value.topics, content),
      stages: value.stages.map((stage) => ({ id: stage.id, title: stage.title, goal: stage.goal, topics: known(stage.topics, content) })),
    }])),
  };
}

function compileNote({ topic, note, cards, minutes }: RenderedTopic, content: RenderedContent, breadcrumb: readonly string[], stages: readonly StageLink[]): Note {
  const { value } = topic;
  const links = (ids: readonly string[]): { id: string; title: string }[] => known(ids, content).map((id) => ({ id, title: content.topics.get(id)!.value.title }));
  return {
    topic: value.id,
    title: value.title,
    summary: value.summary,
    breadcrumb,
    complete: note !== undefined,
    ...(minutes !== undefined && { minutes }),
    prerequisites: links(value.prerequisites),
    related: links(value.related),
    html: note?.html ?? renderIncomplete(value.source, value.covers),
    headings: note?.headings ?? [],
    cards,
    sources: value.sources.map(withoutUndefined),
    stages,
    commands: note?.commands ?? [],
    reviewed: value.reviewed,
  };
}

function breadcrumbs(content: RenderedContent): Map<string, string[]> {
  const trails = new Map<string, string[]>();
  for (const section of content.roadmap!.value.sections) {
    for (const id of section.topics ?? []) trails.set(id, [section.title]);
    for (const group of section.groups ?? []) for (const id of group.topics) trails.set(id, [section.title, group.title]);
  }
  return trails;
}

function stageLinks(content: RenderedContent): Map<string, StageLink[]> {
  const links = new Map<string, StageLink[]>();
  for (const [project, { value }] of content.projects) {
    for (const [index, stage] of value.stages.entries()) {
      for (const topic of stage.topics) {
        const link = { project, projectTitle: value.title, stage: stage.id, number: index + 1, title: stage.title };
        links.set(topic, [...links.get(topic) ?? [], link]);
      }
    }
  }
  return links;
}

/** References to what could not be read are left out, so that the compiled files agree with each other. */
function known(ids: readonly string[], content: Content): string[] {
  return ids.filter((id) => content.topics.has(id));
}

type Compact<T> = { [K in keyof T as undefined extends T[K] ? never : K]: T[K] } & { [K in keyof T as undefined extends T[K] ? K : never]?: Exclude<T[K], undefined> };
function withoutUndefined<T extends object>(value: T): Compact<T> {
  return Object.fromEntries(Object.entries(value).filter(([, one]) => one !== undefined)) as Compact<T>;
}
