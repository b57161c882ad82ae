//@ file 12
import { randomBytes } from 'node:crypto';

/** Where a request is in its trace, as https://www.w3.org/TR/trace-context/ has it. */
export interface Trace {
  /** 32 hexadecimal digits, the same in all services. */
  readonly traceId: string;
  /** 16 hexadecimal digits: this program's part of the work. */
  readonly spanId: string;
  /** Two hexadecimal digits, passed on as they came. */
  readonly flags: string;
  /** Of those who traced it before, passed on as it came. */
  readonly state?: string;
}

const format = /^(?!ff)[\da-f]{2}-([\da-f]{32})-([\da-f]{16})-([\da-f]{2})(?:-|$)/;
const zero = /^0+$/;

/** A part of the trace that the headers tell of, or of a new one when they tell of none. */
export function traceOf(header: (name: string) => string | undefined): Trace {
  const [, traceId, parentId, flags] = format.exec(header('traceparent') ?? '') ?? [];
  if (traceId === undefined || parentId === undefined || flags === undefined || zero.test(traceId) || zero.test(parentId)) return newTrace();
  const state = header('tracestate');
  return { traceId, spanId: newId(8), flags, ...(state !== undefined && { state }) };
}

export function newTrace(): Trace {
  return { traceId: newId(16), spanId: newId(8), flags: '01' };
}

/** Tells a neighbor of the trace: its call is a part of its own, with an id of its own. */
export function inject({ traceId, flags, state }: Trace, set: (name: string, value: string) => void): void {
  set('traceparent', `00-${traceId}-${newId(8)}-${flags}`);
  if (state !== undefined) set('tracestate', state);
}

/** Hexadecimal digits of so many random bytes, never all zero. */
function newId(bytes: number): string {
  const id = randomBytes(bytes).toString('hex');
  return zero.test(id) ? newId(bytes) : id;
}
