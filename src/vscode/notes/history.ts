import type { TopicId } from '../../core/roadmap/model.js';

/** The notes shown in one panel, in the order of showing, with a place in them: what a browser's Back and Forward walk. */
export class History {
  #topics: TopicId[];
  #index = 0;

  constructor(first: TopicId) {
    this.#topics = [first];
  }

  get current(): TopicId {
    return this.#topics[this.#index] as TopicId;
  }

  get canGoBack(): boolean {
    return this.#index > 0;
  }

  get canGoForward(): boolean {
    return this.#index < this.#topics.length - 1;
  }

  visit(topic: TopicId): void {
    if (topic === this.current) return;
    this.#topics = [...this.#topics.slice(0, this.#index + 1), topic];
    this.#index++;
  }

  /** @returns the topic to show now; the current one at either end. */
  go(step: -1 | 1): TopicId {
    this.#index = Math.min(this.#topics.length - 1, Math.max(0, this.#index + step));
    return this.current;
  }
}
