import * as assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Locator } from 'playwright-core';
import { format, schema } from '../../src/core/progress/lines.js';
import type { Details, Roadmap } from '../../src/core/roadmap/model.js';
import type { Workbench } from '../support/workbench.js';
import { takePicture, useEditor } from './editor.js';
import { copiedExtension } from './packed.js';
import { expandRoadmap, showRoadmap, topicRow, total } from './roadmap.js';

const systems = ['Fundamentals', 'Operating systems'] as const;
const first = 'How an OS works';
const second = 'POSIX streams and pipes';
const third = 'Processes, threads and concurrency';

describe('the sidebar', () => {
  const editor = useEditor();

  it('has an icon of its own and three views, each with what it promises', async () => {
    const { extension } = await copiedExtension();
    const index = compiled<Roadmap>(extension, 'index.json');
    const workbench = await editor.open();
    const roadmap = await showRoadmap(workbench);
    const icon = workbench.page.locator('.part.activitybar').getByRole('tab', { name: 'Backend Roadmap' }).locator('.action-label');
    assert.match(await fetched(await icon.evaluate((element) => getComputedStyle(element).maskImage)), /<svg/);

    const next = roadmap.getByRole('treeitem').first();
    assert.match(await label(next), new RegExp(`^Up next: ${first}`));
    await workbench.statusBarItem(`0/${total}`).waitFor();
    for (const section of index.sections) {
      const counted = section.choose === undefined ? topicsOf(section).length : section.recommended.length;
      const row = roadmap.getByRole('treeitem', { name: `${section.title}, 0 of ${counted} topics done`, exact: true });
      assert.equal((await row.locator('.label-description').innerText()).trim(), `0/${counted}`);
      assert.match(await iconOf(row), /ring-0/);
    }
    assert.equal(index.sections.length, 8);
    assert.equal(await roadmap.getByRole('treeitem', { level: 1 }).count(), 9);
    assert.match(await fetched(await iconOf(next)), /<svg/);
    await takePicture(workbench, 'tree');

    const projects = await workbench.openView('Projects');
    for (const { title, stages } of index.projects) await projects.getByRole('treeitem', { name: `Project ${title}, 0 of ${stages} stages passed`, exact: true }).waitFor();
    await workbench.setExpanded(workbench.treeItem('Project A distributed cache', projects));
    assert.match(await (await workbench.findTreeItem('Stage 1, ', projects)).innerText(), /^1\. \w/);

    const library = await workbench.openView('Library');
    for (const shelf of ['Books', 'Engineering blogs', 'Papers', 'Open source', 'Communities', 'Conferences']) await workbench.findTreeItem(shelf, library);
    const books = await workbench.findTreeItem('Books', library);
    await workbench.setExpanded(books);
    await workbench.findTreeItem('Designing Data-Intensive Applications', library);
    await takePicture(workbench, 'library');
  });

  it('is worked with the keyboard alone', async () => {
    const workbench = await editor.open();
    const { keyboard } = workbench.page;
    const roadmap = await showRoadmap(workbench);
    await keyboard.press('F1');
    await workbench.quickInput.input.waitFor();
    await keyboard.type('Backend Roadmap: Focus on Roadmap View');
    await workbench.quickInput.row('Backend Roadmap: Focus on Roadmap View').waitFor();
    await keyboard.press('Enter');
    await roadmap.locator('.monaco-list:focus').waitFor();
    await workbench.treeItem('Advanced topics', roadmap).waitFor();

    await keyboard.press('Home');
    await roadmap.locator('.monaco-list-row.focused[data-index="0"]').waitFor();
    for (const [key, name, state] of [
      ['ArrowDown', 'Fundamentals', 'false'], ['ArrowRight', 'Fundamentals', 'true'], ['ArrowRight', 'Operating systems', 'false'],
      ['ArrowRight', 'Operating systems', 'true'], ['ArrowRight', first, undefined], ['ArrowDown', second, undefined],
    ] as const) {
      await keyboard.press(key);
      await roadmap.locator(`.monaco-list-row.focused[aria-label^="${name}, "]${state === undefined ? '' : `[aria-expanded="${state}"]`}`).waitFor();
      // A second arrow before the children are there would go nowhere.
      if (state === 'true') await roadmap.locator(`[aria-level="${name === 'Fundamentals' ? 2 : 3}"]`).first().waitFor();
    }
    await keyboard.press('Tab');
    await workbench.page.locator(`[role=checkbox][aria-label="Done: ${second}"]:focus`).waitFor();
    await keyboard.press('Space');
    await topicRow(roadmap, second, 'Done').waitFor();
    await roadmap.locator('.monaco-list:focus').waitFor();

    await keyboard.press('ArrowUp');
    await keyboard.press('Enter');
    await workbench.editorTab(first).waitFor();
    await keyboard.press('Control+Alt+Enter');
    await topicRow(roadmap, first, 'Done').waitFor();
    await topicRow(roadmap, second, 'Done').waitFor();
  });

  it('marks several topics at once, even when their states differ', async () => {
    const workbench = await editor.open();
    const roadmap = await expandRoadmap(workbench, ...systems);
    await topicRow(roadmap, second).getByRole('checkbox').click();
    await topicRow(roadmap, second, 'Done').waitFor();
    await topicRow(roadmap, first).click();
    await workbench.webview().getByRole('heading', { level: 1, name: first }).waitFor();
    await again(async () => {
      await topicRow(roadmap, first).click();
      await topicRow(roadmap, third).click({ modifiers: ['Shift'] });
      for (const topic of [first, second, third]) await topicRow(roadmap, topic).and(workbench.page.locator('[aria-selected="true"]')).waitFor({ timeout: 3_000 });
    });
    await workbench.pickFromContextMenu(topicRow(roadmap, third), 'Mark Topic Done');
    for (const topic of [first, second, third]) await topicRow(roadmap, topic, 'Done').waitFor();
    await again(async () => {
      const selected = topicRow(roadmap, third).and(workbench.page.locator('[aria-selected="true"]'));
      if (await selected.isVisible()) await topicRow(roadmap, third).click({ modifiers: ['ControlOrMeta'] });
      await selected.waitFor({ state: 'hidden', timeout: 3_000 });
    });
    await workbench.pickFromContextMenu(topicRow(roadmap, first), 'Mark Topic Not Done');
    for (const topic of [first, second]) await topicRow(roadmap, topic, 'Not started').waitFor();
    await topicRow(roadmap, third, 'Done').waitFor();
  });

  it('shows each state by its icon and its words, fills the rings, and counts a skipped topic no more', async () => {
    const workbench = await editor.open();
    const roadmap = await expandRoadmap(workbench, ...systems);
    const { topics } = compiled<Roadmap>((await copiedExtension()).extension, 'index.json');
    const states = [
      { topic: first, act: 'Mark Topic as Reading', state: 'Reading', icon: /ring-2/ },
      { topic: second, act: 'Skip Topic', state: 'Skipped', icon: /skipped/ },
      { topic: third, act: 'Mark Topic Done', state: 'Done', icon: /done/ },
    ] as const;
    for (const { topic, act, state, icon } of states) {
      assert.match(await iconOf(topicRow(roadmap, topic, 'Not started')), /ring-0/);
      await workbench.pickFromContextMenu(topicRow(roadmap, topic), act);
      const row = topicRow(roadmap, topic, state);
      await row.waitFor();
      assert.match(await iconOf(row), icon);
      const { minutes } = topics.find(({ title }) => title === topic)!;
      assert.equal(await label(row), [topic, state, `${minutes} min`, ...(state === 'Skipped' ? ['skipped'] : [])].join(', '));
    }
    await workbench.statusBarItem(`1/${total - 1}`).waitFor();
    const group = roadmap.getByRole('treeitem', { name: 'Operating systems, 1 of 3 topics done' });
    assert.match(await iconOf(group), /ring-1/);
    await takePicture(workbench, 'tree-states');
    await workbench.pickFromContextMenu(topicRow(roadmap, second), 'Mark Topic Not Done');
    await workbench.statusBarItem(`1/${total}`).waitFor();
  });

  it('says what is up next: what is being read, else the first topic whose prerequisites are done', async () => {
    const workbench = await editor.open();
    const roadmap = await expandRoadmap(workbench, ...systems);
    const next = roadmap.getByRole('treeitem').first();
    await labeled(next, `Up next: ${first}`);
    await workbench.pickFromContextMenu(topicRow(roadmap, third), 'Mark Topic as Reading');
    await labeled(next, `Continue: ${third}`);
    await workbench.pickFromContextMenu(topicRow(roadmap, third), 'Mark Topic Done');
    await labeled(next, `Up next: ${first}`);
    await next.hover();
    await next.getByRole('button', { name: 'Mark Topic Done' }).click();
    await labeled(next, `Up next: ${second}`);

    await workbench.statusBarItem(`2/${total}`).click();
    await workbench.editorTab(second).waitFor();
    await topicRow(roadmap, second).and(workbench.page.locator('[aria-selected="true"]')).waitFor();
    await next.click();
    assert.equal(await workbench.editorTabs().count(), 1);
  });

  it('filters, says so, and never leaves an empty view without a way out', async () => {
    const workbench = await editor.open();
    const roadmap = await expandRoadmap(workbench, ...systems);
    const filter = (choice: string): Promise<void> => workbench.pickFromViewMenu(roadmap, 'Filter Topics', choice);
    await filter('Show Done Topics');
    await roadmap.getByText('No topic is done yet.').waitFor();
    await takePicture(workbench, 'tree-none-done');
    await roadmap.getByRole('button', { name: 'Show All Topics' }).click();
    await expandRoadmap(workbench, ...systems);
    await topicRow(roadmap, first).getByRole('checkbox').click();
    await topicRow(roadmap, first, 'Done').waitFor();

    await filter('Show Topics Not Done');
    await topicRow(roadmap, first).waitFor({ state: 'hidden' });
    await topicRow(roadmap, second).waitFor();
    await roadmap.locator('.pane-header').getByText(`1/${total} · only not done`).waitFor();
    await filter('Show Done Topics');
    await topicRow(roadmap, second).waitFor({ state: 'hidden' });
    await topicRow(roadmap, first).waitFor();
    assert.equal(await roadmap.getByRole('treeitem', { level: 1 }).count(), 1, 'sections without a done topic are left out');
    await takePicture(workbench, 'tree-filtered');

    await workbench.runCommand('Backend Roadmap: Import Progress');
    await workbench.answerFileDialog(everythingDone(editor.workspace, (await copiedExtension()).extension));
    await workbench.quickInput.pick(/Merge into my progress/);
    await filter('Show Topics Not Done');
    await roadmap.getByText('Every topic on your roadmap is done or skipped.').waitFor();
    await workbench.statusBarItem('55/55').click();
    await workbench.notification('Everything on your roadmap is done or skipped.');
    await roadmap.getByRole('button', { name: 'Show All Topics' }).click();
    await roadmap.getByRole('treeitem', { name: 'Fundamentals, 16 of 16 topics done' }).waitFor();
    assert.match(await iconOf(workbench.treeItem('Fundamentals', roadmap)), /done/);
  });

  it('collapses all, and follows the note that is active', async () => {
    const workbench = await editor.open();
    const roadmap = await expandRoadmap(workbench, ...systems);
    await topicRow(roadmap, first).waitFor();
    await workbench.pressViewButton(roadmap, 'Collapse All');
    await topicRow(roadmap, first).waitFor({ state: 'hidden' });
    assert.equal(await roadmap.getByRole('treeitem', { expanded: true }).count(), 0);

    await workbench.runCommand('Backend Roadmap: Open Note');
    await workbench.quickInput.asks('Type to find a topic');
    await workbench.quickInput.filter('Kubernetes');
    await workbench.quickInput.pick(/^Kubernetes/);
    const row = topicRow(roadmap, 'Kubernetes');
    await row.and(workbench.page.locator('[aria-selected="true"]')).waitFor();
    await workbench.treeItem('Containers and DevOps', roadmap).and(workbench.page.locator('[aria-expanded="true"]')).waitFor();
    await row.hover();
    await row.getByRole('button', { name: 'Open Note to the Side' }).click();
    await workbench.editorTabs().nth(1).waitFor();
    await topicRow(roadmap, first).waitFor({ state: 'hidden' });
  });

  it('lets the learner choose one or two languages; the others become optional and leave the total', async () => {
    const workbench = await editor.open();
    const roadmap = await expandRoadmap(workbench, 'Languages');
    assert.match(await label(topicRow(roadmap, 'Rust', 'Not started')), /optional/);
    assert.match(await label(topicRow(roadmap, 'Go')), /recommended/);
    await takePicture(workbench, 'tree-languages');
    const languages = workbench.treeItem('Languages', roadmap);
    await languages.hover();
    await languages.getByRole('button', { name: 'Choose Languages' }).click();
    await workbench.quickInput.pickMany(['Rust']);
    await roadmap.getByRole('treeitem', { name: 'Languages, 0 of 1 topics done' }).waitFor();
    await workbench.statusBarItem(`0/${total - 1}`).waitFor();
    assert.doesNotMatch(await label(topicRow(roadmap, 'Rust')), /optional/);
    for (const language of ['Go', 'Java', 'Python']) assert.match(await label(topicRow(roadmap, language)), /optional/);

    await workbench.runCommand('Backend Roadmap: Choose Languages');
    await workbench.quickInput.row('Rust').locator('[aria-checked="true"], input:checked, .checked').first().waitFor();
    await workbench.quickInput.pickMany(['Python']);
    await roadmap.getByRole('treeitem', { name: 'Languages, 0 of 2 topics done' }).waitFor();
    await workbench.statusBarItem(`0/${total}`).waitFor();
  });

  it('tells in a tooltip what a topic and a section are about', async () => {
    const { extension } = await copiedExtension();
    const { topics, sections } = compiled<Details>(extension, 'details.json');
    const workbench = await editor.open();
    const roadmap = await expandRoadmap(workbench, ...systems);
    await topicRow(roadmap, first).getByRole('checkbox').click();
    const tooltip = await hoverOver(workbench, topicRow(roadmap, second));
    assert.ok(tooltip.includes(topics['posix-basics']!.summary), tooltip);
    assert.match(tooltip, /Not started · \d+ min · \d+ questions/);
    assert.match(tooltip, new RegExp(`After: .*${first}`));
    assert.ok((await hoverOver(workbench, workbench.treeItem('Databases', roadmap))).includes(sections['databases']!.summary));
  });
});

describe('a roadmap of 10,000 topics', () => {
  const sectionSize = 1_250;
  const editor = useEditor(async () => {
    const { extensionsDir, extension } = await copiedExtension();
    writeFileSync(join(extension, 'dist', 'content', 'index.json'), JSON.stringify(synthetic(8, sectionSize)));
    return { extensionsDir };
  });

  it('makes the children of a section when it is expanded, and of no other', async () => {
    const context = await editor.browser.newContext();
    const sent = new Set<string>();
    context.on('page', (page) => page.on('websocket', (socket) => socket.on('framereceived', ({ payload }) => {
      for (const [title] of payload.toString('utf8').matchAll(/Topic \d+ of section \d+/g)) sent.add(title);
    })));
    const workbench = await editor.open({ context });
    const roadmap = await showRoadmap(workbench);
    await workbench.statusBarItem('0/10000').waitFor();
    await workbench.treeItem('Section 8', roadmap).waitFor();
    assert.deepEqual([...sent].filter((title) => title !== 'Topic 1 of section 1'), [], 'nothing but what is up next');

    await workbench.setExpanded(workbench.treeItem('Section 3', roadmap));
    await topicRow(roadmap, 'Topic 1 of section 3').waitFor();
    await workbench.page.keyboard.press('End');
    await workbench.treeItem('Section 8', roadmap).waitFor();
    assert.equal([...sent].filter((title) => title.endsWith('section 3')).length, sectionSize);
    assert.deepEqual([...sent].filter((title) => !title.endsWith('section 3') && title !== 'Topic 1 of section 1'), []);
    assert.ok(await roadmap.getByRole('treeitem').count() < 60, 'only what is in sight is drawn');

    await workbench.page.keyboard.press('Home');
    await topicRow(roadmap, 'Topic 5 of section 3').getByRole('checkbox').click();
    await roadmap.getByRole('treeitem', { name: `Section 3, 1 of ${sectionSize} topics done` }).waitFor();
    await workbench.statusBarItem('1/10000').waitFor();
  });
});

describe('content that can’t be read', () => {
  let index: string;
  let library: string;
  let whole: string;
  let wholeLibrary: string;
  const editor = useEditor(async () => {
    const { extensionsDir, extension } = await copiedExtension();
    index = join(extension, 'dist', 'content', 'index.json');
    whole = readFileSync(index, 'utf8');
    writeFileSync(index, '{"schema":99}');
    library = join(extension, 'dist', 'content', 'library.json');
    wholeLibrary = readFileSync(library, 'utf8');
    writeFileSync(library, wholeLibrary.slice(0, 1_000));
    return { extensionsDir };
  });

  it('is said in the tree with the reason and what to do, and tried again on request', async () => {
    const workbench = await editor.open();
    const roadmap = await showRoadmap(workbench);
    const problem = workbench.treeItem('The roadmap could not be loaded', roadmap);
    await problem.waitFor();
    const reason = roadmap.getByText('The roadmap index of this installation is not readable. Reinstall the extension.', { exact: true });
    await reason.waitFor();
    assert.match(await label(problem), /is not readable. Reinstall the extension/, 'read aloud, too');
    assert.ok(await reason.evaluate((element) => element.scrollWidth <= element.clientWidth), 'all of it is in sight');
    const projects = await workbench.openView('Projects');
    await workbench.treeItem('The projects could not be loaded', projects).waitFor();
    await projects.getByText('The roadmap index of this installation is not readable.').first().waitFor();
    const shelves = await workbench.openView('Library');
    await workbench.treeItem('The library could not be loaded', shelves).waitFor();
    await shelves.getByText('The library of this installation is not readable.').first().waitFor();
    await takePicture(workbench, 'tree-problem');
    writeFileSync(index, whole);
    writeFileSync(library, wholeLibrary);
    await problem.hover();
    await problem.getByRole('button', { name: 'Try Again' }).click();
    await workbench.treeItem('Fundamentals', roadmap).waitFor();
    await problem.waitFor({ state: 'hidden' });
    await reason.waitFor({ state: 'hidden' });
    await workbench.treeItem('Project A distributed cache', projects).waitFor();
    await workbench.treeItem('Books', shelves).waitFor();
    await workbench.statusBarItem(`0/${total}`).waitFor();
  });
});

function compiled<T>(extension: string, name: string): T {
  return JSON.parse(readFileSync(join(extension, 'dist', 'content', name), 'utf8')) as T;
}

function topicsOf(section: Roadmap['sections'][number]): readonly string[] {
  return [...section.topics, ...section.groups.flatMap(({ topics }) => topics)];
}

async function label(row: Locator): Promise<string> {
  return (await row.getAttribute('aria-label')) ?? '';
}

async function labeled(row: Locator, start: string): Promise<void> {
  await row.and(row.page().locator(`[aria-label^="${start}"]`)).waitFor();
}

/** The address of a row's icon. */
async function iconOf(row: Locator): Promise<string> {
  return row.locator('.custom-view-tree-node-item-icon').evaluate((element) => getComputedStyle(element).backgroundImage);
}

/** What stands behind `url("…")`. */
async function fetched(css: string): Promise<string> {
  const url = /url\("(.+)"\)/.exec(css)?.[1] ?? '';
  return url.startsWith('data:') ? decodeURIComponent(url) : (await fetch(url)).text();
}

/** The tree draws itself anew some time after a change: what a person did just before it is lost, and done again. */
async function again(attempt: () => Promise<void>): Promise<void> {
  for (let left = 10; ; left--) {
    try {
      return await attempt();
    } catch (error) {
      if (left === 0) throw error;
    }
  }
}

async function hoverOver(workbench: Workbench, row: Locator): Promise<string> {
  const hover = workbench.page.locator('.workbench-hover:visible').filter({ hasText: (await row.locator('.label-name').innerText()).trim() });
  await again(async () => {
    await workbench.page.mouse.move(0, 0);
    await row.locator('.label-name').hover();
    await hover.waitFor({ timeout: 3_000 });
  });
  return hover.innerText();
}

function synthetic(sections: number, size: number): Roadmap {
  const numbers = (count: number): number[] => Array.from({ length: count }, (_, index) => index + 1);
  const id = (section: number, topic: number): string => `topic-${section}-${topic}`;
  return {
    schema: 1,
    sections: numbers(sections).map((section) => ({ id: `section-${section}`, title: `Section ${section}`, groups: [], topics: numbers(size).map((topic) => id(section, topic)), recommended: [] })),
    topics: numbers(sections).flatMap((section) => numbers(size).map((topic) => ({ id: id(section, topic), title: `Topic ${topic} of section ${section}`, cards: 0, prerequisites: [] }))),
    projects: [],
    redirects: {},
  };
}

/** Writes a file that Import Progress takes, in which every topic is done. */
function everythingDone(folder: string, extension: string): string {
  const events = compiled<Roadmap>(extension, 'index.json').topics.map(({ id }, index) => ({ id: `done-${index}`, at: Date.now() + index, type: 'topic', topic: id, state: 'done' }));
  const file = join(folder, 'everything.json');
  writeFileSync(file, JSON.stringify({ format, schema, events }));
  return file;
}
