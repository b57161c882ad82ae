import { build } from 'esbuild';
import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { bundles } from '../../src/build/bundles.js';
import { root } from '../../src/build/paths.js';
import { notePage, type NotePage } from '../../src/core/notes/page.js';
import { noteStrings } from '../../src/core/notes/strings.js';
import type { ToHost, ToNote } from '../../src/protocol/note.js';
import themes from './themes.json' with { type: 'json' };
import { sampleNote } from './sampleNote.js';

export type Theme = keyof typeof themes;
export const themeNames = Object.keys(themes) as Theme[];

export interface NotePreview {
  readonly page: Page;
  /** What the page has posted to its host. */
  readonly posted: ToHost[];
  /** Every address that the page asked for. */
  readonly requested: string[];
  /** Those of them that no policy has stopped. */
  readonly reached: string[];
  /** Console errors and uncaught ones. */
  readonly errors: string[];
  tell(message: ToNote | Record<string, unknown>): Promise<void>;
  close(): Promise<void>;
}

export interface PreviewOptions {
  readonly page?: Partial<NotePage>;
  readonly theme?: Theme;
  readonly width?: number;
  readonly height?: number;
  readonly reducedMotion?: boolean;
  readonly forcedColors?: boolean;
  /** What `getState` gives to the page. */
  readonly saved?: unknown;
  /** Without it a test sees what the page itself lets through. */
  readonly contentSecurityPolicy?: boolean;
  /** Changes the page's HTML before it is opened. */
  readonly alter?: (html: string) => string;
  readonly prepare?: (context: BrowserContext) => Promise<void>;
}

export const origin = 'https://note.test';

/** Opens the real page in a plain browser, with a stand-in for VS Code around it. */
export async function openNote(browser: Browser, options: PreviewOptions = {}): Promise<NotePreview> {
  const built = notePage(pageFor(options.page));
  const html = (options.alter ?? ((it) => it))(options.contentSecurityPolicy === false ? built.replace(/<meta http-equiv="Content-Security-Policy"[^>]*>/, '') : built);
  const context = await browser.newContext({
    viewport: { width: options.width ?? 1000, height: options.height ?? 900 },
    reducedMotion: options.reducedMotion === true ? 'reduce' : 'no-preference',
    forcedColors: options.forcedColors === true ? 'active' : 'none',
  });
  await options.prepare?.(context);
  const page = await context.newPage();
  const [posted, requested, reached, errors]: [ToHost[], string[], string[], string[]] = [[], [], [], []];
  const files: Readonly<Record<string, { body: string; contentType: string }>> = {
    [`${origin}/`]: { body: html, contentType: 'text/html; charset=utf-8' },
    [`${origin}/note.css`]: { body: await readFile(join(root, 'media', 'note.css'), 'utf8'), contentType: 'text/css' },
    [`${origin}/note.js`]: { body: await script(), contentType: 'text/javascript' },
  };
  page.on('request', (request) => void requested.push(request.url()));
  page.on('console', (message) => { if (message.type() === 'error') errors.push(message.text()); });
  page.on('pageerror', (error) => void errors.push(String(error)));
  await context.route('**/*', async (route) => {
    reached.push(route.request().url());
    const file = files[route.request().url()];
    await (file === undefined ? route.abort() : route.fulfill(file));
  });
  await page.exposeBinding('__post', (_, message: ToHost) => void posted.push(message));
  // tsx keeps the names of functions by a helper that the page lacks.
  await page.addInitScript({ content: 'globalThis.__name = (it) => it;' });
  await page.addInitScript(standIn, { saved: options.saved ?? null, variables: themes[options.theme ?? 'dark'], theme: options.theme ?? 'dark' });
  await page.goto(`${origin}/`);
  return {
    page, posted, requested, reached, errors,
    tell: (message) => page.evaluate((data) => { window.postMessage(data, '*'); return new Promise((done) => setTimeout(done, 20)); }, message),
    close: () => context.close(),
  };
}

export function pageFor(change: Partial<NotePage> = {}): NotePage {
  return {
    note: sampleNote(),
    state: 'notStarted',
    answers: {},
    navigation: { back: true, forward: false, previous: { id: 'indexing-optimization', title: 'Indexing and optimization' }, next: { id: 'replication-sharding', title: 'Replication and sharding' } },
    strings: noteStrings,
    lang: 'en',
    nonce: randomBytes(16).toString('base64'),
    cspSource: origin,
    cssUri: `${origin}/note.css`,
    scriptUri: `${origin}/note.js`,
    ...change,
  };
}

let bundled: Promise<string> | undefined;

function script(): Promise<string> {
  bundled ??= build({ ...bundles.pages, write: false }).then((result) => result.outputFiles.find(({ path }) => path.endsWith('note.js'))!.text);
  return bundled;
}

/** Runs in the page: what VS Code does around a webview's document. */
function standIn({ saved, variables, theme }: { saved: unknown; variables: Readonly<Record<string, string>>; theme: string }): void {
  let state = saved;
  const scope = globalThis as unknown as { acquireVsCodeApi: unknown; __post: (message: unknown) => void; __state: () => unknown };
  scope.acquireVsCodeApi = () => ({
    postMessage: (message: unknown) => scope.__post(message),
    getState: () => state ?? undefined,
    setState: (value: unknown) => { state = value; },
  });
  scope.__state = () => state;
  new MutationObserver((_, observer) => {
    const { documentElement, body } = document;
    if (documentElement === null || body === null) return;
    observer.disconnect();
    for (const [name, value] of Object.entries(variables)) documentElement.style.setProperty(name, value);
    const kind = { dark: 'vscode-dark', light: 'vscode-light', 'dark-high-contrast': 'vscode-high-contrast', 'light-high-contrast': 'vscode-high-contrast-light' }[theme]!;
    body.classList.add(kind, ...(theme === 'light-high-contrast' ? ['vscode-high-contrast'] : []));
  }).observe(document, { childList: true, subtree: true });
}
