import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type * as v from 'valibot';
import type { Problem } from './problem.js';
import { cardsSchema, projectSchema, redirectsSchema, resourcesSchema, roadmapSchema, topicSchema, type CardSource, type ProjectSource, type ResourceSource, type RoadmapSource, type TopicSource } from './schema.js';
import { YamlFile } from './yamlFile.js';

/** A value with the file that says it, to report problems at its parts. */
export interface Sourced<T> { readonly value: T; readonly yaml: YamlFile }

export interface LoadedTopic extends Sourced<TopicSource> {
  readonly file: string;
  readonly section: string;
  readonly body: string;
  /** Line of the file on which the body starts, from 1. */
  readonly bodyLine: number;
  readonly cards?: Sourced<readonly CardSource[]>;
  /** There is a cards file and it can't be read: nothing can be said of the number of cards. */
  readonly cardsUnreadable: boolean;
}

/** The content as written. What can't be read is missing here and is a problem. */
export interface Content {
  readonly roadmap: Sourced<RoadmapSource> | undefined;
  /** In the order of the roadmap. */
  readonly topics: ReadonlyMap<string, LoadedTopic>;
  readonly projects: ReadonlyMap<string, Sourced<ProjectSource>>;
  readonly resources: Sourced<readonly ResourceSource[]> | undefined;
  readonly redirects: Sourced<Readonly<Record<string, string>>> | undefined;
}

export async function loadContent(root: string, problems: Problem[]): Promise<Content> {
  const readYaml = async <S extends v.GenericSchema>(file: string, schema: S): Promise<Sourced<v.InferOutput<S>> | undefined> => {
    if (!existsSync(join(root, file))) {
      problems.push({ file, line: 1, column: 1, message: 'this file is missing: add it' });
      return undefined;
    }
    const yaml = new YamlFile(file, await readText(join(root, file)), problems);
    const value = yaml.read(schema);
    return value === undefined ? undefined : { value, yaml };
  };
  const roadmap = await readYaml('roadmap.yaml', roadmapSchema);
  const redirects = await readYaml('redirects.yaml', redirectsSchema);
  const resources = await readYaml('resources.yaml', resourcesSchema);
  const projects = new Map<string, Sourced<ProjectSource>>();
  for (const [index, id] of roadmap?.value.projects.entries() ?? []) {
    if (!existsSync(join(root, `projects/${id}/project.yaml`))) {
      roadmap!.yaml.problem(['projects', index], `the project "${id}" has no file: add roadmap/projects/${id}/project.yaml`);
      continue;
    }
    const project = await readYaml(`projects/${id}/project.yaml`, projectSchema);
    if (project) projects.set(id, project);
  }
  return {
    roadmap, resources, projects,
    redirects: redirects && { value: redirects.value.redirects, yaml: redirects.yaml },
    topics: await loadTopics(root, roadmap, readYaml, problems),
  };
}

type ReadYaml = <S extends v.GenericSchema>(file: string, schema: S) => Promise<Sourced<v.InferOutput<S>> | undefined>;

async function loadTopics(root: string, roadmap: Sourced<RoadmapSource> | undefined, readYaml: ReadYaml, problems: Problem[]): Promise<Map<string, LoadedTopic>> {
  const topics = new Map<string, LoadedTopic>();
  const expected = new Set<string>();
  for (const [sectionIndex, section] of roadmap?.value.sections.entries() ?? []) {
    const lists = [
      ...(section.groups ?? []).map((group, index) => ({ ids: group.topics, path: ['sections', sectionIndex, 'groups', index, 'topics'] })),
      { ids: section.topics ?? [], path: ['sections', sectionIndex, 'topics'] },
    ];
    for (const { ids, path } of lists) {
      for (const [index, id] of ids.entries()) {
        const file = `topics/${section.id}/${id}.md`;
        if (expected.has(`${file}`) || topics.has(id)) {
          roadmap!.yaml.problem([...path, index], `the topic "${id}" is there twice: a topic has one place`);
          continue;
        }
        expected.add(file);
        if (!existsSync(join(root, file))) {
          roadmap!.yaml.problem([...path, index], `the topic "${id}" has no file: add roadmap/${file}, or remove it here`);
          continue;
        }
        const topic = await loadTopic(root, file, section.id, readYaml, problems);
        if (topic) topics.set(id, topic);
      }
    }
  }
  if (roadmap) await reportStrays(root, expected, problems);
  return topics;
}

async function loadTopic(root: string, file: string, section: string, readYaml: ReadYaml, problems: Problem[]): Promise<LoadedTopic | undefined> {
  const text = await readText(join(root, file));
  const parts = /^---\n([^]*?)\n---[ \t]*(?:\n([^]*))?$/.exec(text);
  if (!parts) {
    problems.push({ file, line: 1, column: 1, message: 'the front matter is missing: the file starts with --- and a second --- ends the front matter' });
    return undefined;
  }
  const yaml = new YamlFile(file, parts[1]!, problems, 2);
  const value = yaml.read(topicSchema);
  const cardsFile = file.replace(/\.md$/, '.cards.yaml');
  const hasCards = existsSync(join(root, cardsFile));
  const cards = hasCards ? await readYaml(cardsFile, cardsSchema) : undefined;
  return value && { file, section, value, yaml, body: parts[2] ?? '', bodyLine: parts[1]!.split('\n').length + 3, cardsUnreadable: hasCards && !cards, ...(cards && { cards }) };
}

/** A file that nothing lists would be silently left out. */
async function reportStrays(root: string, expected: ReadonlySet<string>, problems: Problem[]): Promise<void> {
  const topics = join(root, 'topics');
  if (!existsSync(topics)) return;
  const files = (await readdir(topics, { recursive: true })).map((name) => `topics/${name.replaceAll('\\', '/')}`).filter((name) => /\.\w+$/.test(name));
  for (const file of files.sort()) {
    const note = file.replace(/\.cards\.yaml$/, '.md');
    if (!expected.has(note)) problems.push({ file, line: 1, column: 1, message: `roadmap.yaml does not list this topic in the section "${file.split('/')[1]!}": add its id there, or move the file` });
    else if (file !== note && !files.includes(note)) problems.push({ file, line: 1, column: 1, message: `these cards have no topic: add ${note}` });
  }
}

/** Line ends are the same from every checkout. */
async function readText(path: string): Promise<string> {
  return (await readFile(path, 'utf8')).replace(/^\uFEFF/, '').replaceAll('\r\n', '\n');
}
