/** Lets one task run at a time: each waits for the one before it. */
export class Lock {
  #last: Promise<unknown> = Promise.resolve();

  run<T>(task: () => Promise<T>): Promise<T> {
    const result = this.#last.then(task);
    this.#last = result.catch(() => { /* whoever asked for it is told */ });
    return result;
  }
}
