import assert from 'node:assert/strict';
import axe from 'axe-core';
import type { Frame } from 'playwright-core';
import { useEditor } from './editor.js';
import { copiedExtension } from './packed.js';
import { openFirst, openNext, topicsInOrder } from './pages.js';

const themes = ['vs', 'vs-dark', 'hc-black', 'hc-light'] as const;

describe('every note in the real webview', () => {
  const editor = useEditor();

  it('has no serious or critical violation, no console error and no sideways scroll at 480 px', async function () {
    this.timeout(600_000);
    const topics = await topicsInOrder((await copiedExtension()).extension);
    assert.equal(topics.length, 55);
    const workbench = await editor.open({ viewport: { width: 1280, height: 900 } });
    const errors: string[] = [];
    let topic = topics[0]!;
    workbench.page.on('console', (message) => { if (message.type() === 'error' && message.location().url.includes('note.js')) errors.push(`${topic}: ${message.text()}`); });
    workbench.page.on('pageerror', (error) => errors.push(`${topic}: ${String(error)}`));

    let frame = await openFirst(workbench, topic);
    await workbench.runCommand('View: Toggle Primary Side Bar Visibility');
    const problems: string[] = [];
    for (const [index, next] of topics.entries()) {
      topic = next;
      if (index > 0) frame = await openNext(workbench, frame, topic);
      problems.push(...(await serious(frame)).map((problem) => `${topic}: ${problem}`));
    }
    // The activity bar and the editor's edges take about 60 px of the window.
    await workbench.page.setViewportSize({ width: 540, height: 900 });
    for (const back of topics.toReversed()) {
      topic = back;
      const overflow = await frame.evaluate(() => ({ room: innerWidth, taken: document.documentElement.scrollWidth }));
      assert.ok(overflow.room <= 490, `the note has ${overflow.room} px`);
      if (overflow.taken > overflow.room) problems.push(`${topic} is ${overflow.taken} px wide in ${overflow.room} px`);
      const at = topics.indexOf(topic);
      if (at > 0) frame = await openNext(workbench, frame, topics[at - 1]!, 'previous');
    }
    assert.deepEqual(problems, []);
    assert.deepEqual(errors, []);
  });

  it('is accessible in every kind of theme', async () => {
    const workbench = await editor.open();
    const frame = await openFirst(workbench, 'how-an-os-works');
    for (const theme of themes) {
      await workbench.setTheme(theme);
      await frame.waitForFunction((kind) => document.body.dataset['vscodeThemeKind'] === kind, { vs: 'vscode-light', 'vs-dark': 'vscode-dark', 'hc-black': 'vscode-high-contrast', 'hc-light': 'vscode-high-contrast-light' }[theme]);
      assert.deepEqual(await serious(frame), [], theme);
    }
  });
});

async function serious(frame: Frame): Promise<string[]> {
  await frame.evaluate(axe.source);
  const { violations } = await frame.evaluate(() => (globalThis as unknown as { axe: typeof axe }).axe.run(document));
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .flatMap(({ id, nodes }) => nodes.map(({ target, any }) => `${id}: ${target.join(' ')}: ${any[0]?.message ?? ''}`));
}
