import type { Locator, Page } from 'playwright-core';
import { escape } from './escape.js';

const patienceMs = 60_000;
const roundMs = 3_000;

/** The command palette, quick picks and input boxes: one widget at the top of the window. */
export class QuickInput {
  readonly widget: Locator;
  readonly input: Locator;
  readonly rows: Locator;

  constructor(private readonly page: Page) {
    this.widget = page.locator('.quick-input-widget:visible');
    this.input = this.widget.locator('.quick-input-filter input, .quick-input-box input').first();
    this.rows = this.widget.locator('.quick-input-list .monaco-list-row');
  }

  /** Opens the command palette with `text` typed in. What takes the focus meanwhile closes it: then it is opened again. */
  async openCommandPalette(text = ''): Promise<void> {
    await this.until('the command palette opens', async () => {
      await this.page.keyboard.press('F1');
      await this.input.fill(`>${text}`, { timeout: roundMs });
    });
  }

  /** Runs the command with this full title; an extension that is still loading adds its commands a little later. */
  async runCommand(title: string): Promise<void> {
    await this.until(`the command "${title}" is offered`, async () => {
      await this.openCommandPalette(title);
      try {
        await this.row(title).click({ timeout: roundMs });
      } catch (error) {
        if (await this.widget.isVisible()) await this.page.keyboard.press('Escape');
        throw error;
      }
    });
  }

  /** The row whose label is exactly `label`, or matches it. */
  row(label: string | RegExp): Locator {
    const pattern = typeof label === 'string' ? new RegExp(`^\\s*${escape(label)}\\s*$`) : label;
    return this.rows.filter({ has: this.page.locator('.label-name', { hasText: pattern }) }).first();
  }

  /** Waits for the pick (in its box) or the box (beneath it) that asks with these words, and not for one that is about to close. */
  async asks(words: string): Promise<void> {
    const pick = this.input.and(this.page.getByPlaceholder(words, { exact: true }));
    await pick.or(this.widget.locator('.quick-input-message', { hasText: words })).waitFor({ timeout: patienceMs });
  }

  /** The labels in sight, from the top; the rows' order in the document is another. */
  async labels(): Promise<string[]> {
    await this.rows.first().waitFor({ timeout: patienceMs });
    const found = await this.rows.evaluateAll((rows) => rows.map((row) => ({ index: Number(row.getAttribute('data-index')), label: row.querySelector<HTMLElement>('.label-name')?.innerText ?? '' })));
    return found.sort((a, b) => a.index - b.index).map(({ label }) => label);
  }

  /** Waits for a row and chooses it. */
  async pick(label: string | RegExp): Promise<void> {
    await this.row(label).click({ timeout: patienceMs });
  }

  /** Ticks rows of a pick that takes several, and confirms. */
  async pickMany(labels: readonly (string | RegExp)[]): Promise<void> {
    for (const label of labels) {
      await this.row(label).waitFor({ timeout: patienceMs });
      await this.row(label).locator('input[type=checkbox], .monaco-checkbox, .quick-input-list-checkbox').first().click();
    }
    await this.widget.getByRole('button', { name: /^OK/ }).click();
  }

  /** Types into the box that is open. */
  async filter(text: string): Promise<void> {
    await this.input.waitFor({ timeout: patienceMs });
    await this.input.fill(text);
  }

  /** Types into the box that is open and confirms. */
  async enter(text: string): Promise<void> {
    await this.filter(text);
    await this.input.press('Enter');
  }

  async cancel(): Promise<void> {
    await this.input.press('Escape');
    await this.widget.waitFor({ state: 'hidden' });
  }

  private async until(what: string, attempt: () => Promise<void>): Promise<void> {
    const deadline = Date.now() + patienceMs;
    for (;;) {
      try {
        return await attempt();
      } catch (error) {
        if (Date.now() > deadline) {
          throw new Error(`Waited in vain until ${what}`, { cause: error });
        }
      }
    }
  }
}
