/** Random numbers that a seed repeats: the same seed gives the same sequence on every machine. */
export class Random {
  #state: number;

  /** `scope` (a check's id) keeps the sequences of one seed apart, so that a check replays alone. */
  constructor(seed: number, scope = '') {
    let state = seed >>> 0;
    for (const character of scope) state = Math.imul(state ^ character.codePointAt(0)!, 0x01000193) >>> 0;
    this.#state = state;
  }

  /** In [0, 1). Mulberry32, by Tommy Ettinger: 32 bits of state, enough for test data and for nothing secret. */
  next(): number {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0;
    let mixed = this.#state;
    mixed = Math.imul(mixed ^ (mixed >>> 15), mixed | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  }

  /** A whole number from `least` to `most`, both included. */
  integer(least: number, most: number): number {
    return least + Math.floor(this.next() * (most - least + 1));
  }

  pick<T>(items: readonly T[]): T {
    return items[this.integer(0, items.length - 1)]!;
  }

  /** Lower-case letters and digits. */
  word(length = 8): string {
    return Array.from({ length }, () => 'abcdefghijklmnopqrstuvwxyz0123456789'[this.integer(0, 35)]!).join('');
  }

  shuffle<T>(items: readonly T[]): T[] {
    const shuffled = [...items];
    for (let index = shuffled.length - 1; index > 0; index--) {
      const other = this.integer(0, index);
      [shuffled[index], shuffled[other]] = [shuffled[other]!, shuffled[index]!];
    }
    return shuffled;
  }
}
