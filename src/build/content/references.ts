import { basename } from 'node:path';
import { findCycle } from '../../core/roadmap/graph.js';
import type { Content } from './load.js';
import type { Path, YamlFile } from './yamlFile.js';

/** Ids: in their place, unique, known where they are used, never reused; prerequisites without a cycle. */
export function checkReferences(content: Content): void {
  const { roadmap, topics, projects, resources, redirects } = content;
  if (!roadmap) return;
  const topic = (yaml: YamlFile, path: Path, ids: readonly string[], self?: string): void => {
    for (const [index, id] of ids.entries()) {
      const at = [...path, index];
      if (id === self) yaml.problem(at, `the topic names itself: remove "${id}"`);
      else if (ids.indexOf(id) < index) yaml.problem(at, `"${id}" is there twice: remove one`);
      else if (!topics.has(id)) {
        const moved = redirects?.value[id];
        yaml.problem(at, `there is no topic "${id}"${moved ? `: it is now "${moved}"` : ': correct it or add the topic'}`);
      }
    }
  };
  const listed = new Set<string>();
  const unique = (yaml: YamlFile, path: Path, id: string): void => {
    if (listed.has(id)) yaml.problem(path, `the id "${id}" is taken: choose another`);
    listed.add(id);
  };
  const optional = new Set<string>();
  for (const [index, section] of roadmap.value.sections.entries()) {
    const at = ['sections', index];
    unique(roadmap.yaml, [...at, 'id'], section.id);
    if ((section.groups?.length ?? 0) > 0 === (section.topics?.length ?? 0) > 0) roadmap.yaml.problem(at, `the section "${section.id}" needs either groups or topics`);
    for (const [group, { id }] of (section.groups ?? []).entries()) unique(roadmap.yaml, [...at, 'groups', group, 'id'], id);
    const own = [...section.topics ?? [], ...(section.groups ?? []).flatMap((group) => group.topics)];
    for (const [position, id] of (section.recommendation?.topics ?? []).entries()) {
      if (!own.includes(id)) roadmap.yaml.problem([...at, 'recommendation', 'topics', position], `"${id}" is not a topic of this section`);
    }
    if (section.choose !== undefined) {
      if (section.choose >= own.length) roadmap.yaml.problem([...at, 'choose'], `choose is less than the ${own.length} topics of the section, or absent`);
      for (const id of own) optional.add(id);
    }
  }

  for (const [id, loaded] of topics) {
    const { value, yaml } = loaded;
    if (value.id !== id || basename(loaded.file, '.md') !== value.id) yaml.problem(['id'], `the id "${value.id}" and the file name differ: the id is the file name, "${id}"`);
    topic(yaml, ['prerequisites'], value.prerequisites, id);
    topic(yaml, ['related'], value.related, id);
    for (const [index, other] of value.related.entries()) {
      if (value.prerequisites.includes(other)) yaml.problem(['related', index], `"${other}" is a prerequisite already: remove it from related`);
    }
    for (const [index, other] of value.prerequisites.entries()) {
      if (optional.has(other) && !optional.has(id)) yaml.problem(['prerequisites', index], `"${other}" is optional (the learner chooses among its section), so nothing else can require it`);
    }
    const names = value.covers.map(({ name }) => name);
    for (const [index, name] of names.entries()) if (names.indexOf(name) < index) yaml.problem(['covers', index, 'name'], `"${name}" is there twice`);
    const cardIds = loaded.cards?.value.map((card) => card.id) ?? [];
    for (const [index, card] of cardIds.entries()) if (cardIds.indexOf(card) < index) loaded.cards!.yaml.problem([index, 'id'], `the card id "${card}" is taken in this topic: choose another`);
  }
  const cycle = findCycle(new Map([...topics].map(([id, { value }]) => [id, value.prerequisites])));
  if (cycle) {
    const [first, next] = cycle as [string, string];
    const { value, yaml } = topics.get(first)!;
    yaml.problem(['prerequisites', value.prerequisites.indexOf(next)], `prerequisites go in a circle: ${cycle.join(' → ')}. Remove one of them`);
  }

  for (const [id, { value, yaml }] of projects) {
    if (value.id !== id) yaml.problem(['id'], `the id "${value.id}" and the folder differ: the id is the folder's name, "${id}"`);
    topic(yaml, ['topics'], value.topics);
    for (const [index, stage] of value.stages.entries()) {
      topic(yaml, ['stages', index, 'topics'], stage.topics);
      if (value.stages.findIndex((other) => other.id === stage.id) < index) yaml.problem(['stages', index, 'id'], `the stage id "${stage.id}" is taken in this project: choose another`);
    }
  }
  for (const [index, resource] of resources?.value.entries() ?? []) {
    topic(resources!.yaml, [index, 'topics'], resource.topics);
    if (resources!.value.findIndex((other) => other.id === resource.id) < index) resources!.yaml.problem([index, 'id'], `the id "${resource.id}" is taken: choose another`);
  }
  for (const [old, current] of Object.entries(redirects?.value ?? {})) {
    if (topics.has(old)) redirects!.yaml.problem(['redirects', old], `"${old}" is a topic again: an id is never reused, give the topic another`);
    if (!topics.has(current)) redirects!.yaml.problem(['redirects', old], `"${old}" leads to "${current}", which is no topic: redirects lead straight to a current id`);
  }
}
