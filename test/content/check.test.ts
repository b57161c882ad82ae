import assert from 'node:assert/strict';
import { checkContent, fixContent } from '../../src/build/content/check.js';
import { formatProblem } from '../../src/build/content/problem.js';
import { goodContent, withContent } from './fixture.js';

/** Changes one file of the good content. @throws when there is nothing to change */
function changed(file: string, from: string | RegExp, to: string): Map<string, string> {
  const files = goodContent();
  const before = files.get(file);
  const after = before?.replace(from, to);
  assert.ok(before !== undefined && after !== undefined && after !== before, `${file} has no ${from}`);
  return files.set(file, after);
}

const problemsOf = (files: ReadonlyMap<string, string>, run = false): Promise<string[]> =>
  withContent(files, async (root) => (await checkContent({ root, run, allTools: false })).problems.map(formatProblem));

const alpha = 'topics/basics/alpha.md';
const beta = 'topics/basics/beta.md';
const cards = 'topics/basics/alpha.cards.yaml';

describe('the check of the content', () => {
  it('finds nothing in good content, and runs its blocks', async () => {
    const result = await withContent(goodContent(), (root) => checkContent({ root, run: true, allTools: true }));
    assert.deepEqual(result.problems.map(formatProblem), []);
    assert.deepEqual(result.rows, [{ topic: 'alpha', words: 1251, diagrams: 1, runs: 3, executed: 3, cards: 6, sources: 2, minutes: 18 }]);
  });

  const broken: [what: string, file: string, from: string | RegExp, to: string, problem: RegExp][] = [
    ['YAML that can’t be read', 'roadmap.yaml', 'title: Basics', 'title: Basics: again', /^roadmap\/roadmap\.yaml:3:\d+: not valid YAML/],
    ['a missing key', alpha, /^title:.*\n/m, '', /alpha\.md:2:1: title is missing: add it/],
    ['a misspelt key', alpha, 'summary:', 'sumary:', /alpha\.md:5:1: "sumary" is not known here/],
    ['a value of the wrong type', alpha, 'reviewed: 2026-11-22', 'reviewed: soon', /alpha\.md:12:1: reviewed needs to be a date/],
    ['a source of an unknown type', alpha, 'type: rfc', 'type: blog', /alpha\.md:14:5: sources\[1\]\.type needs to be .*"rfc"/],
    ['one source only', alpha, / {2}- type: docs[^]*?better\.\n/, '', /alpha\.md:13:1: sources needs to be at least two sources/],
    ['an address without https', alpha, 'https://example.com/1', 'http://example.com/1', /alpha\.md:17:5: sources\[1\]\.url needs to be an https address/],
    ['no front matter', beta, '---\n', '', /beta\.md:1:1: the front matter is missing/],
    ['an id that is not the file name', beta, 'id: beta', 'id: bet', /beta\.md:2:1: the id "bet" and the file name differ/],
    ['a topic listed twice', 'roadmap.yaml', '[alpha, beta]', '[alpha, beta, alpha]', /roadmap\.yaml:10:31: the topic "alpha" is there twice/],
    ['a topic without a file', 'roadmap.yaml', '[alpha, beta]', '[alpha, beta, omega]', /roadmap\.yaml:10:31: the topic "omega" has no file/],
    ['a file without a place', 'roadmap.yaml', '[gamma, delta]', '[gamma]', /delta\.md:1:1: roadmap\.yaml does not list this topic/],
    ['groups and topics', 'roadmap.yaml', 'choose: 1', 'choose: 1\n    groups: [{ id: g, title: G, source: G, topics: [delta] }]', /either groups or topics/],
    ['a choice of everything', 'roadmap.yaml', 'choose: 1', 'choose: 2', /roadmap\.yaml:15:5: choose is less than/],
    ['a recommendation from elsewhere', 'roadmap.yaml', 'topics: [gamma]\n', 'topics: [alpha]\n', /"alpha" is not a topic of this section/],
    ['an unknown prerequisite', beta, '[alpha]', '[omega]', /beta\.md:9:17: there is no topic "omega"/],
    ['a prerequisite that moved', beta, '[alpha]', '[old-alpha]', /"old-alpha": it is now "alpha"/],
    ['an optional prerequisite', beta, '[alpha]', '[gamma]', /beta\.md:9:17: "gamma" is optional/],
    ['a circle of prerequisites', alpha, 'prerequisites: []', 'prerequisites: [beta]', /prerequisites go in a circle: alpha → beta → alpha/],
    ['an unknown related topic', alpha, 'related: []', 'related: [omega]', /alpha\.md:11:11: there is no topic "omega"/],
    ['a topic related to itself', alpha, 'related: []', 'related: [alpha]', /names itself/],
    ['a reused id', 'redirects.yaml', 'old-alpha: alpha', 'beta: alpha', /redirects\.yaml:2:3: "beta" is a topic again/],
    ['a redirect into nothing', 'redirects.yaml', 'old-alpha: alpha', 'old-alpha: omega', /which is no topic/],
    ['an unknown topic of a stage', 'projects/cache/project.yaml', 'topics: [alpha]\n', 'topics: [omega]\n', /project\.yaml:11:14: there is no topic "omega"/],
    ['two stages of one id', 'projects/cache/project.yaml', 'id: get', 'id: ping', /the stage id "ping" is taken/],
    ['an unknown topic of a resource', 'resources.yaml', 'topics: [alpha]', 'topics: [omega]', /resources\.yaml:9:12: there is no topic "omega"/],
    ['an unknown kind of resource', 'resources.yaml', 'kind: book', 'kind: scroll', /resources\.yaml:2:3: \[1\]\.kind needs to be/],
    ['a missing heading', alpha, '## Choose', '### Choose', /heading 6 is "## Choose", not "Pitfalls"/],
    ['a heading too many', alpha, /\n$/, '\n## More\n', /"More" is one heading too many/],
    ['a skipped level', alpha, '### In detail', '#### In detail', /"In detail" skips a level/],
    ['a first-level heading', alpha, '## The problem', '# Alpha\n\n## The problem', /the title is not repeated/],
    ['too few words', alpha, /(word ){280}/, '', /the note has \d+ words of prose: write 1200 to 2500/],
    ['too many words', alpha, 'word ', 'word '.repeat(1300), /the note has \d+ words of prose: write 1200 to 2500/],
    ['no figure', alpha, /```mermaid[^]*?```\n/, '', /alpha\.md:24:1: the note has no figure/],
    ['a figure without a caption', alpha, ' caption="One thing leads to another."', '', /alpha\.md:33:1: a figure needs a caption/],
    ['a figure without an alternative', alpha, ' alt="An arrow from A to B."', '', /alpha\.md:33:1: a figure needs a text alternative/],
    ['a figure that can’t be drawn', alpha, 'flowchart LR', 'mindmap', /alpha\.md:33:1: the mermaid figure can't be read/],
    ['an unknown attribute of a fence', alpha, 'run title=', 'run titel=', /a bash fence has no "titel"/],
    ['an unknown language of a fence', alpha, '```python', '```cobol', /the fence language "cobol" is not known/],
    ['a block that neither runs nor says why', alpha, ' why="It needs a cluster."', '', /alpha\.md:65:1: a bash block runs \("run"\), or says why/],
    ['a block that runs without output', alpha, /```output\n2\n```\n/, '', /alpha\.md:57:1: a "run" block is followed by a fence "output"/],
    ['an output of nothing', alpha, '## Choose\n', '## Choose\n\n```output\nx\n```\n', /a fence "output" follows the block/],
    ['an expression that can’t be read', alpha, '\\d+', '(', /an expression that can't be read/],
    ['a link to no topic', alpha, 'topic:beta', 'topic:omega', /alpha\.md:31:1: the link "topic:omega" leads nowhere/],
    ['a link to no project', alpha, 'project:cache', 'project:omega', /"project:omega" leads nowhere/],
    ['a link of another kind', alpha, 'https://example.com/page', 'http://example.com/page', /alpha\.md:31:1: the link "http:\/\/example\.com\/page" is not one of/],
    ['an image', alpha, '[a page]', '![a page]', /no images in notes/],
    ['a point that the body never names', alpha, 'share memory', 'share things', /alpha\.md:7:5: the body never names "Memory"/],
    ['minutes that were guessed', alpha, 'minutes: 18', 'minutes: 20', /alpha\.md:9:1: minutes is 20 and computed to 18/],
    ['minutes of nothing', beta, 'prerequisites:', 'minutes: 5\nprerequisites:', /remove it until there is one/],
    ['five cards', cards, /- id: six[^]*$/, '', /5 cards: a topic with a note has at least 6/],
    ['two kinds of cards', cards, /- id: (three|four)\n {2}kind: (predict|order)[^]*(?=- id: five)/, '- { id: x, kind: recall, ask: a, answer: b, points: [c] }\n- { id: y, kind: recall, ask: a, answer: b, points: [c] }\n', /use at least 3 kinds/],
    ['two cards of one id', cards, 'id: two', 'id: one', /alpha\.cards\.yaml:10:3: the card id "one" is taken/],
    ['an option that explains nothing', cards, / {6}why: A misconception\.\n/, '', /alpha\.cards\.yaml:8:7: \[1\]\.options\[2\]\.why is missing/],
    ['a choice without a right option', cards, '      right: true\n', '', /one option at least with right: true/],
    ['a figure in a card', cards, 'answer: Because.', 'answer: "```mermaid\\nflowchart LR\\nA --> B\\n```"', /figures belong into notes/],
    ['a stale schema', 'schemas/topic.schema.json', 'Stable slug', 'Any slug', /topic\.schema\.json:1:1: out of date/],
  ];
  for (const [what, file, from, to, expected] of broken.filter(([, file]) => goodContent().has(file))) {
    it(`reports ${what}, where it is`, async () => {
      const problems = await problemsOf(changed(file, from, to));
      assert.ok(problems.some((problem) => expected.test(problem)), `expected ${expected} among\n${problems.join('\n')}`);
    });
  }

  it('reports a missing file', async () => {
    const files = goodContent();
    files.delete('resources.yaml');
    assert.deepEqual(await problemsOf(files), ['roadmap/resources.yaml:1:1: this file is missing: add it']);
  });

  it('reports cards that have no note', async () => {
    const files = goodContent().set('topics/basics/beta.cards.yaml', goodContent().get(cards)!);
    assert.match((await problemsOf(files)).join(), /beta\.cards\.yaml:1:1: these cards belong to a note that has no body yet/);
  });

  it('reports every problem, not the first only', async () => {
    const files = changed(alpha, 'topic:beta', 'topic:omega');
    files.set(beta, files.get(beta)!.replace('summary:', 'sumary:'));
    const problems = await problemsOf(files);
    for (const expected of [/topic:omega/, /sumary/, /summary is missing/]) assert.match(problems.join('\n'), expected);
  });

  it('counts the lines of a file with Windows line ends alike', async () => {
    const files = changed(alpha, 'topic:beta', 'topic:omega');
    files.set(alpha, files.get(alpha)!.replaceAll('\n', '\r\n'));
    assert.match((await problemsOf(files)).join(), /alpha\.md:31:1: the link/);
  });

  it('reports a block that prints something else', async () => {
    const problems = await problemsOf(changed(alpha, 'print(1 + 1)', 'print(1 + 2)'), true);
    assert.equal(problems.length, 1);
    assert.match(problems[0]!, /alpha\.md:57:1: the block does not do what the note says: line 1: expected "2", got "3"/);
  });

  it('reports a predict card that prints something else', async () => {
    assert.match((await problemsOf(changed(cards, '6 * 7', '6 * 9'), true)).join(), /alpha\.cards\.yaml:19:1: .*expected "42", got "54"/);
  });

  it('writes minutes and schemas with --fix', async () => {
    const files = changed(alpha, /^minutes:.*\n/m, '');
    files.set(beta, files.get(beta)!.replace('prerequisites:', 'minutes: 5\nprerequisites:'));
    files.delete('schemas/cards.schema.json');
    await withContent(files, async (root) => {
      assert.deepEqual((await fixContent(root)).sort(), ['schemas/cards.schema.json', alpha, beta].sort());
      assert.deepEqual((await checkContent({ root, run: false, allTools: false })).problems, []);
    });
  });
});
