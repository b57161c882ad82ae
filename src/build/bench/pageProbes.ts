/**
 * Run in every frame by the browser before its own scripts: they may use nothing from outside their own body. A webview is two
 * frames: the outer one stays, and shows as `active-frame` what the extension gave it, once that is loaded.
 */

/** Reports `painted` once a note or a preview has its first h2 on the screen. */
export function paintProbe(): void {
  const report = (globalThis as unknown as { readonly __seen: (what: string, at: number) => void }).__seen;
  const look = (): void => {
    const shown = document.querySelector<HTMLIFrameElement>('iframe#active-frame')?.contentDocument;
    if (shown?.querySelector('h2') == null) requestAnimationFrame(look);
    // The second frame begins after the first was painted.
    else requestAnimationFrame(() => requestAnimationFrame(() => { report('painted', performance.timeOrigin + performance.now()); }));
  };
  if (location.href.includes('/webview/')) requestAnimationFrame(look);
}

/** Reports `tree` and `note`, each in the first frame that shows the first topic in another state than before. */
export function markProbe(): void {
  const report = (globalThis as unknown as { readonly __seen: (what: string, at: number) => void }).__seen;
  const what = window === window.top ? 'tree' : 'note';
  let last: string | null | undefined;
  const look = (): void => {
    const now = what === 'tree' ? document.querySelector('.sidebar [aria-label^="How an OS works, "]')?.getAttribute('aria-label')
      : document.querySelector<HTMLIFrameElement>('iframe#active-frame')?.contentDocument?.body.dataset['state'];
    if (now != null && last != null && now !== last) report(what, performance.timeOrigin + performance.now());
    if (now != null) last = now;
    requestAnimationFrame(look);
  };
  if (window === window.top || location.href.includes('/webview/')) requestAnimationFrame(look);
}
