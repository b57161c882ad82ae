import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Browser, BrowserContext, Frame, Request } from 'playwright-core';
import { launchBrowser } from '../../src/build/host/browser.js';
import { startHost, type Host } from '../../src/build/host/server.js';
import { copySampleWorkspace } from '../../src/build/host/workspace.js';
import { Workbench } from '../support/workbench.js';
import { corpus, payloads } from './injection/corpus.js';
import { injectedNote } from './injection/notes.js';
import { provoke, strangers, watch } from './injection/watch.js';
import { copiedExtension } from './packed.js';
import { openFirst, openNext, topicsInOrder } from './pages.js';

/** Everything but what a note may ask the editor for: other notes, projects, addresses, a terminal, a printable copy, a state. */
const clicked = 'main a:not([data-external], [data-topic], [data-project], [data-navigate]), main summary, main label, main .card button, main [data-copy]';

describe('notes made of injections, in the real webview', () => {
  const families = Object.entries(corpus);
  let host: Host;
  let browser: Browser;
  let context: BrowserContext;
  let executed: string[];
  let topics: string[];
  const requested: string[] = [];

  before(async () => {
    const { extensionsDir, extension } = await copiedExtension();
    topics = (await topicsInOrder(extension)).slice(0, families.length);
    for (const [index, [, texts]] of families.entries()) {
      const topic = topics[index]!;
      await writeFile(join(extension, 'dist', 'content', 'notes', `${topic}.json`), JSON.stringify(await injectedNote(topic, texts)));
    }
    host = await startHost({ workspace: await copySampleWorkspace(), extensionsDir, smokeTest: false });
    browser = await launchBrowser();
    context = await browser.newContext();
    ({ executed } = await watch(context));
    // The workbench itself asks for other things, its gallery for one.
    context.on('request', (request) => { if (!isOfWorkbench(request)) requested.push(request.url()); });
  });

  after(async () => {
    await browser?.close();
    await host?.stop();
  });

  it(`execute nothing, load nothing and lead nowhere: ${payloads.length} texts in ${families.length} notes`, async function () {
    this.timeout(240_000);
    assert.ok(payloads.length >= 120);
    const workbench = await Workbench.open(browser, host, { context });
    let frame: Frame | undefined;
    for (const [index, [family, texts]] of families.entries()) {
      const topic = topics[index]!;
      frame = frame === undefined ? await openFirst(workbench, topic) : await openNext(workbench, frame, topic);
      const shown = await frame.locator('main').innerText();
      const plain = texts.filter((text) => /^[\w ]{4,}$/.test(text));
      for (const text of plain) assert.ok(shown.includes(text), `${family}: ${text} is not on the page`);
      assert.ok(shown.length > texts.join('').length, `${family}: the note is on the page`);
      const address = frame.url();
      assert.deepEqual(await strangers(frame), [], family);
      await provoke(frame, clicked);
      assert.equal(frame.url(), address, family);
      assert.equal(await frame.evaluate(() => document.body.dataset['note']), topic, `${family}: still on the same note`);
    }
    assert.deepEqual(executed, []);
    assert.deepEqual(requested.filter(isForeign), []);
    assert.equal(context.pages().length, 1);
    assert.ok(workbench.page.url().startsWith(host.url));
  });

  it('would be seen: the same watch notices what runs in the note’s frame and what it asks for', async () => {
    const [page] = context.pages();
    const frame = page?.frames().find((candidate) => candidate.url().includes('fake.html'));
    assert.ok(frame !== undefined);
    await frame.evaluate(() => { alert(1); });
    assert.equal(executed.length, 1);
    assert.match(executed[0]!, /alert\(1\)/);
    assert.ok(requested.some((url) => url.endsWith('/media/note.css')));
  });

  function isOfWorkbench(request: Request): boolean {
    try {
      return request.frame().parentFrame() === null;
    } catch {
      return false; // A frame that is only now being made, or none at all.
    }
  }

  const isForeign = (url: string): boolean => !url.startsWith(host.url) && !/^(?:data|blob):/.test(url) && !/^https:\/\/[\w.+-]*vscode-(?:cdn|resource)[\w.-]*\//.test(url);
});
