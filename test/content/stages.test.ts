import assert from 'node:assert/strict';
import { compileProjects } from '../../src/build/content/stages.js';
import { renderContent } from '../../src/build/content/compile.js';
import { formatProblem, type Problem } from '../../src/build/content/problem.js';
import type { CompiledProject } from '../../src/core/checks/project.js';
import { stagePage } from '../../src/core/notes/stagePage.js';
import { stageStrings } from '../../src/core/notes/stageStrings.js';
import { goodContent, withContent } from './fixture.js';

const drawing = '<svg viewBox="0 0 20 20"><defs><marker id="tip"><path d="M0 0h1"/></marker></defs><line x1="0" y1="0" x2="9" y2="9" marker-end="url(#tip)"/></svg>';
const figure = `\`\`\`svg caption="A line." alt="A line from the left to the right."\n${drawing}\n\`\`\`\n`;
const figureInFile = '```svg file="figures/line.svg" caption="A line." alt="A line from the left to the right."\n```\n';
const text = `## What to build

${figure}
${'word '.repeat(120)}

\`\`\`bash
redis-cli ping
\`\`\`

## Why it matters

${figureInFile}
## What is tested

Nothing.

## Hints

### One

${figure}
### Two

${figure}
### Three

Words.
`;

function project(): Map<string, string> {
  return goodContent()
    .set('projects/cache/architecture.md', `${figure}\nA client and a server.\n`)
    .set('projects/cache/stages/01-ping.md', text)
    .set('projects/cache/stages/02-get.md', text)
    .set('projects/cache/stages/figures/line.svg', `${drawing}\n`);
}

async function compiled(files: ReadonlyMap<string, string>): Promise<{ cache: CompiledProject; problems: string[] }> {
  return await withContent(files, async (root) => {
    const problems: Problem[] = [];
    const content = await renderContent(root, problems);
    const [cache] = await compileProjects(root, content, content.options, problems);
    return { cache: cache!, problems: problems.map(formatProblem) };
  });
}

const page = (cache: CompiledProject, number: number): string => stagePage({
  project: cache, number, standing: { state: 'absent', words: '', passed: false, verdicts: {}, solution: false }, strings: stageStrings, lang: 'en', nonce: 'n', cspSource: 'c', cssUri: 'u', scriptUri: 's',
});

describe('compiling the stages of a project', () => {
  it('shows the whole system with each stage, open in the first', async () => {
    const { cache, problems } = await compiled(project());
    assert.deepEqual(problems, []);
    assert.match(page(cache, 1), /<details class="stage-architecture" open><summary>The whole system<\/summary>\n<div><figure class="diagram"><svg [^>]*role="img"/);
    assert.match(page(cache, 2), /<details class="stage-architecture"><summary>/);
    const files = project();
    files.delete('projects/cache/architecture.md');
    assert.doesNotMatch(page((await compiled(files)).cache, 1), /stage-architecture/);
  });

  it('gives each drawing of a page ids of its own, and each its alternative', async () => {
    const html = page((await compiled(project())).cache, 1);
    const ids = [...html.matchAll(/\sid="([^"]*)"/g)].map(([, id]) => id);
    assert.equal(ids.filter((id) => id!.endsWith('-tip')).length, 5);
    assert.deepEqual(ids, [...new Set(ids)]);
    for (const [, id] of html.matchAll(/aria-labelledby="([^"]*-alt)"/g)) assert.ok(html.includes(`<desc id="${id}">A line from the left to the right.</desc>`));
  });

  it('offers no terminal, as the page has none, and asks for no reason why a block does not run', async () => {
    const { cache } = await compiled(project());
    assert.match(cache.stages[0]!.html, /data-copy/);
    assert.doesNotMatch(page(cache, 1), /data-run/);
  });

  const broken: [what: string, file: string, text: string, problem: RegExp][] = [
    ['a drawing that is missing', 'projects/cache/stages/01-ping.md', text.replace('line.svg', 'lines.svg'), /01-ping\.md:15:1: the svg figure can't be read: there is no file figures\/lines\.svg beside the text/],
    ['a drawing that is wrong', 'projects/cache/stages/figures/line.svg', drawing.replace('<line', '<script'), /01-ping\.md:15:1: <script> can't be used/],
    ['a file and a drawing', 'projects/cache/stages/01-ping.md', text.replace('right."\n```', `right."\n${drawing}\n\`\`\``), /a fence with a file is empty/],
    ['a block that is to run', 'projects/cache/stages/01-ping.md', text.replace('```bash', '```bash run'), /01-ping\.md:9:1: nothing runs a block here/],
    ['a system without a figure', 'projects/cache/architecture.md', 'Words.\n', /architecture\.md:1:1: there is no figure/],
    ['a system with headings', 'projects/cache/architecture.md', `## System\n\n${figure}`, /architecture\.md:1:1: no headings here/],
    ['a system of many words', 'projects/cache/architecture.md', `${figure}\n${'word '.repeat(151)}\n`, /151 words beside the figure: write 150 at most/],
  ];
  for (const [what, file, wrong, expected] of broken) {
    it(`reports ${what}`, async () => {
      const { problems } = await compiled(project().set(file, wrong));
      assert.ok(problems.some((problem) => expected.test(problem)), `expected ${expected} among\n${problems.join('\n')}`);
    });
  }
});
