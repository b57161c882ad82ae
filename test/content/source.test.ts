import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { loadContent, type Content } from '../../src/build/content/load.js';
import { root as project } from '../../src/build/paths.js';

interface Entry { readonly kind: 'section' | 'group' | 'topic' | 'recommendation' | 'project' | 'resource'; readonly text: string }

/** Reads the source document by itself: nothing of the product's own parsing is used here. */
function readSource(text: string): Entry[] {
  const entries: Entry[] = [];
  const lines = text.split('\n').map((line) => line.trim());
  let part: 'sections' | 'projects' | 'reading' | 'communities' = 'sections';
  for (const [index, line] of lines.entries()) {
    const afterDash = lines[index - 1] === '-';
    if (/^\d+\. /.test(line)) entries.push({ kind: 'section', text: line.replace(/^\d+\. /, '') });
    else if (line.startsWith('🔹 ')) entries.push({ kind: 'recommendation', text: line.slice('🔹 '.length) });
    else if (afterDash && line === 'Work on Real Projects') part = 'projects';
    else if (afterDash && line.startsWith('Read & Follow')) part = 'reading';
    else if (afterDash && line.startsWith('Engage in')) part = 'communities';
    else if (afterDash) entries.push({ kind: 'group', text: line });
    else if (line.startsWith('- ') && !line.endsWith(':')) entries.push({ kind: part === 'sections' ? 'topic' : part === 'projects' ? 'project' : 'resource', text: line.slice(2) });
  }
  return entries;
}

/** Words of a bullet that only introduce its list. */
const headings = ['Message Brokers', 'Protocols'];

/** What a bullet names: the parts of its lists, in parentheses and out of them. */
function namesIn(bullet: string): string[] {
  const inner = [...bullet.matchAll(/\(([^)]*)\)/g)].map(([, list]) => list!);
  const outer = bullet.replace(/\([^)]*\)/g, '');
  const lists = [...inner, ...(/[,:]/.test(outer) ? [outer.replace(/^.*:/, '')] : [])];
  return lists
    .flatMap((list) => list.split(/,|:|&|\bvs\b|\band\b| \+ /))
    .map((name) => name.trim().replace(/^e\.g\.$/, '').replace(/^(?:great|powerful) for /, '').replace(/ for .*$/, ''))
    .filter((name) => name !== '' && !headings.includes(name));
}

function placesIn(content: Content): Entry[] {
  const entries: Entry[] = [];
  for (const section of content.roadmap!.value.sections) {
    entries.push({ kind: 'section', text: section.source });
    const topics = (ids: readonly string[]): void => { for (const id of ids) entries.push({ kind: 'topic', text: content.topics.get(id)?.value.source ?? `(${id} is missing)` }); };
    for (const group of section.groups ?? []) {
      entries.push({ kind: 'group', text: group.source });
      topics(group.topics);
    }
    topics(section.topics ?? []);
    if (section.recommendation) entries.push({ kind: 'recommendation', text: section.recommendation.source });
  }
  for (const { value } of content.projects.values()) entries.push({ kind: 'project', text: value.source });
  const seen = new Set<string>();
  for (const { source } of content.resources!.value) {
    if (source !== undefined && !seen.has(source)) entries.push({ kind: 'resource', text: source });
    if (source !== undefined) seen.add(source);
  }
  return entries;
}

const plain = (text: string): string => text.toLowerCase().replace(/[*_`]/g, '').replace(/\s+/g, ' ');

describe('the source document', () => {
  const entries = readSource(readFileSync(join(__dirname, 'source-document.txt'), 'utf8'));
  let content: Content;
  before(async () => { content = await loadContent(join(project, 'roadmap'), []); });

  it('has the bullets that are known of it', () => {
    const count = (kind: Entry['kind']): number => entries.filter((entry) => entry.kind === kind).length;
    assert.deepEqual([count('section'), count('group'), count('topic'), count('recommendation'), count('project'), count('resource')], [8, 4, 55, 2, 4, 8]);
  });

  it('has a place in the product for every bullet, in its order', () => {
    assert.deepEqual(placesIn(content), entries);
  });

  it('has every name of a bullet taught by the bullet’s topic', () => {
    const missing: string[] = [];
    let names = 0;
    for (const { value, body } of content.topics.values()) {
      const taught = plain([...value.covers.flatMap(({ name, text }) => [name, text]), body].join(' '));
      for (const name of namesIn(value.source)) {
        names++;
        if (!taught.includes(plain(name))) missing.push(`${value.id}: ${name}`);
      }
    }
    assert.deepEqual(missing, []);
    assert.ok(names > 100, `${names} names`);
  });

  it('has a resource for everything that its reading list and its communities name', () => {
    for (const [bullet, names] of [
      ['Uber, Netflix, Facebook Engineering Blogs', ['Uber', 'Netflix', 'Facebook']],
      ['ACM Queue & IEEE Papers', ['ACM Queue', 'IEEE']],
      ['Contribute to projects like HTMX, Supabase, Flink', ['HTMX', 'Supabase', 'Flink']],
      ['Join backend engineering Slack & Discord communities', ['Slack', 'Discord']],
      ['Attend backend & DevOps conferences (GopherCon, KubeCon)', ['GopherCon', 'KubeCon']],
    ] as const) {
      const own = content.resources!.value.filter(({ source }) => source === bullet);
      for (const name of names) {
        assert.ok(own.some((resource) => plain([resource.title, resource.by, resource.what, resource.start].join(' ')).includes(plain(name))), `${name} has no place`);
      }
    }
  });

  it('has every name of a project in that project', () => {
    for (const { value } of content.projects.values()) {
      const text = plain([value.title, value.summary, value.builds, ...value.stages.flatMap(({ title, goal }) => [title, goal])].join(' '));
      for (const name of ['Redis', 'Kafka', 'Flink', 'gRPC', 'Wireshark'].filter((one) => value.source.includes(one))) assert.ok(text.includes(plain(name)), `${value.id}: ${name}`);
    }
  });
});
