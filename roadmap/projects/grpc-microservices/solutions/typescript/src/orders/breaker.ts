//@ file 9
import { status } from '@grpc/grpc-js';
import { CallError, StatusError } from '../shared/errors.js';
import { refusals } from './saga.js';

const failuresThatOpen = 10;

/** Spares a neighbor that fails, and those who would wait for it: after ten failures in a row nothing is asked of it for a while, then one call tries. */
export class Breaker {
  private failures = 0;
  /** When it opened, by a clock that only goes forward; undefined while it is closed. */
  private openedAt: number | undefined;
  private probing = false;

  constructor(private readonly openMs: number) {}

  /** @throws StatusError without an attempt when it is open, else what the attempt throws. */
  async run<T>(attempt: () => Promise<T>): Promise<T> {
    const probe = this.openedAt !== undefined;
    if (probe) {
      if (this.probing || performance.now() - this.openedAt! < this.openMs) throw new StatusError(status.UNAVAILABLE, 'payments fail: not asked for now');
      this.probing = true;
    }
    try {
      const result = await attempt();
      this.close();
      return result;
    } catch (error) {
      // Cancelled by our caller, it says nothing of the neighbor; a refusal says that it works.
      if (error instanceof CallError && refusals.has(error.code)) this.close();
      else if (!(error instanceof StatusError && error.code === status.CANCELLED)) this.failed(probe);
      throw error;
    } finally {
      if (probe) this.probing = false;
    }
  }

  private close(): void {
    this.failures = 0;
    this.openedAt = undefined;
  }

  private failed(probe: boolean): void {
    this.failures += 1;
    if (probe || this.failures >= failuresThatOpen) this.openedAt = performance.now();
  }
}
