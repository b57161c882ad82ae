/** Where the time of one request goes. */
export class Timing {
  readonly #started = performance.now();
  /** Milliseconds that statements took, from sending to the complete result. */
  database = 0;

  /** For the header Server-Timing. */
  get header(): string {
    return `db;dur=${this.database.toFixed(1)}, total;dur=${(performance.now() - this.#started).toFixed(1)}`;
  }
}
