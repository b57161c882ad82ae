import type { StageStanding } from '../core/notes/stagePage.js';
import { parseToStage } from '../protocol/stage.js';
import { foldContents, followScroll } from './contents.js';
import { all, announce, showIf } from './dom.js';
import { connectStage } from './host.js';
import { copyCode, follow, onUse } from './links.js';

const host = connectStage();
const { body } = document;
const stage = body.dataset['stage'] ?? '';
const acts = ['check', 'stop', 'scaffold', 'solution'] as const;

onUse({
  link: (link) => follow(link, host),
  button: (button) => {
    const act = acts.find((name) => name === button.dataset['act']);
    if (act !== undefined) host.post({ type: act });
    else if (button.dataset['copy'] !== undefined) copyCode(button, host, body.dataset['copied'] ?? '');
  },
});

for (const hint of all<HTMLDetailsElement>(document, '[data-hint]')) {
  hint.addEventListener('toggle', () => { if (hint.open) host.post({ type: 'hint', number: Number(hint.dataset['hint']) }); });
}

let words: string | undefined;
function show(standing: StageStanding): void {
  const focused = document.activeElement;
  for (const element of all(document, '[data-when]')) element.hidden = element.dataset['when'] !== standing.state;
  if (focused instanceof HTMLElement && focused.hidden) document.querySelector<HTMLElement>('.actions button:not([hidden])')?.focus();
  for (const element of all(document, '[data-words]')) {
    element.textContent = standing.words;
    element.classList.toggle('state-done', standing.passed && standing.state !== 'running');
  }
  if (words !== undefined && words !== standing.words) announce(standing.words);
  words = standing.words;
  for (const row of all(document, '[data-check]')) showIf(row, standing.verdicts[row.dataset['check'] ?? ''] ?? '');
  for (const element of all(document, '[data-solution]')) element.hidden = !standing.solution;
}

host.listen(({ standing }) => show(standing));
const given = parseToStage({ type: 'standing', standing: JSON.parse(body.dataset['standing'] ?? '{}') as unknown });
if (given !== undefined) show(given.standing);

foldContents();
const saved = host.read();
if (saved?.stage === stage && saved.scroll > 0) scrollTo({ top: saved.scroll, behavior: 'instant' });
let due: ReturnType<typeof setTimeout> | undefined;
const keep = (): void => { due = undefined; host.write({ stage, scroll: Math.max(0, Math.round(scrollY)) }); };
addEventListener('scroll', () => { due ??= setTimeout(keep, 200); }, { passive: true });
addEventListener('pagehide', keep);
keep();
followScroll();
host.post({ type: 'ready' });
