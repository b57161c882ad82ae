import type { NavigateTo } from '../protocol/note.js';
import type { Host } from './host.js';

/** No link of the page is followed by the browser: the host is asked for what the link names, or nothing happens. */
export function follow(link: Element, host: Host): void {
  if (!(link instanceof HTMLAnchorElement)) return;
  const { navigate, topic, project, stage, external } = link.dataset;
  if (navigate !== undefined) host.post({ type: 'navigate', to: navigate as NavigateTo });
  else if (topic !== undefined) host.post({ type: 'openTopic', topic });
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
