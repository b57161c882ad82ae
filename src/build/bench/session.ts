import type { Browser, BrowserContext, Page } from 'playwright-core';
import type { Ask } from '../../../test/bench/probe.js';
import { Workbench } from '../../../test/support/workbench.js';
import { openWorkbench } from '../host/browser.js';
import type { Host } from '../host/server.js';
import { UserError } from '../host/userError.js';

/** What a page reports: milliseconds of the machine's clock. */
export interface Seen { readonly what: string; readonly at: number }

/** One window with an extension host of its own that does what it is asked. */
export class BenchSession {
  readonly workbench: Workbench;
  readonly #context: BrowserContext;
  readonly #port: number;
  readonly #waiting = new Map<string, (at: number) => void>();

  private constructor(context: BrowserContext, page: Page, host: Host, port: number) {
    this.#context = context;
    this.workbench = new Workbench(page, host);
    this.#port = port;
  }

  /** @param prepare is run in every frame before its own scripts; it reports by `__seen(what, at)`. */
  static async open(browser: Browser, host: Host, probe: { readonly extension: string; readonly module: string }, prepare?: () => void): Promise<BenchSession> {
    const context = await browser.newContext({ viewport: { width: 1280, height: 900 } });
    const seen: Seen[] = [];
    let hear = (event: Seen): void => void seen.push(event);
    await context.exposeBinding('__seen', (_source, what: string, at: number) => { hear({ what, at }); });
    // The compiler names functions by a helper that a page doesn't have.
    await context.addInitScript('globalThis.__name = (named) => named');
    if (prepare !== undefined) await context.addInitScript(prepare);
    const page = await context.newPage();
    await page.exposeFunction('codeAutomationLog', () => undefined);
    await page.exposeFunction('codeAutomationExit', () => undefined);
    const port = new Promise<number>((resolve) => {
      page.on('console', (message) => {
        const found = /\[bench\] (\d+)/.exec(message.text())?.[1];
        if (found !== undefined) resolve(Number(found));
      });
    });
    await openWorkbench(page, host, { extensionDevelopmentPath: probe.extension, extensionTestsPath: probe.module });
    const session = new BenchSession(context, page, host, await port);
    hear = ({ what, at }) => { session.#waiting.get(what)?.(at); };
    return session;
  }

  /** @returns when the host began and how long it took, in milliseconds. @throws what the host says went wrong. */
  async ask(ask: Exclude<Ask, { do: 'loaded' }>): Promise<{ began: number; took: number }> {
    return await this.#post<{ began: number; took: number }>(ask);
  }

  /** @returns the modules of an extension that its host has loaded so far, relative to the extension's folder. */
  async loaded(extension: string): Promise<readonly string[]> {
    return (await this.#post<{ modules: readonly string[] }>({ do: 'loaded', extension })).modules;
  }

  async #post<T>(ask: Ask): Promise<T> {
    const response = await fetch(`http://127.0.0.1:${this.#port}/`, { method: 'POST', body: JSON.stringify(ask) });
    const answer = await response.json() as T & { error?: string };
    if (answer.error !== undefined) throw new UserError(`${JSON.stringify(ask)}: ${answer.error}`);
    return answer;
  }

  /** The next time that a page reports `what`; to be called before the cause. @throws after 30 s. */
  seen(what: string): Promise<number> {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => { reject(new UserError(`Waited 30 s in vain for ${what}.`)); }, 30_000);
      this.#waiting.set(what, (at) => {
        clearTimeout(timer);
        this.#waiting.delete(what);
        resolve(at);
      });
    });
  }

  async close(): Promise<void> {
    await this.ask({ do: 'end' });
    await this.#context.close();
  }
}
