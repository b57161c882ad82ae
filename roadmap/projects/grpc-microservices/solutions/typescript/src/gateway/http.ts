//@ file 11
import { status } from '@grpc/grpc-js';
import type { IncomingMessage, ServerResponse } from 'node:http';

const mostBytes = 1024 * 1024;

/** A request that ends with this HTTP status. */
export class HttpError extends Error {
  constructor(readonly status: number, /** As google.rpc.Code names it. */ readonly code: string, message: string, readonly headers: Readonly<Record<string, string>> = {}) { super(message); }
}

/** What google/rpc/code.proto says each code is in HTTP. */
const httpStatuses: Readonly<Partial<Record<status, number>>> = {
  [status.CANCELLED]: 499, [status.INVALID_ARGUMENT]: 400, [status.DEADLINE_EXCEEDED]: 504, [status.NOT_FOUND]: 404, [status.ALREADY_EXISTS]: 409,
  [status.PERMISSION_DENIED]: 403, [status.UNAUTHENTICATED]: 401, [status.RESOURCE_EXHAUSTED]: 429, [status.FAILED_PRECONDITION]: 400, [status.ABORTED]: 409,
  [status.OUT_OF_RANGE]: 400, [status.UNIMPLEMENTED]: 501, [status.UNAVAILABLE]: 503,
};

/** A neighbor's failure as a client of HTTP may see it: what it says of a defect stays inside. */
export function httpErrorOf(code: status, message: string): HttpError {
  const http = httpStatuses[code] ?? 500;
  return new HttpError(http, status[code] ?? 'UNKNOWN', http < 500 ? message : 'the shop could not answer', http === 503 ? { 'Retry-After': '1' } : {});
}

export function sendJson(response: ServerResponse, status: number, value: unknown, headers: Readonly<Record<string, string>> = {}): void {
  if (response.headersSent) return;
  const text = JSON.stringify(value);
  response.writeHead(status, { 'Content-Type': 'application/json', 'Content-Length': Buffer.byteLength(text), ...headers }).end(text);
}

/** The body as JSON. @throws HttpError 413 when it is too long, without reading all of it, and 400 when it is no JSON. */
export async function readJson(request: IncomingMessage): Promise<unknown> {
  const pieces: Buffer[] = [];
  let bytes = 0;
  // The rest of a body that is too long is not read: the connection ends with the answer.
  const tooLong = new HttpError(413, 'OUT_OF_RANGE', `the body is longer than ${mostBytes} bytes`, { Connection: 'close' });
  if (Number(request.headers['content-length'] ?? 0) > mostBytes) throw tooLong;
  await new Promise<void>((resolve, reject) => {
    request.on('data', (piece: Buffer) => {
      bytes += piece.length;
      if (bytes > mostBytes) { request.pause(); reject(tooLong); } else pieces.push(piece);
    }).on('end', resolve).on('error', reject);
  });
  try {
    return JSON.parse(Buffer.concat(pieces).toString('utf8'));
  } catch {
    throw new HttpError(400, 'INVALID_ARGUMENT', 'the body is no JSON');
  }
}
