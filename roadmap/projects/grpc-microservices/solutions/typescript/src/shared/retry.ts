//@ file 7
import { status } from '@grpc/grpc-js';
import { setTimeout as sleep } from 'node:timers/promises';
import { stillWanted, type Call } from './call.js';
import { CallError } from './errors.js';

const attempts = 4;
const first = 100;
const longest = 1000;

/**
 * Makes a call again when it could not be served, with growing pauses that are never the same, and not past the caller's deadline.
 * grpc-js could do so by itself; here every attempt is seen, which a circuit breaker needs.
 */
export async function retrying<T>(call: Call, attempt: () => Promise<T>): Promise<T> {
  for (let count = 1; ; count++) {
    try {
      return await attempt();
    } catch (error) {
      if (!(error instanceof CallError) || error.code !== status.UNAVAILABLE || count === attempts) throw error;
      const pause = error.pushback ?? Math.min(first * 2 ** (count - 1), longest) * (0.8 + Math.random() * 0.4);
      if (pause < 0 || Date.now() + pause >= call.deadline) throw error;
      await sleep(pause, undefined, { signal: call.signal }).catch(() => stillWanted(call));
    }
  }
}
