import { limits, type SavedNote } from '../protocol/note.js';
import type { Host } from './host.js';

/** Where the reader was and what they had begun to write: kept by VS Code while the panel is hidden and over a reload. */
export class Memory {
  #saved: SavedNote;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(private readonly host: Host, topic: string) {
    const before = host.read();
    this.#saved = before === undefined
      ? { topic, scroll: 0, visited: [], drafts: {} }
      : before.topic === topic ? before : turnedTo(topic, before);
  }

  restoreScroll(): void {
    if (this.#saved.scroll > 0) scrollTo({ top: this.#saved.scroll, behavior: 'instant' });
  }

  watchScroll(): void {
    addEventListener('scroll', () => this.#keep({ scroll: Math.max(0, Math.round(scrollY)) }), { passive: true });
    addEventListener('pagehide', () => this.#write());
    this.#write();
  }

  draft(card: string): string {
    return Object.hasOwn(this.#saved.drafts, card) ? this.#saved.drafts[card]! : '';
  }

  keepDraft(card: string, text: string): void {
    const { [card]: _, ...others } = this.#saved.drafts;
    this.#keep({ drafts: text === '' ? others : { ...others, [card]: text.slice(0, limits.given) } });
  }

  #keep(change: Partial<SavedNote>): void {
    this.#saved = { ...this.#saved, ...change };
    this.#timer ??= setTimeout(() => this.#write(), 200);
  }

  #write(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.host.write(this.#saved);
  }
}

function turnedTo(topic: string, before: SavedNote): SavedNote {
  const visited = [...before.visited.filter((place) => place.topic !== before.topic), { topic: before.topic, scroll: before.scroll }].slice(-limits.visited);
  return { topic, scroll: visited.find((place) => place.topic === topic)?.scroll ?? 0, visited, drafts: {} };
}
