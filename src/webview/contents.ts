import { all } from './dom.js';

/** Marks in "On this page" the part that is being read. The list stands open where there is room for it. */
export function followScroll(): void {
  const links = all<HTMLAnchorElement>(document, '[data-landmark]');
  const landmarks = links.flatMap((link) => document.getElementById(link.dataset['landmark'] ?? '') ?? []);
  const end = document.querySelector('.pager');
  if (landmarks.length === 0 || end === null) return;
  let atEnd = false;

  const mark = (): void => {
    due = false;
    const line = innerHeight * 0.3;
    const read = landmarks.filter((landmark) => landmark.getBoundingClientRect().top <= line);
    const here = ((atEnd ? landmarks : read).at(-1) ?? landmarks[0])?.id;
    for (const link of links) {
      if (link.dataset['landmark'] === here) link.setAttribute('aria-current', 'location');
      else link.removeAttribute('aria-current');
    }
  };
  let due = false;
  // An observer of the landmarks would miss a jump that carries one past the whole window.
  addEventListener('scroll', () => {
    if (!due) requestAnimationFrame(mark);
    due = true;
  }, { passive: true });
  new IntersectionObserver((entries) => { atEnd = scrollY > 0 && entries.some((entry) => entry.isIntersecting); mark(); }, { threshold: 0.9 }).observe(end);
}

/** Folds "On this page" where it stands above the text, opens it where it stands beside. */
export function foldContents(): void {
  const details = document.querySelector<HTMLDetailsElement>('.contents details');
  const summary = details?.querySelector('summary');
  if (details == null || summary == null) return;
  const beside = matchMedia('(min-width: 760px)');
  const fit = (): void => {
    details.open = beside.matches;
    summary.tabIndex = beside.matches ? -1 : 0;
  };
  summary.addEventListener('click', (event) => { if (beside.matches) event.preventDefault(); });
  beside.addEventListener('change', fit);
  fit();
}
