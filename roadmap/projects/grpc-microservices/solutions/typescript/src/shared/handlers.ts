import { status, type handleUnaryCall } from '@grpc/grpc-js';

/** A call that fails with a status code, and says why. */
export class StatusError extends Error {
  constructor(readonly code: status, message: string) { super(message); }
}

/** A unary method of a function that returns the answer, or throws a {@link StatusError}. */
export function unary<Request, Response>(answer: (request: Request) => Response | Promise<Response>): handleUnaryCall<Request, Response> {
  return (call, callback) => {
    Promise.resolve(call.request).then(answer).then(
      (response) => callback(null, response),
      (error: unknown) => callback(statusOf(error)),
    );
  };
}

/** What a caller is told of a failure. One that is not ours to explain is a defect: it goes to the log, not to the caller. */
function statusOf(error: unknown): { code: status; details: string } {
  if (error instanceof StatusError) return { code: error.code, details: error.message };
  console.error(error);
  return { code: status.INTERNAL, details: 'internal error' };
}
