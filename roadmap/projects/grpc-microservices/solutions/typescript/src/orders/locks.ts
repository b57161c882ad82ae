//@ file 8
import { stillWanted, type Call } from '../shared/call.js';

/** One at a time for each key; other keys don't wait. */
export class Locks {
  private readonly tails = new Map<string, Promise<void>>();

  /** Runs `work` when those before it have ended. @throws StatusError when the caller does not wait so long. */
  async run<T>(key: string, call: Call, work: () => Promise<T>): Promise<T> {
    const before = this.tails.get(key);
    let release!: () => void;
    const own = new Promise<void>((resolve) => { release = resolve; });
    const tail = (before ?? Promise.resolve()).then(() => own);
    this.tails.set(key, tail);
    try {
      if (before !== undefined) await patiently(before, call);
      return await work();
    } finally {
      release();
      void tail.then(() => { if (this.tails.get(key) === tail) this.tails.delete(key); });
    }
  }
}

/** Waits for something as long as the caller does. */
async function patiently(something: Promise<void>, call: Call): Promise<void> {
  await new Promise<void>((resolve) => {
    const timer = setTimeout(done, Math.max(0, call.deadline - Date.now()));
    call.signal.addEventListener('abort', done, { once: true });
    void something.then(done);
    function done(): void {
      clearTimeout(timer);
      call.signal.removeEventListener('abort', done);
      resolve();
    }
  });
  stillWanted(call);
}
