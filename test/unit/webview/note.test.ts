import assert from 'node:assert/strict';
import type { Browser, Locator } from 'playwright-core';
import { launchBrowser } from '../../../src/build/host/browser.js';
import { openNote, type NotePreview, type PreviewOptions } from '../../support/notePreview.js';

describe('Note in a browser', function () {
  this.timeout(60_000);
  let browser: Browser;
  let note: NotePreview;
  before(async () => { browser = await launchBrowser(); });
  after(async () => browser?.close());
  afterEach(async () => {
    assert.deepEqual(note.errors, []);
    await note.close();
  });

  async function open(options: PreviewOptions = {}): Promise<void> {
    note = await openNote(browser, options);
  }
  const card = (id: string): Locator => note.page.locator(`[data-card="${id}"]`);
  const button = (name: string): Locator => note.page.getByRole('button', { name, exact: true });
  const focused = (): Promise<string> => note.page.evaluate(() => document.activeElement?.textContent?.trim() ?? '');
  const posted = (): unknown[] => note.posted.filter(({ type }) => type !== 'ready' && type !== 'quarterRead');
  const spoken = (): Promise<string> => note.page.locator('[data-live]:not(:empty)').textContent().then((text) => text ?? '');

  it('says that it is ready', async () => {
    await open();
    assert.deepEqual(note.posted, [{ type: 'ready' }]);
  });

  it('asks the host for everything else, and follows no link by itself', async () => {
    await open();
    const before = note.page.url();
    await button('Mark done').click();
    await button('Skip').click();
    await button('Back').click();
    await button('Open printable copy').click();
    await note.page.locator('article a[data-topic]').first().click();
    await note.page.locator('article a[data-external]').first().click();
    await note.page.locator('article a[data-external]').first().click({ button: 'middle' });
    await note.page.getByRole('link', { name: 'Atomic operations' }).click();
    await note.page.getByRole('link', { name: /^Next/ }).click();
    await button('Run in terminal').click();
    assert.deepEqual(posted(), [
      { type: 'setState', state: 'done' },
      { type: 'setState', state: 'skipped' },
      { type: 'navigate', to: 'back' },
      { type: 'print' },
      { type: 'openTopic', topic: 'relational-databases' },
      { type: 'openExternal', url: 'https://www.postgresql.org/docs/current/transaction-iso.html' },
      { type: 'openProject', project: 'distributed-cache', stage: 'atomic-operations' },
      { type: 'navigate', to: 'next' },
      { type: 'runCommand', index: 0 },
    ]);
    assert.equal(note.page.url(), before);
    assert.equal(note.page.context().pages().length, 1);
    assert.ok(note.requested.every((url) => url.startsWith('https://note.test/')));
  });

  it('copies code, not its output, and says so', async () => {
    await open();
    await note.page.locator('figure.code', { hasText: 'seq 3' }).getByRole('button', { name: 'Copy' }).click();
    assert.deepEqual(posted(), [{ type: 'copyCode', text: 'seq 3 | xargs -n1 -P3 sh -c \'echo "worker $0"\' | sort' }]);
    assert.equal(await spoken(), 'Copied');
  });

  it('claims no state before the host does, then shows it without losing the focus', async () => {
    await open();
    await button('Mark done').focus();
    await note.page.keyboard.press('Enter');
    assert.ok(await button('Mark done').isVisible());
    await note.tell({ type: 'progress', state: 'done', answers: {} });
    assert.ok(await button('Mark done').isHidden());
    assert.equal(await focused(), 'Mark not done');
    assert.equal(await spoken(), 'Done');
    assert.equal(await note.page.locator('.state:not([hidden])').textContent(), 'Done');
  });

  it('does not hear what the host would not say', async () => {
    await open();
    await note.tell({ type: 'progress', state: '<b>', answers: {} });
    await note.tell({ type: 'navigation', navigation: { back: 'yes', forward: true } });
    assert.ok(await button('Forward').isDisabled());
    await note.tell({ type: 'navigation', navigation: { back: false, forward: true, next: { id: 'x', title: '<b>X</b>' } } });
    assert.ok(await button('Forward').isEnabled());
    assert.ok(await button('Back').isDisabled());
    assert.equal(await note.page.locator('.pager .next [data-title]').textContent(), '<b>X</b>');
    assert.ok(await note.page.locator('.pager .previous').isHidden());
  });

  describe('Choice', () => {
    it('wants an answer first', async () => {
      await open();
      const it = card('repeatable-read-second-update');
      await it.getByRole('button', { name: 'Check' }).click();
      assert.ok(await it.getByText('Choose an answer first.').isVisible());
      assert.deepEqual(posted(), []);
      assert.ok(await it.locator('.why').first().isHidden());
    });

    it('explains every option in place and says right or wrong in words', async () => {
      await open();
      const it = card('repeatable-read-second-update');
      await it.getByLabel('It overwrites A’s value').check();
      await it.getByRole('button', { name: 'Check' }).click();
      assert.deepEqual(posted(), [{ type: 'answer', card: 'repeatable-read-second-update', right: false, given: '1' }]);
      assert.equal(await it.locator('.option .why:visible').count(), 3);
      assert.match(await it.locator('.option', { hasText: 'It overwrites' }).innerText(), /Wrong\s+That is Read Committed/);
      assert.match(await it.locator('.option', { hasText: 'It waits' }).innerText(), /Right, not chosen/);
      assert.match(await focused(), /Not right/);
      await it.getByRole('button', { name: 'Try again' }).click();
      await it.getByLabel('It waits, then fails').check();
      await it.getByRole('button', { name: 'Check' }).click();
      assert.deepEqual(posted().at(-1), { type: 'answer', card: 'repeatable-read-second-update', right: true, given: '0' });
    });

    it('is right with several only when all of them are chosen and nothing else', async () => {
      await open();
      const it = card('what-isolation-forbids');
      await it.getByLabel('Lost updates').check();
      await it.getByRole('button', { name: 'Check' }).click();
      await it.getByRole('button', { name: 'Try again' }).click();
      await it.getByLabel('Lost updates').check();
      await it.getByLabel('Write skew').check();
      await it.getByRole('button', { name: 'Check' }).click();
      assert.deepEqual(posted().map((message) => (message as { right: boolean; given: string })).map(({ right, given }) => [right, given.split(',').sort().join()]), [[false, '0'], [true, '0,1']]);
    });
  });

  it('lets the learner judge what they recalled', async () => {
    await open();
    const it = card('why-retry-loop');
    await it.getByRole('textbox').fill('Aborts are normal.');
    assert.ok(await it.getByText('A good answer').isHidden());
    await it.getByRole('button', { name: 'Show the answer' }).click();
    assert.ok(await it.getByText('A good answer').isVisible());
    await it.getByLabel('aborts are normal').check();
    await it.getByRole('button', { name: 'I had it' }).click();
    assert.deepEqual(posted(), [{ type: 'answer', card: 'why-retry-loop', right: true, given: 'Aborts are normal.' }]);
    assert.match(await focused(), /You had it/);
  });

  it('shows the output after the prediction', async () => {
    await open();
    const it = card('sorted-workers');
    assert.ok(await it.locator('.output').isHidden());
    await it.getByRole('button', { name: 'Show the output' }).click();
    assert.ok(await it.locator('.output').isVisible());
    await it.getByRole('button', { name: 'I missed it' }).click();
    assert.deepEqual(posted(), [{ type: 'answer', card: 'sorted-workers', right: false }]);
  });

  it('puts steps in order by keyboard alone, and says where they are', async () => {
    await open();
    const it = card('commit-path');
    const order = (): Promise<string[]> => it.locator('[data-step]').evaluateAll((items) => items.map((item) => (item as HTMLElement).dataset['step']!));
    assert.notDeepEqual(await order(), ['0', '1', '2', '3']);
    for (const step of ['0', '1', '2', '3']) {
      const up = it.locator(`[data-step="${step}"] [data-move="up"]`);
      for (let index = (await order()).indexOf(step); index > Number(step); index--) {
        await up.focus();
        await note.page.keyboard.press('Enter');
        assert.ok(await up.evaluate((element) => element === document.activeElement), 'the pressed button keeps the focus');
        assert.match(await spoken(), new RegExp(`now ${index} of 4$`));
      }
    }
    assert.deepEqual(await order(), ['0', '1', '2', '3']);
    assert.equal(await it.locator('[data-step="0"] [data-move="up"]').getAttribute('aria-disabled'), 'true');
    await it.getByRole('button', { name: 'Check' }).click();
    assert.deepEqual(posted(), [{ type: 'answer', card: 'commit-path', right: true, given: '0,1,2,3' }]);
    assert.equal(await it.getByText('In its place').filter({ visible: true }).count(), 4);
  });

  it('restores answers on load', async () => {
    await open({ page: { answers: { 'repeatable-read-second-update': { right: false, given: '2' }, 'why-retry-loop': { right: true, given: 'My words' }, 'commit-path': { right: false, given: '1,0,2,3' } } } });
    assert.ok(await card('repeatable-read-second-update').getByLabel('It fails at once').isChecked());
    assert.ok(await card('repeatable-read-second-update').getByText('Not right').isVisible());
    assert.equal(await card('why-retry-loop').getByRole('textbox').inputValue(), 'My words');
    assert.ok(await card('why-retry-loop').getByText('You had it').isVisible());
    assert.deepEqual(await card('commit-path').locator('[data-step]').evaluateAll((items) => items.map((item) => (item as HTMLElement).dataset['step'])), ['1', '0', '2', '3']);
    assert.equal(await card('commit-path').getByText('Belongs at').filter({ visible: true }).count(), 2);
    assert.ok(await card('sorted-workers').getByRole('button', { name: 'Show the output' }).isVisible());
    assert.deepEqual(posted(), []);
  });

  it('takes an answer from elsewhere, and lets it go when progress is reset', async () => {
    await open();
    const it = card('sorted-workers');
    await note.tell({ type: 'progress', state: 'reading', answers: { 'sorted-workers': { right: true, given: 'a b' } } });
    assert.ok(await it.getByText('You had it').isVisible());
    await note.tell({ type: 'progress', state: 'notStarted', answers: {} });
    assert.ok(await it.getByText('You had it').isHidden());
    assert.ok(await it.getByRole('button', { name: 'Show the output' }).isVisible());
  });

  it('keeps an answer that the host has not heard of yet', async () => {
    await open();
    const it = card('sorted-workers');
    await it.getByRole('button', { name: 'Show the output' }).click();
    await it.getByRole('button', { name: 'I had it' }).click();
    await note.tell({ type: 'progress', state: 'reading', answers: {} });
    assert.ok(await it.getByText('You had it').isVisible());
  });

  it('is not confused by an answer to a card that has changed', async () => {
    await open({ page: { answers: { 'repeatable-read-second-update': { right: true, given: '7' }, 'commit-path': { right: true, given: '0,1' } } } });
    assert.ok(await card('repeatable-read-second-update').getByRole('button', { name: 'Check' }).isVisible());
    assert.ok(await card('commit-path').getByRole('button', { name: 'Check' }).isVisible());
  });

  it('remembers where the reader was and what they had begun to write', async () => {
    await open();
    await card('why-retry-loop').getByRole('textbox').fill('Begun');
    await note.page.evaluate(() => scrollTo(0, 700));
    await note.page.waitForFunction(() => (globalThis as unknown as { __state: () => { scroll: number } }).__state()?.scroll === 700);
    const saved = await note.page.evaluate(() => (globalThis as unknown as { __state: () => unknown }).__state());
    await note.close();

    await open({ saved });
    assert.equal(await note.page.evaluate(() => scrollY), 700);
    assert.equal(await card('why-retry-loop').getByRole('textbox').inputValue(), 'Begun');
    await note.close();

    await open({ saved: { topic: 'another', scroll: 90, visited: [{ topic: 'transactions-consistency', scroll: 400 }], drafts: {} } });
    assert.equal(await note.page.evaluate(() => scrollY), 400);
    await note.close();

    await open({ saved: { topic: 42, scroll: 'x' } });
    assert.equal(await note.page.evaluate(() => scrollY), 0);
  });

  it('says once that a quarter was scrolled through, and only of a note that is not started', async () => {
    const scrollTo = async (part: number): Promise<void> => {
      await note.page.evaluate((part) => {
        const passed = new Promise<void>((resolve) => { document.addEventListener('scroll', () => requestAnimationFrame(() => { resolve(); }), { once: true }); });
        window.scrollTo(0, (document.documentElement.scrollHeight - innerHeight) * part);
        return passed;
      }, part);
    };
    const said = (): number => note.posted.filter(({ type }) => type === 'quarterRead').length;
    await open();
    await scrollTo(0.2);
    assert.equal(said(), 0);
    await scrollTo(0.3);
    await scrollTo(0.6);
    assert.equal(said(), 1);
    await note.close();
    await open({ page: { state: 'done' } });
    await scrollTo(0.6);
    assert.equal(said(), 0);
  });

  it('follows the scroll in "On this page" and goes where it is told, with the focus', async () => {
    await open({ height: 600 });
    const here = (): Promise<string | null> => note.page.locator('.contents [aria-current]').textContent();
    assert.equal(await here(), 'The problem');
    const second = await note.page.evaluate(() => {
      const heading = document.querySelectorAll('article h2')[1]!;
      scrollTo(0, scrollY + heading.getBoundingClientRect().bottom + 20);
      return heading.textContent;
    });
    await note.page.locator('.contents [aria-current]', { hasText: second }).waitFor({ timeout: 5_000 });
    await note.page.locator('.contents').getByRole('link', { name: 'Choose' }).click();
    await note.page.locator('.contents [aria-current]', { hasText: 'Choose' }).waitFor();
    assert.equal(await focused(), 'Choose');
    await note.page.evaluate(() => scrollTo(0, document.documentElement.scrollHeight));
    await note.page.locator('.contents [aria-current]', { hasText: 'Go deeper' }).waitFor();
    assert.deepEqual(posted(), []);
  });

  it('folds "On this page" where it stands above the text', async () => {
    await open({ width: 700 });
    assert.ok(await note.page.locator('.contents ol').isHidden());
    await note.page.locator('.contents summary').click();
    assert.ok(await note.page.locator('.contents ol').isVisible());
    await note.page.setViewportSize({ width: 1000, height: 700 });
    await note.page.locator('.contents summary').click();
    assert.ok(await note.page.locator('.contents ol').isVisible());
  });

  for (const width of [320, 480, 700, 1000]) {
    it(`scrolls sideways nowhere but within code and tables at ${width} px`, async () => {
      await open({ width, page: { answers: { 'commit-path': { right: false, given: '1,0,2,3' }, 'what-isolation-forbids': { right: false, given: '2' } } } });
      assert.ok(await note.page.evaluate(() => document.documentElement.scrollWidth <= innerWidth));
    });
  }

  it('moves nothing', async () => {
    await open();
    const moving = await note.page.evaluate(() => [...document.querySelectorAll('*')].filter((element) => {
      const { transitionDuration, animationName, scrollBehavior } = getComputedStyle(element);
      return transitionDuration !== '0s' || animationName !== 'none' || scrollBehavior !== 'auto';
    }).length);
    assert.equal(moving, 0);
  });
});
