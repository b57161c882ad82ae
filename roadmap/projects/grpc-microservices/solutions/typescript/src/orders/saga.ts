//@ file 5
import { status } from '@grpc/grpc-js';
//@ stage 6
import { onOurOwn, type Call } from '../shared/call.js';
//@ end
import { CallError, StatusError } from '../shared/errors.js';
import type { Neighbor } from '../shared/neighbor.js';
//@ stage 9
import type { Breaker } from './breaker.js';
//@ end
import type { Entry, Journal } from './journal.js';

/** What a neighbor says no with. Any other failure leaves open whether it has done what it was asked for. */
//@ stage 5-8
const refusals = new Set([status.INVALID_ARGUMENT, status.NOT_FOUND, status.ALREADY_EXISTS, status.PERMISSION_DENIED, status.FAILED_PRECONDITION, status.OUT_OF_RANGE, status.UNAUTHENTICATED]);
//@ end
//@ stage 9
export const refusals: ReadonlySet<status> = new Set([status.INVALID_ARGUMENT, status.NOT_FOUND, status.ALREADY_EXISTS, status.PERMISSION_DENIED, status.FAILED_PRECONDITION, status.OUT_OF_RANGE, status.UNAUTHENTICATED]);
//@ end

/** Takes orders from step to step: reserve, charge, confirm. Each step is in the journal before the next one is taken, and may be repeated: the order's id is its key. */
export class Saga {
  //@ stage 5-8
  constructor(private readonly journal: Journal, private readonly inventory: Neighbor, private readonly payments: Neighbor) {}
  //@ end
  //@ stage 9
  constructor(private readonly journal: Journal, private readonly inventory: Neighbor, private readonly payments: Neighbor, private readonly breaker: Breaker) {}
  //@ end

  /** Takes a pending order to its end. @throws StatusError when it was rejected, or when it stays pending as the outcome of a step is unknown. */
  //@ stage 5-5
  async finish(order: Entry): Promise<void> {
  //@ end
  //@ stage 6
  async finish(order: Entry, call: Call): Promise<void> {
  //@ end
    if (!order.reserved) {
      try {
        //@ stage 5-5
        await this.inventory.call('Reserve', { idempotencyKey: order.id, items: order.items });
        //@ end
        //@ stage 6
        await this.inventory.call('Reserve', { idempotencyKey: order.id, items: order.items }, call);
        //@ end
      } catch (error) {
        const refusal = refusalOf(error);
        return await this.reject(order, refusal.code === status.INVALID_ARGUMENT || refusal.code === status.NOT_FOUND ? refusal.code : status.FAILED_PRECONDITION, refusal.message);
      }
      order.reserved = true;
      await this.journal.write(order);
    }
    try {
      //@ stage 5-5
      await this.payments.call('Charge', { idempotencyKey: order.id, orderId: order.id, customerId: order.customerId, amountCents: order.totalCents });
      //@ end
      //@ stage 6-8
      await this.payments.call('Charge', { idempotencyKey: order.id, orderId: order.id, customerId: order.customerId, amountCents: order.totalCents }, call);
      //@ end
      //@ stage 9
      await this.payments.call('Charge', { idempotencyKey: order.id, orderId: order.id, customerId: order.customerId, amountCents: order.totalCents }, call, { guard: (attempt) => this.breaker.run(attempt) });
      //@ end
    } catch (error) {
      const refusal = refusalOf(error);
      //@ stage 5-5
      await this.inventory.call('Release', { idempotencyKey: order.id }).catch(refusalOf);
      //@ end
      //@ stage 6-11
      // Not the caller's any more: what was reserved has to be given back, whoever still waits.
      await this.inventory.call('Release', { idempotencyKey: order.id }, onOurOwn()).catch(refusalOf);
      //@ end
      //@ stage 12
      // Not the caller's any more: what was reserved has to be given back, whoever still waits.
      await this.inventory.call('Release', { idempotencyKey: order.id }, onOurOwn(call.trace)).catch(refusalOf);
      //@ end
      return await this.reject(order, status.FAILED_PRECONDITION, refusal.message);
    }
    order.status = 'CONFIRMED';
    await this.journal.write(order);
  }

  private async reject(order: Entry, code: status, message: string): Promise<never> {
    order.status = 'REJECTED';
    //@ stage 8
    order.rejection = { code, message };
    //@ end
    await this.journal.write(order);
    throw new StatusError(code, message);
  }
}

/** The neighbor's no. @throws StatusError when it did not say no: then nobody knows what it did, and the order stays as it is. */
function refusalOf(error: unknown): StatusError {
  if (!(error instanceof StatusError)) throw error;
  if (error instanceof CallError && refusals.has(error.code)) return error;
  throw new StatusError(error.code === status.DEADLINE_EXCEEDED || error.code === status.CANCELLED ? error.code : status.UNAVAILABLE, `the order is pending: ${error.message}`);
}
