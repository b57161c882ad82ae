/** What is to be done at the end of a run, however it ends. */
export class CleanUps {
  readonly #left: (() => unknown)[] = [];

  add(cleanUp: () => unknown): void {
    this.#left.push(cleanUp);
  }

  /** Does all that is left to do, the last one first; one that fails keeps none of the others from it. @throws the first error. */
  async end(): Promise<void> {
    const errors: unknown[] = [];
    for (let next = this.#left.pop(); next !== undefined; next = this.#left.pop()) {
      try {
        await next();
      } catch (error) {
        errors.push(error);
      }
    }
    if (errors.length > 0) throw errors[0];
  }
}
