//@ file 12
import { basename, dirname } from 'node:path';
import type { Trace } from './trace.js';

/** The program's folder in dist/: catalog, inventory, orders or gateway. */
const service = basename(dirname(process.argv[1] ?? ''));

/** One JSON object a line, for programs that collect and search logs. */
export function log(level: 'info' | 'error', msg: string, fields: Readonly<Record<string, unknown>> = {}): void {
  process.stdout.write(`${JSON.stringify({ time: new Date().toISOString(), level, service, msg, ...fields })}\n`);
}

/** @param code a gRPC status's name, or the gateway's HTTP status */
export function logRequest({ traceId, spanId }: Trace, method: string, code: string | number, milliseconds: number): void {
  log('info', 'request', { trace_id: traceId, span_id: spanId, method, code, duration_ms: Math.round(milliseconds * 1000) / 1000 });
}
