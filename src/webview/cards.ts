import type { Answers } from '../core/notes/page.js';
import { fill } from '../core/notes/strings.js';
import { limits } from '../protocol/note.js';
import { all, announce, show, showIf } from './dom.js';
import type { Host } from './host.js';
import type { Memory } from './memory.js';

/** What differs between the kinds of card. */
interface Kind {
  /** The learner's answer and whether it is right; undefined while there is none to check. */
  check?(): { readonly right: boolean; readonly given: string } | undefined;
  /** Puts an earlier answer back. @returns false when the card has changed since and the answer names nothing in it. */
  restore(given: string): boolean;
  /** Shows how the answer compares, or takes that away. */
  mark(answered: boolean): void;
  clear(): void;
}

/** The cards of the page: answered in place, told to the host, restored from what the host remembers. */
export class Cards {
  readonly #cards: ReadonlyMap<string, CardView>;

  constructor(host: Host, memory: Memory, moved: string) {
    this.#cards = new Map(all(document, '[data-card]').map((element) => [element.dataset['card']!, new CardView(element, host, memory, moved)]));
  }

  sync(answers: Answers): void {
    for (const [id, card] of this.#cards) card.sync(Object.hasOwn(answers, id) ? answers[id] : undefined);
  }

  /** @returns whether the button was one of a card's. */
  press(button: HTMLButtonElement): boolean {
    const card = this.#cards.get(button.closest<HTMLElement>('[data-card]')?.dataset['card'] ?? '');
    return card?.press(button) ?? false;
  }
}

class CardView {
  readonly #id: string;
  readonly #kind: Kind;
  #answered = false;
  /** Whether the host knows of the answer; only then its absence means that it was reset. */
  #known = false;

  constructor(private readonly element: HTMLElement, private readonly host: Host, private readonly memory: Memory, moved: string) {
    this.#id = element.dataset['card']!;
    this.#kind = kindOf(element, moved);
    const text = this.#text;
    if (text !== null) {
      text.value = memory.draft(this.#id);
      text.addEventListener('input', () => memory.keepDraft(this.#id, text.value));
    }
  }

  sync(answer: Answers[string] | undefined): void {
    if (answer !== undefined) {
      if (!this.#answered && this.#kind.restore(answer.given ?? '')) this.#finish(answer.right);
      this.#known = true;
    } else if (this.#known) {
      this.#known = false;
      this.#reset();
    }
  }

  press(button: HTMLButtonElement): boolean {
    const { dataset } = button;
    if (dataset['check'] !== undefined) this.#check();
    else if (dataset['reveal'] !== undefined) this.#reveal();
    else if (dataset['had'] !== undefined) this.#answer(dataset['had'] === 'true', this.#text?.value ?? '');
    else if (dataset['again'] !== undefined) this.#again();
    else return false;
    return true;
  }

  get #text(): HTMLTextAreaElement | null {
    return this.element.querySelector('[data-text]');
  }

  get #result(): HTMLElement | null {
    return this.element.querySelector('[data-result]');
  }

  #check(): void {
    const answer = this.#kind.check?.();
    show(all(this.element, '[data-hint]'), answer === undefined);
    if (answer === undefined) this.element.querySelector<HTMLElement>('input')?.focus();
    else this.#answer(answer.right, answer.given);
  }

  #reveal(): void {
    show(all(this.element, '[data-before]'), false);
    show(all(this.element, '[data-revealed], [data-judge]'), true);
    if (this.#text !== null) this.#text.readOnly = true;
    this.element.querySelector<HTMLElement>('[data-revealed]')?.focus();
  }

  #answer(right: boolean, given: string): void {
    this.host.post({ type: 'answer', card: this.#id, right, ...(given === '' ? {} : { given: given.slice(0, limits.given) }) });
    this.memory.keepDraft(this.#id, '');
    this.#finish(right);
    this.#result?.focus();
  }

  #finish(right: boolean): void {
    this.#answered = true;
    show(all(this.element, '[data-before], [data-judge], [data-hint]'), false);
    show(all(this.element, '[data-after], [data-revealed], [data-result]'), true);
    if (this.#text !== null) this.#text.readOnly = true;
    if (this.#result !== null) showIf(this.#result, right ? 'right' : 'wrong');
    this.#kind.mark(true);
  }

  #reset(): void {
    this.#answered = false;
    show(all(this.element, '[data-after], [data-revealed], [data-result], [data-judge], [data-hint]'), false);
    show(all(this.element, '[data-before]'), true);
    if (this.#text !== null) {
      this.#text.readOnly = false;
      this.#text.value = '';
    }
    this.#kind.mark(false);
    this.#kind.clear();
  }

  #again(): void {
    this.#reset();
    this.element.querySelector<HTMLElement>('input, textarea, button:not([aria-disabled="true"])')?.focus();
  }
}

function kindOf(element: HTMLElement, moved: string): Kind {
  const kind = element.dataset['kind'];
  return kind === 'choice' ? choice(element) : kind === 'order' ? order(element, moved) : ownWords(element);
}

function choice(element: HTMLElement): Kind {
  const inputs = all<HTMLInputElement>(element, 'fieldset input');
  const isRight = (input: HTMLInputElement): boolean => input.dataset['right'] === 'true';
  return {
    check: () => inputs.some((input) => input.checked)
      ? { right: inputs.every((input) => input.checked === isRight(input)), given: inputs.filter((input) => input.checked).map((input) => input.value).join() }
      : undefined,
    restore: (given) => {
      const chosen = given.split(',');
      if (!chosen.every((value) => inputs.some((input) => input.value === value))) return false;
      for (const input of inputs) input.checked = chosen.includes(input.value);
      return true;
    },
    mark: (answered) => {
      const fieldset = element.querySelector('fieldset');
      if (fieldset !== null) fieldset.disabled = answered;
      for (const input of inputs) {
        const option = input.closest('.option');
        if (option !== null) showIf(option, input.checked ? 'chosen' : 'unchosen');
        option?.classList.toggle('chosen', answered && input.checked);
        option?.classList.toggle('right', answered && isRight(input));
        option?.classList.toggle('wrong', answered && !isRight(input) && input.checked);
      }
    },
    clear: () => { for (const input of inputs) input.checked = false; },
  };
}

/** Recall and predict: the learner judges. */
function ownWords(element: HTMLElement): Kind {
  const text = element.querySelector<HTMLTextAreaElement>('[data-text]');
  return {
    restore: (given) => {
      if (text !== null) text.value = given;
      return true;
    },
    mark: () => undefined,
    clear: () => { for (const point of all<HTMLInputElement>(element, '.points input')) point.checked = false; },
  };
}

function order(element: HTMLElement, moved: string): Kind {
  const list = element.querySelector<HTMLElement>('[data-order]')!;
  const items = (): HTMLElement[] => all(list, '[data-step]');
  const textOf = (item: HTMLElement): string => item.querySelector('[data-step-text]')?.textContent ?? '';
  const rightOrder = items().sort((a, b) => Number(a.dataset['step']) - Number(b.dataset['step'])).map(textOf);
  const shuffled = items();

  const updateButtons = (): void => {
    const now = items();
    now.forEach((item, index) => {
      for (const button of all(item, '[data-move]')) button.setAttribute('aria-disabled', String(button.dataset['move'] === 'up' ? index === 0 : index === now.length - 1));
    });
  };
  list.addEventListener('click', (event) => {
    const button = event.target instanceof Element ? event.target.closest<HTMLElement>('[data-move]') : null;
    const item = button?.closest<HTMLElement>('[data-step]');
    if (button == null || item == null || button.getAttribute('aria-disabled') === 'true') return;
    // The neighbour moves, so that the pressed button keeps the focus.
    if (button.dataset['move'] === 'up') item.after(item.previousElementSibling!);
    else item.before(item.nextElementSibling!);
    updateButtons();
    const now = items();
    announce(fill(moved, textOf(item), now.indexOf(item) + 1, now.length));
  });
  updateButtons();

  return {
    check: () => {
      const now = items();
      return { right: now.every((item, index) => textOf(item) === rightOrder[index]), given: now.map((item) => item.dataset['step']).join() };
    },
    restore: (given) => {
      const steps = given.split(',');
      const found = steps.flatMap((step) => items().find((item) => item.dataset['step'] === step) ?? []);
      if (new Set(found).size !== shuffled.length) return false;
      list.append(...found);
      return true;
    },
    mark: (answered) => {
      items().forEach((item, index) => {
        const inPlace = textOf(item) === rightOrder[index];
        showIf(item, inPlace ? 'in' : 'out');
        item.classList.toggle('right', answered && inPlace);
        item.classList.toggle('wrong', answered && !inPlace);
      });
    },
    clear: () => {
      list.append(...shuffled);
      updateButtons();
    },
  };
}
