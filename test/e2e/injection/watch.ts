import type { BrowserContext, Frame } from 'playwright-core';

/** Notes in `executed` whatever runs in any frame of the context: the corpus calls `alert`, in one way or another. */
export async function watch(context: BrowserContext): Promise<{ readonly executed: string[] }> {
  const executed: string[] = [];
  await context.exposeBinding('__executed', (source, what: string) => void executed.push(`${what} in ${source.frame.url()}`));
  await context.addInitScript({
    content: `for (const name of ['alert', 'confirm', 'prompt', 'print']) {
      globalThis[name] = (...values) => { globalThis.__executed(name + '(' + values.join() + ')'); };
    }`,
  });
  context.on('page', (page) => {
    page.on('dialog', (dialog) => {
      executed.push(`dialog: ${dialog.message()}`);
      void dialog.dismiss();
    });
    page.on('popup', (popup) => void executed.push(`popup: ${popup.url()}`));
    page.on('download', (download) => void executed.push(`download: ${download.url()}`));
  });
  return { executed };
}

/**
 * Does to a note whatever a reader could do: shows what is hidden, points at, focuses and clicks everything.
 * @param clicked leaves out what the page rightly asks the editor for, where a real editor would answer
 */
export async function provoke(frame: Frame, clicked = 'main a, main button, main summary, main label'): Promise<void> {
  await frame.evaluate(async (clicked) => {
    for (const element of document.querySelectorAll<HTMLElement>('[hidden]')) element.hidden = false;
    for (const element of document.querySelectorAll<HTMLElement | SVGElement>('main *')) {
      for (const type of ['pointerover', 'pointerenter', 'mouseover', 'mouseenter', 'mousemove', 'mousedown', 'mouseup', 'toggle', 'load', 'error', 'animationstart', 'animationend', 'wheel', 'copy', 'contextmenu']) {
        element.dispatchEvent(new Event(type, { bubbles: false }));
      }
      element.focus();
    }
    for (const element of document.querySelectorAll<HTMLElement>(clicked)) element.click();
    await new Promise((done) => setTimeout(done, 100));
  }, clicked);
}

/** Everything in a note's page that has no business there. */
export function strangers(frame: Frame): Promise<string[]> {
  return frame.evaluate(() => {
    const known = new Set((
      'main div nav section article header details summary h1 h2 h3 h4 p span a em strong s code pre br hr ul ol li dl dt dd blockquote table thead tbody tr th td figure figcaption ' +
      'fieldset label input textarea button svg g defs marker title desc rect line path circle ellipse polygon polyline text tspan'
    ).split(' '));
    const refused = /^on|^(?:style|src|srcset|srcdoc|data|action|formaction|background|poster|ping|target|cite|longdesc|usemap|xlink:href|http-equiv|nonce|is|slot|autofocus|contenteditable|form|accesskey|download)$/i;
    const found: string[] = [];
    for (const element of document.querySelectorAll('main, main *')) {
      const place = element.outerHTML.slice(0, 120);
      if (!known.has(element.localName)) found.push(`element: ${place}`);
      for (const { name, value } of element.attributes) {
        if (refused.test(name)) found.push(`attribute ${name}: ${place}`);
        if (name === 'href' && !(element.localName === 'a' && /^(?:#|https:\/\/[^\s/?#@\\]+(?:[/?#]|$))/.test(value))) found.push(`href ${value}: ${place}`);
        if (name === 'id' && !(element.closest('article') !== null ? /^(?:h|diagram)-/ : /^(?:page|card)\./).test(value)) found.push(`id ${value}: ${place}`);
        if (name === 'name' && !value.startsWith('card.')) found.push(`name ${value}: ${place}`);
        if (/url\(\s*['"]?(?!#)/i.test(value) && element.closest('svg') !== null) found.push(`address in ${name}: ${place}`);
      }
    }
    for (const element of document.querySelectorAll('html > *, head > *, body > *')) {
      if (!/^(?:html|head|body|meta|link|title|header|div|p|script|style)$/.test(element.localName)) found.push(`element: ${element.outerHTML.slice(0, 120)}`);
    }
    if (document.querySelectorAll('script[nonce], script[src]').length > 1 && document.querySelectorAll('main script').length > 0) found.push('a script of its own');
    const { body, documentElement, head } = document;
    if (body.localName !== 'body' || documentElement.localName !== 'html' || head.localName !== 'head') found.push('the document is clobbered');
    for (const name of ['getElementById', 'querySelector', 'querySelectorAll', 'addEventListener'] as const) if (typeof document[name] !== 'function') found.push(`document.${name} is clobbered`);
    return found;
  });
}
