import assert from 'node:assert/strict';
import axe from 'axe-core';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { launchBrowser } from '../../../src/build/host/browser.js';
import { root } from '../../../src/build/paths.js';
import { printablePage } from '../../../src/core/notes/printable.js';
import { noteStrings } from '../../../src/core/notes/strings.js';
import { incompleteNote, sampleNote } from '../../support/sampleNote.js';

describe('Printable copy', function () {
  this.timeout(60_000);
  let css: string;
  let browser: Browser;
  before(async () => {
    css = (await Promise.all(['note.css', 'print.css'].map((name) => readFile(join(root, 'media', name), 'utf8')))).join('\n');
    browser = await launchBrowser();
  });
  after(async () => browser?.close());

  it('stands alone: no script, nothing to load, nothing that asks the editor', () => {
    const html = printablePage(sampleNote(), noteStrings, 'en', css);
    assert.doesNotMatch(html, /<script|<link|<button|<a [^>]*data-(?:topic|project)|src=|@import|url\(/);
    assert.match(html, /<a href="https:\/\/www\.postgresql\.org\/docs\/current\/transaction-iso\.html" data-external>/);
    assert.match(html, /relational databases<?/);
  });

  it('keeps the answers apart from the questions', () => {
    const html = printablePage(sampleNote(), noteStrings, 'en', css);
    const [questions, answers] = html.split('<h2>Answers</h2>') as [string, string];
    for (const words of ['First-updater-wins', 'aborting work that is', 'reads all of its input', 'Durability comes first']) {
      assert.ok(!questions.includes(words) && answers.includes(words), words);
    }
  });

  it('shows what the source says while there is no note', () => {
    const html = printablePage(incompleteNote(), noteStrings, 'en', css);
    assert.match(html, /source-says/);
    assert.doesNotMatch(html, /Answers|Check yourself/);
  });

  it('can not be left by what stands in the style sheet or in the note', () => {
    const html = printablePage(sampleNote({ title: '</title><script>', summary: '<script>' }), noteStrings, '"><script>', 'a{}</style><script>');
    const [before, style, after, ...more] = html.split(/<\/?style>/) as [string, string, string];
    assert.deepEqual(more, []);
    assert.match(style, /a\{\}<\\\/style>/);
    assert.doesNotMatch(before + after, /<script/);
  });

  for (const colorScheme of ['light', 'dark'] as const) {
    it(`is readable and requests nothing: ${colorScheme}`, async () => {
      const page = await browser.newPage({ colorScheme });
      const requested: string[] = [];
      page.on('request', (request) => void requested.push(request.url()));
      await page.setContent(printablePage(sampleNote(), noteStrings, 'en', css));
      await page.evaluate(axe.source);
      const { violations } = await page.evaluate(() => (globalThis as unknown as { axe: typeof axe }).axe.run(document));
      assert.deepEqual(violations.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.target).join()}`), []);
      assert.deepEqual(requested, []);
      await page.close();
    });
  }
});
