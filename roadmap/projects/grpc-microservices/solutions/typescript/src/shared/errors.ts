//@ stage 1-6
import type { status } from '@grpc/grpc-js';
//@ end
//@ stage 7
import type { Metadata, ServiceError, status } from '@grpc/grpc-js';
//@ end

/** A call that fails with a status code, and says why. */
export class StatusError extends Error {
  constructor(readonly code: status, message: string) { super(message); }
}
//@ stage 3-6

/** A call to a neighbor that failed. */
export class CallError extends StatusError {}
//@ end
//@ stage 7

/** A call to a neighbor that failed. */
export class CallError extends StatusError {
  /** What the neighbor says of another attempt: milliseconds until then, negative for none. */
  readonly pushback: number | undefined;

  constructor({ code, details, metadata }: ServiceError) {
    super(code, details);
    this.pushback = pushbackOf(metadata);
  }
}

function pushbackOf(trailers: Metadata): number | undefined {
  const [text] = trailers.get('grpc-retry-pushback-ms');
  if (text === undefined) return undefined;
  // What is no number says no, too.
  return /^\d+$/.test(text.toString()) ? Number(text) : -1;
}
//@ end
