//@ file 3
//@ stage 3-5
import type { ServerUnaryCall, ServerWritableStream } from '@grpc/grpc-js';

export type ServerCall = ServerUnaryCall<any, any> | ServerWritableStream<any, any>;

/** What a method knows of whoever called it. */
export interface Call {
  /** Aborted when the caller is no longer interested. */
  readonly signal: AbortSignal;
}

export function callOf(call: ServerCall): Call {
  const left = new AbortController();
  call.on('cancelled', () => left.abort());
  return { signal: left.signal };
}
//@ end
//@ stage 6
import { status, type ServerUnaryCall, type ServerWritableStream } from '@grpc/grpc-js';
import { StatusError } from './errors.js';
//@ stage 12
import { newTrace, traceOf, type Trace } from './trace.js';
//@ end

export type ServerCall = ServerUnaryCall<any, any> | ServerWritableStream<any, any>;

/** What a method knows of whoever called it. */
export interface Call {
  /** When the answer is of no use any more, in milliseconds since 1970. */
  readonly deadline: number;
  /** Aborted when the caller is no longer interested. */
  readonly signal: AbortSignal;
  //@ stage 12
  readonly trace: Trace;
  //@ end
}

/** How long a call may take when nobody says so: longer than any healthy one, shorter than a person waits. */
const patience = 2000;

/** @param endless whatever time it takes, as a stream may: only the caller says when it is over */
export function callOf(call: ServerCall, endless = false): Call {
  const left = new AbortController();
  call.on('cancelled', () => left.abort());
  const given = Number(call.getDeadline());
  const deadline = Number.isFinite(given) || endless ? given : Date.now() + patience;
  //@ stage 6-11
  return { deadline, signal: left.signal };
  //@ end
  //@ stage 12
  return { deadline, signal: left.signal, trace: traceOf((name) => call.metadata.get(name)[0]?.toString()) };
  //@ end
}

/** One step of a call that may take long in all. */
export function oneStep(call: Call): Call {
  return { ...call, deadline: Math.min(call.deadline, Date.now() + patience) };
}

/** For work that has to be done whether or not anybody waits for it: what was begun is undone or finished. */
//@ stage 6-11
export function onOurOwn(): Call {
  return { deadline: Date.now() + patience, signal: new AbortController().signal };
}
//@ end
//@ stage 12
export function onOurOwn(trace: Trace = newTrace()): Call {
  return { deadline: Date.now() + patience, signal: new AbortController().signal, trace };
}
//@ end

/** @throws StatusError when the caller does not wait any more: the next step is not begun. */
export function stillWanted({ deadline, signal }: Call): void {
  if (Date.now() >= deadline) throw new StatusError(status.DEADLINE_EXCEEDED, 'the deadline has passed');
  if (signal.aborted) throw new StatusError(status.CANCELLED, 'the caller has cancelled');
}
//@ end
