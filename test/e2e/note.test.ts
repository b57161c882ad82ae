import * as assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Locator } from 'playwright-core';
import type { Workbench } from '../support/workbench.js';
import { takePicture, useEditor } from './editor.js';
import { expandRoadmap, topicRow } from './roadmap.js';

const first = 'POSIX streams and pipes';
const second = 'Processes, threads and concurrency';

describe('a note', () => {
  const editor = useEditor();

  it('is after a reload where the reader left it, with what they answered, and counts as being read', async () => {
    const workbench = await editor.open();
    const roadmap = await openNote(workbench);
    const card = workbench.webview().locator('[data-card="redirect-order"]');
    await card.getByLabel('job 2>&1 > all.log').check();
    await card.getByRole('button', { name: 'Check' }).click();
    assert.match(await card.locator('.option', { hasText: 'job 2>&1 > all.log' }).innerText(), /Wrong\s+2 becomes a copy of 1/);
    assert.equal(await card.locator('.option .why:visible').count(), 4, 'every option is explained');
    await takePicture(workbench, 'note-card');
    await topicRow(roadmap, first, 'Reading').waitFor();

    const place = await scrollPosition(workbench);
    assert.ok(place > 1_000, `the card is ${place} px down`);
    await workbench.openFile('README.md');
    await workbench.editorTab(first).click();
    await heading(workbench, first).waitFor();
    assert.equal(await scrollPosition(workbench), place, 'hidden and shown again');
    await workbench.saved(`"scroll":${place}`);
    await workbench.reload();
    await workbench.editorTab(first).click();
    await heading(workbench, first).waitFor();
    assert.equal(await scrollPosition(workbench), place, 'after the reload');
    assert.ok(await card.getByLabel('job 2>&1 > all.log').isChecked());
    assert.ok(await card.getByText('Not right').isVisible());
  });

  it('opens links to notes in place, goes back and forward by keyboard, and asks before a link leaves the editor', async () => {
    const workbench = await editor.open();
    const roadmap = await openNote(workbench);
    await workbench.webview().locator('article').getByRole('link', { name: second }).first().click();
    await heading(workbench, second).waitFor();
    assert.equal(await workbench.editorTabs().count(), 1, 'in place');
    await selectedRow(roadmap, second).waitFor();
    await heading(workbench, second).click();
    await workbench.page.keyboard.press('Alt+ArrowLeft');
    await heading(workbench, first).waitFor();
    await heading(workbench, first).click();
    await workbench.page.keyboard.press('Alt+ArrowRight');
    await heading(workbench, second).waitFor();
    await workbench.webview().getByRole('link', { name: /^Previous/ }).click();
    await heading(workbench, first).waitFor();

    await workbench.webview().locator('article').getByRole('link', { name: 'from left to right' }).click();
    const dialog = workbench.page.locator('.monaco-dialog-box');
    await dialog.filter({ hasText: 'https://pubs.opengroup.org/onlinepubs/9799919799/utilities/V3_chap02.html' }).waitFor();
    await workbench.answerDialog('Cancel');
    assert.equal(workbench.page.context().pages().length, 1, 'nothing was opened');
  });

  it('finds words', async () => {
    const workbench = await editor.open();
    await openNote(workbench);
    await heading(workbench, first).click();
    await workbench.page.keyboard.press('Control+f');
    const find = workbench.page.locator('.simple-find-part.visible');
    await find.getByRole('textbox').fill('PIPE_BUF');
    await find.getByRole('textbox').press('Enter');
    const found = (): Promise<string> => workbench.webview().locator('body').evaluate((body) => body.ownerDocument.getSelection()?.toString() ?? '');
    for (const deadline = Date.now() + 60_000; await found() !== 'PIPE_BUF'; ) assert.ok(Date.now() < deadline, 'the word is selected in the note');
    await find.getByRole('textbox').press('Escape');
    await find.waitFor({ state: 'hidden' });
  });

  it('runs a command in the terminal after asking, and only then', async () => {
    const workbench = await editor.open();
    await openNote(workbench);
    const run = workbench.webview().getByRole('button', { name: 'Run in terminal' }).first();
    const terminal = workbench.page.locator('.part.panel .terminal-wrapper');
    await run.click();
    await workbench.page.locator('.monaco-dialog-box', { hasText: 'Run this in the terminal?' }).filter({ hasText: 'job > out.txt' }).waitFor();
    await takePicture(workbench, 'run-in-terminal');
    await workbench.answerDialog('Cancel');
    await run.click();
    assert.equal(await terminal.count(), 0, 'nothing was run');
    await workbench.answerDialog(/^Run$/);
    await terminal.waitFor();
    const written = join(editor.workspace, 'out.txt');
    for (const deadline = Date.now() + 60_000; !existsSync(written); await workbench.page.waitForTimeout(50)) assert.ok(Date.now() < deadline, 'the command wrote its file');
  });

  it('opens a printable copy in the browser', async () => {
    const workbench = await editor.open();
    await openNote(workbench);
    const opened = workbench.page.context().waitForEvent('page', { timeout: 60_000 });
    await workbench.webview().getByRole('button', { name: 'Open printable copy' }).click();
    const copy = await opened;
    await copy.getByRole('heading', { level: 1, name: first }).waitFor();
    assert.match(copy.url(), /^http:\/\/127\.0\.0\.1:\d+\/\d+\/[0-9a-f]{32}\.html$/);
    assert.equal(await copy.locator('script').count(), 0);
  });
});

async function openNote(workbench: Workbench): Promise<Locator> {
  const roadmap = await expandRoadmap(workbench, 'Fundamentals', 'Operating systems');
  await topicRow(roadmap, first).click();
  await heading(workbench, first).waitFor();
  return roadmap;
}

function heading(workbench: Workbench, title: string): Locator {
  return workbench.webview().getByRole('heading', { level: 1, name: title });
}

function selectedRow(roadmap: Locator, topic: string): Locator {
  return topicRow(roadmap, topic).and(roadmap.locator('[aria-selected="true"]'));
}

async function scrollPosition(workbench: Workbench): Promise<number> {
  return workbench.webview().locator('body').evaluate(() => Math.round(scrollY));
}
