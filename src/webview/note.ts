import type { Answers, Navigation, Spoken } from '../core/notes/page.js';
import type { TopicState } from '../core/progress/model.js';
import type { NavigateTo } from '../protocol/note.js';
import { parseToNote } from '../protocol/note.js';
import { Cards } from './cards.js';
import { foldContents, followScroll } from './contents.js';
import { all, announce } from './dom.js';
import { connectNote, type Host } from './host.js';
import { copyCode, follow, onUse } from './links.js';
import { Memory } from './memory.js';
import { watchReading } from './reading.js';

const host = connectNote();
start(host);

function start(host: Host): void {
  const { body } = document;
  const strings = JSON.parse(body.dataset['strings'] ?? '{}') as Spoken;
  const memory = new Memory(host, body.dataset['note'] ?? '');
  const cards = new Cards(host, memory, strings.moved);

  const showProgress = (state: TopicState, answers: Answers): void => {
    if (body.dataset['state'] !== state) {
      showState(state);
      announce(strings[state]);
    }
    cards.sync(answers);
  };

  onUse({
    link: (link) => {
      const { navigate } = link.dataset;
      if (navigate !== undefined) host.post({ type: 'navigate', to: navigate as NavigateTo });
      else follow(link, host);
    },
    button: (button) => { if (!cards.press(button)) press(button, host, strings); },
  });

  host.listen((message) => {
    switch (message.type) {
      case 'progress': showProgress(message.state, message.answers); break;
      case 'navigation': showNavigation(message.navigation); break;
    }
  });

  foldContents();
  const given = parseToNote({ type: 'progress', state: body.dataset['state'], answers: JSON.parse(body.dataset['answers'] ?? '{}') as unknown });
  if (given?.type === 'progress') cards.sync(given.answers);
  memory.restoreScroll();
  memory.watchScroll();
  followScroll();
  watchReading(host);
  host.post({ type: 'ready' });
}

function press(button: HTMLButtonElement, host: Host, strings: Spoken): void {
  const { navigate, setState, run } = button.dataset;
  if (navigate !== undefined) host.post({ type: 'navigate', to: navigate as NavigateTo });
  else if (setState !== undefined) host.post({ type: 'setState', state: setState as TopicState });
  else if (run !== undefined) host.post({ type: 'runCommand', index: Number(run) });
  else if (button.dataset['print'] !== undefined) host.post({ type: 'print' });
  else if (button.dataset['copy'] !== undefined) copyCode(button, host, strings.copied);
}

/** The host said it, so it is kept: the page never claims a state before. */
function showState(state: TopicState): void {
  document.body.dataset['state'] = state;
  const focused = document.activeElement;
  for (const element of all(document, '[data-when]')) element.hidden = !element.dataset['when']!.split(' ').includes(state);
  if (focused instanceof HTMLElement && focused.hidden) document.querySelector<HTMLElement>('button.primary:not([hidden]), button.secondary[data-set-state]:not([hidden])')?.focus();
}

function showNavigation(navigation: Navigation): void {
  for (const to of ['back', 'forward'] as const) {
    const button = document.querySelector<HTMLButtonElement>(`button[data-navigate="${to}"]`);
    if (button !== null) button.disabled = !navigation[to];
  }
  for (const to of ['previous', 'next'] as const) {
    const link = document.querySelector<HTMLElement>(`a[data-navigate="${to}"]`);
    const title = link?.querySelector('[data-title]');
    if (link == null || title == null) continue;
    link.hidden = navigation[to] === undefined;
    title.textContent = navigation[to]?.title ?? '';
  }
}
