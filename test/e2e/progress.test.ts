import * as assert from 'node:assert/strict';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Locator } from 'playwright-core';
import type { Workbench } from '../support/workbench.js';
import { takePicture, useEditor } from './editor.js';
import { expandRoadmap, showRoadmap, topicRow, total } from './roadmap.js';

const systems = ['Fundamentals', 'Operating systems'] as const;
const first = 'How an OS works';
const second = 'POSIX streams and pipes';

describe('progress in several windows', () => {
  const editor = useEditor();

  it('outlives a reload, reaches the other window at once, and is in a new window when all were closed', async () => {
    const one = await editor.open();
    let roadmap = await expandRoadmap(one, ...systems);
    await tick(roadmap, first);
    await doneInAll(one, 1);

    await one.reload();
    roadmap = await expandRoadmap(one, ...systems);
    await topicRow(roadmap, first, 'Done').waitFor();

    const two = await editor.open();
    const other = await expandRoadmap(two, ...systems);
    await topicRow(other, first, 'Done').waitFor();
    await tick(other, second);
    await topicRow(roadmap, second, 'Done').waitFor();
    await doneInAll(one, 2);

    await one.close();
    await two.close();
    const three = await editor.open();
    roadmap = await expandRoadmap(three, ...systems);
    for (const topic of [first, second]) await topicRow(roadmap, topic, 'Done').waitFor();
    await doneInAll(three, 2);
  });
});

describe('marking a topic', () => {
  const editor = useEditor();
  const topic = first;

  it('shows at once in the tree, the note, the editor title and the status bar, whichever of them was used', async () => {
    const workbench = await editor.open();
    const roadmap = await expandRoadmap(workbench, ...systems);
    await topicRow(roadmap, topic).click();
    const note = workbench.webview();
    await note.getByRole('heading', { level: 1, name: topic }).waitFor();
    const shows = async (done: boolean): Promise<void> => {
      await topicRow(roadmap, topic, done ? 'Done' : 'Not started').and(workbench.page.locator(`:has([role=checkbox][aria-checked="${done}"])`)).waitFor();
      await doneInAll(workbench, done ? 1 : 0);
      await noteButton(workbench, done ? 'Mark not done' : 'Mark done').waitFor();
      await titleButton(workbench, done ? 'Mark Current Topic Not Done' : 'Mark Current Topic Done').waitFor();
    };
    await shows(false);

    await noteButton(workbench, 'Mark done').click();
    await shows(true);
    await tick(roadmap, topic);
    await shows(false);
    await titleButton(workbench, 'Mark Current Topic Done').click();
    await shows(true);
    await titleButton(workbench, 'Mark Current Topic Not Done').click();
    await shows(false);

    await note.getByRole('heading', { level: 1 }).click();
    await workbench.page.keyboard.press('Control+Alt+Enter');
    await shows(true);
    await workbench.runCommand('Backend Roadmap: Mark Topic Not Done');
    await pickFirst(workbench, topic);
    await shows(false);
    await workbench.runCommand('Backend Roadmap: Mark Topic Done');
    await pickFirst(workbench, topic);
    await shows(true);
  });

  it('works from a comment in the learner’s code, and a note in another group follows', async () => {
    writeFileSync(join(editor.workspace, 'queue.py'), '# roadmap: posix-basics\nprint("orders")\n');
    const workbench = await editor.open();
    const roadmap = await expandRoadmap(workbench, ...systems);
    await topicRow(roadmap, second).click();
    await noteButton(workbench, 'Mark done').waitFor();
    await workbench.runCommand('View: Split Editor Right');
    await workbench.openFile('queue.py');
    await lens(workbench, 'Mark done').click();
    await lens(workbench, 'Mark not done').waitFor();
    await lens(workbench, new RegExp(`${second} · Done`)).waitFor();
    await topicRow(roadmap, second, 'Done').waitFor();
    await noteButton(workbench, 'Mark not done').waitFor();
    await takePicture(workbench, 'codelens');
  });
});

describe('progress as a file', () => {
  const here = useEditor();
  const elsewhere = useEditor();

  it('is exported, reset with a backup, brought back, and merged into another machine’s after a preview', async () => {
    const workbench = await here.open();
    const roadmap = await expandRoadmap(workbench, ...systems);
    await tick(roadmap, first);
    await topicRow(roadmap, first, 'Done').waitFor();

    const file = join(here.workspace, 'my-progress.json');
    await workbench.runCommand('Backend Roadmap: Export Progress');
    await workbench.answerFileDialog(file);
    await workbench.notification('Your progress was exported to my-progress.json');
    const exported = JSON.parse(readFileSync(file, 'utf8')) as { topics: Record<string, { state: string }> };
    assert.deepEqual(Object.entries(exported.topics).map(([id, { state }]) => [id, state]), [['how-an-os-works', 'done']]);

    await workbench.runCommand('Backend Roadmap: Reset Progress');
    await workbench.answerDialog('Cancel');
    await doneInAll(workbench, 1);
    await workbench.runCommand('Backend Roadmap: Reset Progress');
    await workbench.answerDialog('Reset');
    await topicRow(roadmap, first, 'Not started').waitFor();
    const [, backup] = /A backup is in (.*)\.$/.exec(await (await workbench.notification('Your progress was reset')).locator('.notification-list-item-message').innerText()) ?? [];
    assert.ok(backup !== undefined && existsSync(backup), `there is a backup at ${backup}`);
    await workbench.answerNotification('Your progress was reset', 'Undo');
    await topicRow(roadmap, first, 'Done').waitFor();

    await workbench.runCommand('Backend Roadmap: Reset Progress');
    await workbench.answerDialog('Reset');
    await topicRow(roadmap, first, 'Not started').waitFor();
    await workbench.reload();
    const again = await expandRoadmap(workbench, ...systems);
    await topicRow(again, first, 'Not started').waitFor();
    await workbench.runCommand('Backend Roadmap: Undo Progress Reset');
    await topicRow(again, first, 'Done').waitFor();

    const far = await elsewhere.open();
    const theirs = await expandRoadmap(far, ...systems);
    await tick(theirs, second);
    await topicRow(theirs, second, 'Done').waitFor();
    await far.runCommand('Backend Roadmap: Import Progress');
    await far.answerFileDialog(file);
    await far.quickInput.row(/Merge into my progress/).waitFor();
    await takePicture(far, 'import-preview');
    const preview = await far.quickInput.widget.innerText();
    assert.match(preview, /topics: 1 · answers: 0 · stages: 0 · nothing is overwritten/);
    assert.match(preview, /How an OS works\s*Not started → Done/);
    await far.quickInput.cancel();
    await doneInAll(far, 1);

    await far.runCommand('Backend Roadmap: Import Progress');
    await far.answerFileDialog(file);
    await far.quickInput.pick(/Merge into my progress/);
    for (const topic of [first, second]) await topicRow(theirs, topic, 'Done').waitFor();
    await doneInAll(far, 2);

    await far.runCommand('Backend Roadmap: Import Progress');
    await far.answerFileDialog(file);
    await far.notification('holds nothing that is not here already');
  });

  it('is refused with the reason when the file is another, and nothing changes', async () => {
    const workbench = await here.open();
    await showRoadmap(workbench);
    await doneInAll(workbench, 0);
    for (const [name, text, reason] of [
      ['package-lock.json', '{"lockfileVersion":3}', 'it was not written by Export Progress'],
      ['cut.json', '{"format":', 'it is not a JSON file'],
    ] as const) {
      writeFileSync(join(here.workspace, name), text);
      await workbench.runCommand('Backend Roadmap: Import Progress');
      await workbench.answerFileDialog(join(here.workspace, name));
      await workbench.notification(new RegExp(`${name} was not imported: ${reason}`));
    }
    await doneInAll(workbench, 0);
  });
});

async function tick(roadmap: Locator, topic: string): Promise<void> {
  await topicRow(roadmap, topic).getByRole('checkbox').click();
}

/** The quick pick of topics offers the current note's first. */
async function pickFirst(workbench: Workbench, topic: string): Promise<void> {
  await workbench.quickInput.asks('Type to find a topic');
  assert.equal((await workbench.quickInput.labels())[0], topic);
  await workbench.quickInput.input.press('Enter');
}

async function doneInAll(workbench: Workbench, done: number): Promise<void> {
  await workbench.statusBarItem(`${done}/${total}`).waitFor();
}

function noteButton(workbench: Workbench, name: string): Locator {
  return workbench.webview().getByRole('button', { name, exact: true });
}

function titleButton(workbench: Workbench, name: string): Locator {
  return workbench.page.locator('.part.editor .editor-actions').getByRole('button', { name });
}

function lens(workbench: Workbench, name: string | RegExp): Locator {
  return workbench.page.locator('.codelens-decoration').getByRole('button', { name, exact: true });
}
