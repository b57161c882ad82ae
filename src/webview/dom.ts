export function all<T extends Element = HTMLElement>(root: ParentNode, selector: string): T[] {
  return [...root.querySelectorAll<T>(selector)];
}

export function show(elements: Iterable<HTMLElement>, visible: boolean): void {
  for (const element of elements) element.hidden = !visible;
}

/** Of the elements that say when they show, shows those that name `now`. */
export function showIf(root: ParentNode, now: string): void {
  for (const element of all(root, '[data-if]')) element.hidden = element.dataset['if'] !== now;
}

/** Speaks to screen readers. The same words twice are spoken twice. */
export function announce(text: string): void {
  const live = document.querySelector('[data-live]');
  if (live === null) return;
  live.textContent = '';
  requestAnimationFrame(() => { live.textContent = text; });
}
