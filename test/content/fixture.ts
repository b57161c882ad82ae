import { mkdtemp, mkdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { jsonSchemas } from '../../src/build/content/schema.js';

/** The files of a small content folder without a problem, by path. */
export function goodContent(): Map<string, string> {
  const files = new Map<string, string>([
    ['roadmap.yaml', `sections:
  - id: basics
    title: Basics
    source: Basics
    summary: What everything stands on.
    groups:
      - id: first-group
        title: First group
        source: First group
        topics: [alpha, beta]
  - id: languages
    title: Languages
    source: Languages
    summary: Choose one.
    choose: 1
    recommendation:
      source: "Personal recommendation: gamma"
      text: Start with gamma.
      topics: [gamma]
    topics: [gamma, delta]
projects: [cache]
`],
    ['redirects.yaml', 'redirects:\n  old-alpha: alpha\n'],
    ['resources.yaml', `- id: a-book
  kind: book
  title: A book
  source: A book
  url: https://example.com/book
  what: What it gives.
  when: When to read it.
  start: Where to start.
  topics: [alpha]
`],
    ['projects/cache/project.yaml', `id: cache
title: Cache
source: Build a cache
summary: Build a cache.
builds: A cache.
topics: [alpha, beta]
stages:
  - id: ping
    title: Answer a ping
    goal: The server answers.
    topics: [alpha]
  - id: get
    title: Get and set
    goal: The server stores.
    topics: [alpha, beta]
`],
    ['topics/basics/alpha.md', noteFile()],
    ['topics/basics/alpha.cards.yaml', cardsFile()],
    ['topics/basics/beta.md', `---\n${matter('beta', 'prerequisites: [alpha]')}---\n`],
    ['topics/languages/gamma.md', `---\n${matter('gamma')}---\n`],
    ['topics/languages/delta.md', `---\n${matter('delta')}---\n`],
  ]);
  for (const [name, text] of jsonSchemas()) files.set(`schemas/${name}`, text);
  return files;
}

function matter(id: string, prerequisites = 'prerequisites: []', minutes = ''): string {
  return `id: ${id}
title: The topic ${id}
source: "The bullet of ${id} (Memory)"
summary: What ${id} is about.
covers:
  - name: Memory
    text: Memory is <where> things are.
${minutes}${prerequisites}
related: []
reviewed: 2026-11-22
sources:
  - type: rfc
    title: The first source
    by: Somebody
    url: https://example.com/1
    why: It says so.
  - type: docs
    title: The second source
    url: https://example.com/2
    why: It says it better.
`;
}

const filler = (count: number): string => Array.from({ length: count }, () => 'word').join(' ');

// 1,251 words, one figure, two blocks that run and six cards: 1251 / 180 + 1 + 4 + 6 = 18.
function noteFile(): string {
  return `---
${matter('alpha', undefined, 'minutes: 18\n')}---

## The problem

Two programs share memory. ${filler(300)}

## The idea

See [beta](topic:beta), [the cache](project:cache) and [a page](https://example.com/page). ${filler(300)}

\`\`\`mermaid caption="One thing leads to another." alt="An arrow from A to B."
flowchart LR
  A --> B
\`\`\`

## How it works

### In detail

${filler(300)}

## See it happen

\`\`\`bash run title="Say hello"
echo "pid $$"
ls
echo hello
\`\`\`

\`\`\`output
pid {{4711|\\d+}}
hello
\`\`\`

\`\`\`python run
print(1 + 1)
\`\`\`

\`\`\`output
2
\`\`\`

\`\`\`bash why="It needs a cluster."
kubectl get pods
\`\`\`

## In production

${filler(150)}

## Choose

| When | Use |
|---|---|
| always | this |

## Pitfalls

> [!WARNING] Don't
> ${filler(150)}

${filler(18)}
`;
}

function cardsFile(): string {
  return `- id: one
  kind: choice
  ask: Which is \`right\`?
  options:
    - text: This one.
      right: true
      why: It is.
    - text: That one.
      why: A misconception.
- id: two
  kind: recall
  ask: Why?
  answer: Because.
  points: [the cause, the \`effect\`]
- id: three
  kind: predict
  ask: What does this print?
  language: python
  code: |
    print(6 * 7)
  output: |
    42
  why: Arithmetic.
- id: four
  kind: order
  ask: In which order?
  steps: [open, "\`read\`", close]
  why: The descriptor comes first.
- id: five
  kind: recall
  ask: Why not?
  answer: Because not.
  points: [the reason]
- id: six
  kind: recall
  ask: When?
  answer: Later.
  points: [the time]
`;
}

/** Calls `use` with a folder that holds the files, and removes it afterwards. */
export async function withContent<T>(files: ReadonlyMap<string, string>, use: (root: string) => Promise<T>): Promise<T> {
  const root = await mkdtemp(join(tmpdir(), 'roadmap-content-'));
  try {
    for (const [name, text] of files) {
      await mkdir(dirname(join(root, name)), { recursive: true });
      await writeFile(join(root, name), text);
    }
    return await use(root);
  } finally {
    await rm(root, { recursive: true, force: true });
  }
}
