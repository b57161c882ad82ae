const limit = 256 * 1024;

/** What a program printed: the last 256 kB of both streams, in the order in which it arrived. */
export class Log {
  #chunks: string[] = [];
  #size = 0;

  push(text: string): void {
    this.#chunks.push(text);
    this.#size += text.length;
    while (this.#size > limit && this.#chunks.length > 1) this.#size -= this.#chunks.shift()!.length;
  }

  get text(): string {
    return this.#chunks.join('').slice(-limit);
  }

  /** The last lines that hold anything, each cut to 300 characters. */
  tail(lines = 20): string[] {
    return this.text.split(/\r?\n/u).filter((line) => line.trim() !== '').slice(-lines).map((line) => line.length > 300 ? `${line.slice(0, 300)}…` : line);
  }
}
