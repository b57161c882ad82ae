import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { Progress, TopicState } from '../../../src/core/progress/model.js';
import type { Roadmap } from '../../../src/core/roadmap/model.js';
import { Outline, parseRoadmap } from '../../../src/core/roadmap/outline.js';
import { passes, Standing } from '../../../src/core/roadmap/standing.js';

const topic = (id: string, ...prerequisites: string[]) => ({ id, title: id.toUpperCase(), cards: 0, prerequisites });
const roadmap: Roadmap = {
  schema: 1,
  sections: [
    { id: 'basics', title: 'Basics', groups: [{ id: 'os', title: 'OS', topics: ['a', 'b'] }, { id: 'net', title: 'Net', topics: ['c'] }], topics: [], recommended: [] },
    { id: 'languages', title: 'Languages', groups: [], topics: ['go', 'java', 'rust'], choose: 2, recommended: ['go', 'java'] },
    { id: 'design', title: 'Design', groups: [], topics: ['d'], recommended: [] },
  ],
  topics: [topic('a'), topic('b', 'a'), topic('c'), topic('go'), topic('java'), topic('rust'), topic('d', 'c', 'rust')],
  projects: [],
  redirects: { old: 'a' },
};
const outline = new Outline(roadmap);

function progress(states: Record<string, TopicState>, languages?: string[]): Progress {
  return { topics: new Map(Object.entries(states).map(([id, state], at) => [id, { state, at }])), languages, answers: new Map(), practice: new Map() };
}
const standing = (states: Record<string, TopicState>, languages?: string[]) => new Standing(outline, progress(states, languages));

describe('outline', () => {
  it('knows order, places, neighbours and redirects', () => {
    assert.deepEqual(outline.order, ['a', 'b', 'c', 'go', 'java', 'rust', 'd']);
    assert.equal(outline.place('c')?.group?.id, 'net');
    assert.equal(outline.place('d')?.group, undefined);
    assert.equal(outline.neighbour('b', 1)?.id, 'c');
    assert.equal(outline.neighbour('a', -1), undefined);
    assert.equal(outline.topic('old')?.id, 'a');
    assert.equal(outline.topic('nothing'), undefined);
    assert.equal(outline.topic('constructor'), undefined);
  });

  for (const value of [undefined, null, 7, 'text', {}, { schema: 2, sections: [], topics: [], projects: [], redirects: {} }, { schema: 1, sections: [] }]) {
    it(`refuses ${JSON.stringify(value)} with words for a person`, () => {
      assert.throws(() => parseRoadmap(value), /Reinstall the extension/);
    });
  }
});

describe('standing', () => {
  it('counts sections, groups and the whole; before a pick the recommended languages count', () => {
    const now = standing({ a: 'done', c: 'reading' });
    assert.deepEqual(now.section('basics'), { done: 1, total: 3 });
    assert.deepEqual(now.group('basics', 'os'), { done: 1, total: 2 });
    assert.deepEqual(now.section('languages'), { done: 0, total: 2 });
    assert.deepEqual(now.total, { done: 1, total: 6 });
    assert.equal(now.isOptional('rust'), true);
  });

  it('lets skipped topics leave the total', () => {
    assert.deepEqual(standing({ a: 'skipped', b: 'done' }).section('basics'), { done: 1, total: 2 });
  });

  it('counts picked languages only, and a finished one always', () => {
    assert.deepEqual(standing({}, ['rust']).section('languages'), { done: 0, total: 1 });
    assert.deepEqual(standing({ java: 'done' }, ['rust']).section('languages'), { done: 1, total: 2 });
    assert.equal(standing({}, ['rust']).isOptional('go'), true);
  });

  it('takes a language that is being read for the pick', () => {
    const now = standing({ rust: 'reading' });
    assert.deepEqual(now.section('languages'), { done: 0, total: 1 });
    assert.equal(now.isOptional('go'), true);
  });

  it('puts the topic read last up next', () => {
    assert.equal(standing({ b: 'reading', c: 'reading' }).upNext()?.id, 'c');
  });

  it('else the first whose prerequisites are done, skipped or optional', () => {
    assert.equal(standing({}).upNext()?.id, 'a');
    assert.equal(standing({ a: 'skipped' }).upNext()?.id, 'b');
    assert.equal(standing({ a: 'done', b: 'done', c: 'done', go: 'done', java: 'done' }).upNext()?.id, 'd', 'rust is optional, so it holds nothing up');
    assert.equal(standing({ a: 'done', b: 'done', c: 'done', go: 'done', d: 'done' }).upNext(), undefined, 'one finished language stands for the pick');
  });

  it('never counts more done than there are, and adds up, whatever the states', () => {
    const states = fc.constantFrom<TopicState>('notStarted', 'reading', 'done', 'skipped');
    fc.assert(fc.property(fc.dictionary(fc.constantFrom(...outline.order), states), fc.option(fc.subarray(['go', 'java', 'rust']), { nil: undefined }), (given, languages) => {
      const now = standing(given, languages);
      const parts = outline.sections.map(({ id }) => now.section(id));
      assert.equal(now.total.done, parts.reduce((sum, { done }) => sum + done, 0));
      assert.equal(now.total.total, parts.reduce((sum, { total }) => sum + total, 0));
      assert.ok(parts.every(({ done, total }) => done <= total));
      const next = now.upNext();
      if (next !== undefined) assert.ok(!now.isOptional(next.id) && !['done', 'skipped'].includes(given[next.id] ?? 'notStarted'));
    }));
  });
});

describe('filter', () => {
  it('shows what it says', () => {
    assert.deepEqual((['notStarted', 'reading', 'done', 'skipped'] as const).map((state) => passes('notDone', state)), [true, true, false, false]);
    assert.deepEqual((['notStarted', 'reading', 'done', 'skipped'] as const).map((state) => passes('done', state)), [false, false, true, false]);
  });
});
