import assert from 'node:assert/strict';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { compileContent } from '../../src/build/content/compile.js';
import { root as project } from '../../src/build/paths.js';
import type { Note } from '../../src/core/notes/model.js';
import type { Details, Resource, Roadmap } from '../../src/core/roadmap/model.js';
import { goodContent, withContent } from './fixture.js';

async function compile(root: string): Promise<Map<string, string>> {
  const out = await mkdtemp(join(tmpdir(), 'roadmap-compiled-'));
  try {
    const { problems } = await compileContent({ root, out });
    assert.deepEqual(problems, []);
    const names = (await readdir(out, { recursive: true })).filter((name) => name.endsWith('.json')).map((name) => name.replaceAll('\\', '/')).sort();
    return new Map(await Promise.all(names.map(async (name) => [name, await readFile(join(out, name), 'utf8')] as const)));
  } finally {
    await rm(out, { recursive: true, force: true });
  }
}

const json = <T>(files: ReadonlyMap<string, string>, name: string): T => JSON.parse(files.get(name) ?? assert.fail(`no ${name}`)) as T;

describe('compiling a small content', () => {
  let files: Map<string, string>;
  before(async () => { files = await withContent(goodContent(), compile); });

  it('writes the index that start-up reads', () => {
    assert.deepEqual(json<Roadmap>(files, 'index.json'), {
      schema: 1,
      sections: [
        { id: 'basics', title: 'Basics', groups: [{ id: 'first-group', title: 'First group', topics: ['alpha', 'beta'] }], topics: [], recommended: [] },
        { id: 'languages', title: 'Languages', groups: [], topics: ['gamma', 'delta'], choose: 1, recommended: ['gamma'] },
      ],
      topics: [
        { id: 'alpha', title: 'The topic alpha', minutes: 18, cards: 6, prerequisites: [] },
        { id: 'beta', title: 'The topic beta', cards: 0, prerequisites: ['alpha'] },
        { id: 'gamma', title: 'The topic gamma', cards: 0, prerequisites: [] },
        { id: 'delta', title: 'The topic delta', cards: 0, prerequisites: [] },
      ],
      projects: [{ id: 'cache', title: 'Cache', starters: [], stages: 2 }],
      redirects: { 'old-alpha': 'alpha' },
    } satisfies Roadmap);
  });

  it('writes the details and the library', () => {
    const details = json<Details>(files, 'details.json');
    assert.deepEqual(details.sections, { basics: { summary: 'What everything stands on.' }, languages: { summary: 'Choose one.', recommendation: 'Start with gamma.' } });
    assert.deepEqual(details.topics['alpha'], { summary: 'What alpha is about.', related: [] });
    assert.deepEqual(details.projects['cache']?.stages.map(({ id }) => id), ['ping', 'get']);
    assert.deepEqual(json<Resource[]>(files, 'library.json'), [{ id: 'a-book', kind: 'book', title: 'A book', url: 'https://example.com/book', what: 'What it gives.', when: 'When to read it.', start: 'Where to start.', topics: ['alpha'] }]);
  });

  it('writes a note with everything that its page shows', () => {
    const note = json<Note>(files, 'notes/alpha.json');
    assert.equal(note.complete, true);
    assert.deepEqual(note.breadcrumb, ['Basics', 'First group']);
    assert.deepEqual(note.commands, ['echo "pid $$"\nls\necho hello', 'kubectl get pods']);
    assert.deepEqual(note.stages.map(({ stage, number }) => [stage, number]), [['ping', 1], ['get', 2]]);
    assert.deepEqual(note.headings.map(({ id }) => id), ['h-the-problem', 'h-the-idea', 'h-how-it-works', 'h-in-detail', 'h-see-it-happen', 'h-in-production', 'h-choose', 'h-pitfalls']);
    assert.deepEqual(note.sources[1], { type: 'docs', title: 'The second source', url: 'https://example.com/2', why: 'It says it better.' });
    const [choice, recall, predict, order] = note.cards;
    assert.ok(choice?.kind === 'choice' && !choice.several && choice.options[0]!.right && choice.options[1]!.whyHtml === '<p>A misconception.</p>\n');
    assert.match(choice.askHtml, /<code>right<\/code>/);
    assert.ok(recall?.kind === 'recall' && recall.points[1] === 'the effect' && recall.pointsHtml[1] === 'the <code>effect</code>');
    assert.ok(predict?.kind === 'predict' && /hljs-built_in/.test(predict.codeHtml) && />42</.test(predict.outputHtml) && !/data-run/.test(predict.codeHtml));
    assert.ok(order?.kind === 'order' && order.steps[1] === 'read' && order.stepsHtml[1] === '<code>read</code>');
  });

  it('makes of a topic without a body a note of what the source says', () => {
    const note = json<Note>(files, 'notes/beta.json');
    assert.equal(note.complete, false);
    assert.equal(note.minutes, undefined);
    assert.deepEqual(note.prerequisites, [{ id: 'alpha', title: 'The topic alpha' }]);
    assert.equal(note.html, '<blockquote class="source-says"><p>The bullet of beta (Memory)</p></blockquote>\n<dl class="covers">\n<dt>Memory</dt>\n<dd>Memory is &lt;where&gt; things are.</dd>\n</dl>\n');
  });
});

describe('compiling the roadmap', () => {
  it('gives all 55 topics a note, and twice the same', async function () {
    this.timeout(60_000);
    const root = join(project, 'roadmap');
    const first = await compile(root);
    const second = await compile(root);
    assert.deepEqual(second, first);
    const roadmap = json<Roadmap>(first, 'index.json');
    assert.equal(roadmap.sections.length, 8);
    assert.equal(roadmap.topics.length, 55);
    assert.equal(roadmap.projects.length, 4);
    for (const { id } of roadmap.topics) {
      const note = json<Note>(first, `notes/${id}.json`);
      assert.ok(note.html.length > 200, `${id} is empty`);
      assert.doesNotMatch(note.html, /coming soon/i);
    }
    for (const { id, starters } of roadmap.projects) for (const language of starters) assert.ok(first.has(`starters/${id}.${language}.json`));
  });
});
