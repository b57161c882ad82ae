import type { LinkMessage } from '../protocol/link.js';
import { announce } from './dom.js';

interface LinkHost { post(message: LinkMessage): void }

/** Calls back for each link and button that is used, before the handlers that VS Code puts on the document: they would open a link by themselves. */
export function onUse(use: { link: (link: HTMLAnchorElement) => void; button: (button: HTMLButtonElement) => void }): void {
  document.addEventListener('click', (event) => {
    const link = closest(event, 'a');
    if (link !== undefined) {
      event.preventDefault();
      event.stopPropagation();
      if (link instanceof HTMLAnchorElement) use.link(link);
      return;
    }
    const button = closest(event, 'button');
    if (button instanceof HTMLButtonElement) use.button(button);
  }, true);
  document.addEventListener('auxclick', (event) => {
    if (closest(event, 'a') === undefined) return;
    event.preventDefault();
    event.stopPropagation();
  }, true);
}

function closest(event: Event, selector: string): Element | undefined {
  return event.target instanceof Element ? (event.target.closest(selector) ?? undefined) : undefined;
}

/** No link of the page is followed by the browser: the host is asked for what the link names, or nothing happens. */
export function follow(link: HTMLAnchorElement, host: LinkHost): void {
  const { topic, project, stage, external } = link.dataset;
  if (topic !== undefined) host.post({ type: 'openTopic', topic });
  else if (project !== undefined) host.post({ type: 'openProject', project, ...(stage === undefined ? {} : { stage }) });
  else if (external !== undefined) host.post({ type: 'openExternal', url: link.href });
  else goTo(link.getAttribute('href') ?? '');
}

function goTo(href: string): void {
  const target = href.startsWith('#') ? document.getElementById(href.slice(1)) : null;
  if (target === null) return;
  target.scrollIntoView();
  target.tabIndex = -1;
  target.focus({ preventScroll: true });
}

/** Copies the code of the button's figure, and says so on the button for a moment. */
export function copyCode(button: HTMLButtonElement, host: LinkHost, copied: string): void {
  const code = button.closest('figure')?.querySelector('pre > code');
  if (code == null || button.classList.contains('copied')) return;
  host.post({ type: 'copyCode', text: code.textContent });
  const label = button.textContent;
  button.textContent = copied;
  button.classList.add('copied');
  announce(copied);
  setTimeout(() => {
    button.textContent = label;
    button.classList.remove('copied');
  }, 2_000);
}
