import assert from 'node:assert/strict';
import axe from 'axe-core';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { launchBrowser } from '../../../src/build/host/browser.js';
import { root } from '../../../src/build/paths.js';
import type { NotePage } from '../../../src/core/notes/page.js';
import { openNote, themeNames, type NotePreview } from '../../support/notePreview.js';
import { incompleteNote } from '../../support/sampleNote.js';

const answered: Partial<NotePage> = {
  state: 'done',
  answers: {
    'repeatable-read-second-update': { right: true, given: '0' }, 'what-isolation-forbids': { right: false, given: '0,2' }, 'why-retry-loop': { right: true, given: 'x' },
    'sorted-workers': { right: false }, 'commit-path': { right: false, given: '0,2,1,3' },
  },
};
const pages: Readonly<Record<string, Partial<NotePage>>> = { fresh: { state: 'reading' }, answered };

async function violations(note: NotePreview): Promise<string[]> {
  await note.page.evaluate(axe.source);
  const { violations } = await note.page.evaluate(() => (globalThis as unknown as { axe: typeof axe }).axe.run(document));
  return violations.flatMap(({ id, impact, nodes }) => nodes.map((node) => `${impact}: ${id}: ${node.target.join(' ')}: ${node.any[0]?.message ?? ''}`));
}

describe('Accessibility of a note', function () {
  this.timeout(60_000);
  let browser: Browser;
  before(async () => { browser = await launchBrowser(); });
  after(async () => browser?.close());

  for (const theme of themeNames) {
    for (const [name, page] of Object.entries(pages)) {
      it(`axe-core finds nothing: ${theme}, ${name}, wide and narrow`, async () => {
        const note = await openNote(browser, { theme, page });
        assert.deepEqual(await violations(note), []);
        await note.page.setViewportSize({ width: 480, height: 900 });
        assert.deepEqual(await violations(note), []);
        await note.close();
      });
    }
  }

  it('axe-core finds nothing: a topic without a note', async () => {
    const note = await openNote(browser, { page: { note: incompleteNote() } });
    assert.deepEqual(await violations(note), []);
    await note.close();
  });

  it('goes through the page from top to bottom, with a ring that can be seen', async () => {
    const note = await openNote(browser, { width: 1000 });
    const seen: string[] = [];
    for (let presses = 0; presses < 200; presses++) {
      await note.page.keyboard.press('Tab');
      const focus = await note.page.evaluate(() => {
        const element = document.activeElement!;
        const { outlineStyle, outlineWidth } = getComputedStyle(element);
        return { name: element === document.body ? '' : (element.getAttribute('aria-label') ?? element.textContent ?? '').trim() || element.tagName, ring: outlineStyle !== 'none' && Number.parseFloat(outlineWidth) > 0 };
      });
      if (focus.name === '') break;
      assert.ok(focus.ring, `${focus.name} shows no focus`);
      seen.push(focus.name);
    }
    const order = ['Back', 'Open printable copy', 'Relational databases', 'Skip', 'Mark done', 'The problem', 'relational databases', 'Run in terminal', 'Check', 'Show the answer', 'Atomic operations', 'PostgreSQL: Transaction Isolation', 'NextReplication and sharding'];
    const positions = order.map((name) => seen.findIndex((other) => other.replace(/\s/g, '') === name.replace(/\s/g, '')));
    assert.ok(positions.every((position) => position >= 0), order[positions.indexOf(-1)]);
    assert.deepEqual(positions, [...positions].sort((a, b) => a - b));
    await note.close();
  });

  it('borders everything that is a thing in high contrast', async () => {
    for (const theme of ['dark-high-contrast', 'light-high-contrast'] as const) {
      const note = await openNote(browser, { theme, page: { state: 'reading' } });
      const bare = await note.page.evaluate(() => [...document.querySelectorAll('.card, figure, .chip, button:not([hidden], :disabled), textarea, th, td, blockquote')].filter((element) => {
        const { borderBottomColor, borderBottomWidth, borderBottomStyle, borderLeftColor, borderLeftWidth } = getComputedStyle(element);
        const clear = (colour: string): boolean => /rgba\(.*, 0\)|transparent/.test(colour);
        return (clear(borderBottomColor) || borderBottomWidth === '0px' || borderBottomStyle === 'none') && (clear(borderLeftColor) || borderLeftWidth === '0px');
      }).map((element) => element.className || element.tagName));
      assert.deepEqual(bare, [], theme);
      await note.close();
    }
  });

  it('takes every colour from the theme', async () => {
    const css = (await readFile(join(root, 'media', 'note.css'), 'utf8')).replace(/\/\*[^]*?\*\//g, '');
    assert.deepEqual(css.match(/#[0-9a-f]{3,8}\b|\b(?:rgb|hsl|oklch)a?\(|:\s*(?:white|black|red|green|blue|orange|gray|grey)\b/gi), null);
  });

  it('stays readable with forced colours', async () => {
    const note = await openNote(browser, { forcedColors: true, page: answered });
    assert.deepEqual((await violations(note)).filter((violation) => !violation.includes('color-contrast')), []);
    await note.close();
  });
});
