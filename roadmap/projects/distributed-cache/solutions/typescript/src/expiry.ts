//@ file 5
// roadmap: data-structures
import type { Entry } from './store.js';

/**
 * The entries that will expire, as a binary heap: the next one is always on top, and to add or remove one costs O(log n).
 * Every entry knows its place, so that a key that gets another time, or goes, leaves nothing behind in here.
 */
export class ExpiryHeap {
  private readonly entries: Entry[] = [];

  get size(): number {
    return this.entries.length;
  }

  get next(): Entry | undefined {
    return this.entries[0];
  }

  add(entry: Entry): void {
    this.put(entry, this.entries.length);
    this.rise(entry);
  }

  remove(entry: Entry): void {
    const last = this.entries.pop();
    if (last !== undefined && last !== entry) {
      this.put(last, entry.place);
      this.rise(last);
      this.sink(last);
    }
    entry.place = -1;
  }

  private rise(entry: Entry): void {
    for (;;) {
      const parent = this.entries[(entry.place - 1) >> 1];
      if (parent === undefined || parent.expiresAt <= entry.expiresAt) return;
      this.swap(parent, entry);
    }
  }

  private sink(entry: Entry): void {
    for (;;) {
      const left = this.entries[2 * entry.place + 1];
      const right = this.entries[2 * entry.place + 2];
      const child = left !== undefined && right !== undefined && right.expiresAt < left.expiresAt ? right : left;
      if (child === undefined || child.expiresAt >= entry.expiresAt) return;
      this.swap(entry, child);
    }
  }

  private swap(upper: Entry, lower: Entry): void {
    const place = lower.place;
    this.put(lower, upper.place);
    this.put(upper, place);
  }

  private put(entry: Entry, place: number): void {
    this.entries[place] = entry;
    entry.place = place;
  }
}
