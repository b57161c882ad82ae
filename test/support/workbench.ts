import type { Browser, BrowserContext, FrameLocator, Locator, Page } from 'playwright-core';
import { openWorkbench } from '../../src/build/host/browser.js';
import type { WorkbenchTarget } from '../../src/build/host/browser.js';
import type { Host } from '../../src/build/host/server.js';
import { writeUserSettings } from '../../src/build/host/settings.js';
import type { Settings } from '../../src/build/host/settings.js';
import { escape } from './escape.js';
import { QuickInput } from './quickInput.js';

export interface WorkbenchOptions extends WorkbenchTarget {
  /** A context of an earlier workbench keeps its client-side state, as a closed and reopened window does. */
  readonly context?: BrowserContext;
  readonly viewport?: { readonly width: number; readonly height: number };
}

export type ThemeKind = 'vs' | 'vs-dark' | 'hc-black' | 'hc-light';

const themes: Readonly<Record<ThemeKind, string>> = {
  vs: 'Light 2026',
  'vs-dark': 'Dark 2026',
  'hc-black': 'Dark High Contrast',
  'hc-light': 'Light High Contrast',
};

const startUpMs = 60_000;

/** What a person sees and does in one VS Code window; every wait is for a state, never for a time. */
export class Workbench {
  readonly quickInput: QuickInput;
  readonly sideBar: Locator;

  constructor(readonly page: Page, readonly host: Host) {
    this.quickInput = new QuickInput(page);
    this.sideBar = page.locator('.part.sidebar');
  }

  /** Opens a window in its own browser context, or in the given one. */
  static async open(browser: Browser, host: Host, options: WorkbenchOptions = {}): Promise<Workbench> {
    const context = options.context ?? (await browser.newContext({ viewport: options.viewport ?? { width: 1280, height: 800 } }));
    // A busy machine is slow, and that is no failure.
    context.setDefaultTimeout(startUpMs);
    const page = await context.newPage();
    await openWorkbench(page, host, options);
    return new Workbench(page, host);
  }

  /** Reloads the window and waits until it is drawn again. */
  async reload(): Promise<void> {
    await this.page.reload({ waitUntil: 'domcontentloaded' });
    await this.page.locator('.monaco-workbench .part.statusbar').waitFor({ timeout: 90_000 });
  }

  /**
   * Waits until VS Code has saved this text with the editors of the window: it does so every few seconds, and before a reload
   * only when there is time.
   */
  async saved(text: string): Promise<void> {
    await this.page.waitForFunction(savedEditors, text, { polling: 500, timeout: startUpMs });
  }

  async close(): Promise<void> {
    await this.page.close();
  }

  /** Runs the command whose full palette title, category included, is `title`. */
  async runCommand(title: string): Promise<void> {
    await this.quickInput.runCommand(title);
  }

  /** Shows a view container of the activity bar; does nothing if it is shown. */
  async openViewContainer(title: string): Promise<void> {
    const tabs = this.page.locator('.part.activitybar');
    await tabs.getByRole('tab', { name: startsWith(title) }).waitFor({ timeout: startUpMs });
    const shown = tabs.getByRole('tab', { name: startsWith(title), expanded: true });
    for (const deadline = Date.now() + startUpMs; ; ) {
      if (await shown.isVisible()) return;
      await tabs.getByRole('tab', { name: startsWith(title) }).click();
      // A window that is still opening may have shown it by itself just before the click, which then has hidden it.
      const settled = await shown.waitFor({ timeout: 3_000 }).then(() => true, () => false);
      if (settled) return;
      if (Date.now() > deadline) throw new Error(`The view container "${title}" was not shown`);
    }
  }

  /** Expands a view of the shown container and returns its pane. */
  async openView(name: string): Promise<Locator> {
    const title = new RegExp(`^${escape(name)}\\b.* Section$`);
    const pane = this.sideBar.locator('.pane', { has: this.page.getByRole('button', { name: title }) });
    const header = pane.locator('.pane-header');
    await header.waitFor({ timeout: startUpMs });
    if ((await header.getAttribute('aria-expanded')) === 'false') {
      await header.click();
    }
    return pane;
  }

  /** Tree items that are drawn; a long tree draws only those in sight. */
  treeItem(name: string | RegExp, within: Locator = this.sideBar): Locator {
    return within.getByRole('treeitem', { name: typeof name === 'string' ? startsWith(name) : name }).first();
  }

  /** Finds a tree item, paging through the tree if it is out of sight. */
  async findTreeItem(name: string | RegExp, within: Locator = this.sideBar): Promise<Locator> {
    const item = this.treeItem(name, within);
    await within.getByRole('treeitem').first().waitFor({ timeout: startUpMs });
    if (await item.isVisible()) {
      return item;
    }
    const tree = within.getByRole('tree').first();
    await tree.focus();
    await this.page.keyboard.press('Home');
    await tree.locator('.monaco-list-row.focused[data-index="0"]').waitFor();
    for (let last = ''; !(await item.isVisible()); ) {
      await this.page.keyboard.press('PageDown');
      const focused = (await tree.locator('.monaco-list-row.focused').getAttribute('aria-label').catch(() => undefined)) ?? '';
      if (focused === last) break;
      last = focused;
    }
    await item.waitFor();
    return item;
  }

  /** Expands or collapses a tree item and waits until it is. */
  async setExpanded(item: Locator, expanded = true): Promise<void> {
    const wanted = String(expanded);
    if ((await item.getAttribute('aria-expanded')) !== wanted) {
      await item.locator('.monaco-tl-twistie').click();
    }
    await item.and(this.page.locator(`[aria-expanded="${wanted}"]`)).waitFor();
  }

  /** Chooses from the menu that a right click opens. What takes the focus meanwhile closes it: then it is opened again. */
  async pickFromContextMenu(item: Locator, label: string): Promise<void> {
    await this.pickAgain(label, () => item.click({ button: 'right' }));
  }

  /** Presses a button in the title of a view; it shows when the pointer is over the view. */
  async pressViewButton(view: Locator, name: string): Promise<void> {
    const header = view.locator('.pane-header');
    await header.hover();
    await header.getByRole('button', { name }).press('Enter');
  }

  /** Chooses from the menu of a button in the title of a view. A title that is drawn anew closes its menu: then it is opened again. */
  async pickFromViewMenu(view: Locator, button: string, label: string): Promise<void> {
    await this.pickAgain(label, () => this.pressViewButton(view, button));
  }

  /** Chooses from the menu that is open. A menu takes no click in its first moments, but it takes keys. */
  async pickFromMenu(label: string, timeout = startUpMs): Promise<void> {
    const menu = this.page.locator('.monaco-menu:visible');
    const item = this.page.getByRole('menuitem', { name: label, exact: true });
    await menu.locator(item).hover({ timeout });
    await menu.locator('.action-item.focused').filter({ has: item }).waitFor({ timeout });
    await this.page.keyboard.press('Enter');
  }

  /** The document inside the webview in sight: two nested frames. */
  webview(): FrameLocator {
    return this.page.frameLocator('iframe.webview.ready:visible').last().frameLocator('iframe#active-frame');
  }

  editorTab(title: string | RegExp): Locator {
    return this.page.locator('.part.editor').getByRole('tab', { name: typeof title === 'string' ? startsWith(title) : title });
  }

  editorTabs(): Locator {
    return this.page.locator('.part.editor .tabs-container').getByRole('tab');
  }

  statusBarItem(text: string | RegExp): Locator {
    return this.page.locator('.part.statusbar .statusbar-item', { hasText: text });
  }

  /** Waits for a notification that contains `text`. */
  async notification(text: string | RegExp): Promise<Locator> {
    await this.showNotifications();
    const item = this.page.locator(notificationItems, { hasText: text }).first();
    await item.waitFor({ timeout: startUpMs });
    return item;
  }

  /** The texts of all notifications on screen. */
  async notifications(): Promise<string[]> {
    await this.showNotifications();
    return this.page.locator(`${notificationItems} .notification-list-item-message`).allInnerTexts();
  }

  /** Presses a button of a notification. */
  async answerNotification(text: string | RegExp, button: string | RegExp): Promise<void> {
    const item = await this.notification(text);
    await item.hover();
    await item.getByRole('button', { name: button }).click();
  }

  /** Answers a modal dialog by the name of its button. */
  async answerDialog(button: string | RegExp): Promise<void> {
    await this.page.locator('.monaco-dialog-box').getByRole('button', { name: button }).click({ timeout: startUpMs });
  }

  /** Types a path into the dialog that opens or saves a file. */
  async answerFileDialog(path: string): Promise<void> {
    // Before the folder is listed, the dialog overwrites what is typed; while it lists another, it takes no answer.
    const listed = this.quickInput.row('..');
    await listed.waitFor({ timeout: startUpMs });
    await this.quickInput.filter(path);
    for (const deadline = Date.now() + startUpMs; await listed.isVisible(); ) {
      if (Date.now() > deadline) throw new Error(`The file dialog did not take ${path}`);
      await this.quickInput.input.press('Enter');
      await listed.waitFor({ state: 'hidden', timeout: 3_000 }).catch(() => undefined);
    }
  }

  /** Opens a file of the workspace in an editor. */
  async openFile(name: string): Promise<void> {
    await this.runCommand('Go to File...');
    await this.quickInput.filter(name);
    await this.quickInput.pick(name);
    await this.editorTab(name).waitFor({ timeout: startUpMs });
  }

  /**
   * Changes user settings while the window is open. A workbench in the browser does not watch the file, so it is told by
   * saving it in an editor; settings that a test needs from the start belong to `startHost`.
   */
  async setSettings(settings: Settings): Promise<void> {
    await writeUserSettings(this.host.userDataDir, settings);
    await this.runCommand('Preferences: Open User Settings (JSON)');
    const tab = this.editorTab('settings.json');
    await tab.waitFor({ timeout: startUpMs });
    await this.runCommand('File: Save');
    await this.runCommand('View: Close Editor');
    await tab.waitFor({ state: 'detached' });
  }

  /** Changes the colour theme as a person does, without disturbing the editors, and waits until the workbench wears it. */
  async setTheme(kind: ThemeKind): Promise<void> {
    await this.runCommand('Preferences: Color Theme');
    await this.quickInput.filter(themes[kind]);
    await this.quickInput.pick(themes[kind]);
    await this.quickInput.widget.waitFor({ state: 'hidden' });
    await this.page.locator(`.monaco-workbench.${kind}`).waitFor({ timeout: startUpMs });
  }

  private async pickAgain(label: string, open: () => Promise<void>): Promise<void> {
    for (let attempt = 1; ; attempt++) {
      await open();
      try {
        return await this.pickFromMenu(label, 5_000);
      } catch (error) {
        if (attempt === 5) throw error;
        // A menu that is open after all would take the next click.
        if (await this.page.locator('.monaco-menu:visible').count() > 0) await this.page.keyboard.press('Escape');
      }
    }
  }

  /** A workbench under the smoke-test driver shows no toasts, so there the notification centre is opened. */
  private async showNotifications(): Promise<void> {
    const center = this.page.locator('.notifications-center:visible');
    if (this.host.smokeTest && !(await center.isVisible())) {
      await this.runCommand('Notifications: Show Notifications');
      await center.waitFor();
    }
  }
}

const notificationItems = ':is(.notifications-toasts, .notifications-center):visible .notification-list-item';

function startsWith(text: string): RegExp {
  return new RegExp(`^${escape(text)}`);
}

/** Run in the page: the editors of the window as they are in its database, nested JSON without its escapes. */
async function savedEditors(text: string): Promise<boolean> {
  for (const { name } of await indexedDB.databases()) {
    if (name?.startsWith('vscode-web-state-db-') !== true) continue;
    const database = await new Promise<IDBDatabase>((resolve, reject) => {
      const opening = indexedDB.open(name);
      opening.onsuccess = () => { resolve(opening.result); };
      opening.onerror = () => { reject(new Error(name)); };
    });
    try {
      const value = await new Promise<unknown>((resolve, reject) => {
        const reading = database.transaction('ItemTable').objectStore('ItemTable').get('memento/workbench.parts.editor');
        reading.onsuccess = () => { resolve(reading.result); };
        reading.onerror = () => { reject(new Error(name)); };
      });
      if (typeof value === 'string' && value.replaceAll('\\', '').includes(text)) return true;
    } finally {
      database.close();
    }
  }
  return false;
}
