//@ file 11
interface Entry<T> { readonly value: Promise<T>; until: number }

/** Keeps what was loaded for a while, in bounded memory. Whoever asks for what is being loaded waits for the same load. */
export class Cache<T> {
  /** The one that was used longest ago stands first. */
  readonly #entries = new Map<string, Entry<T>>();

  constructor(private readonly ttlMs: number, private readonly most: number) {}

  get(key: string, load: () => Promise<T>): Promise<T> {
    const kept = this.#entries.get(key);
    this.#entries.delete(key);
    if (kept !== undefined && kept.until > performance.now()) {
      this.#entries.set(key, kept);
      return kept.value;
    }
    const entry: Entry<T> = { value: load(), until: Infinity };
    this.#entries.set(key, entry);
    if (this.#entries.size > this.most) this.#entries.delete(this.#entries.keys().next().value!);
    entry.value.then(
      () => { entry.until = performance.now() + this.ttlMs; },
      () => { if (this.#entries.get(key) === entry) this.#entries.delete(key); },
    );
    return entry.value;
  }

  /** Forgets everything, also what is being loaded: it may have been read before the change. */
  clear(): void {
    this.#entries.clear();
  }
}
