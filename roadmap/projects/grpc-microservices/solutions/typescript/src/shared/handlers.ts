//@ stage 1-2
import { status, type handleUnaryCall } from '@grpc/grpc-js';
//@ end
//@ stage 3
import { status, type handleServerStreamingCall, type handleUnaryCall, type ServerWritableStream } from '@grpc/grpc-js';
import { once } from 'node:events';
//@ end
//@ stage 3-11
import { callOf, type Call } from './call.js';
//@ end
//@ stage 12
import { callOf, type Call, type ServerCall } from './call.js';
//@ end
import { StatusError } from './errors.js';
//@ stage 12
import { log, logRequest } from './log.js';
import { observe } from './metrics.js';
//@ end
//@ stage 13
import { running } from './running.js';
//@ end

//@ stage 1-5
/** A unary method of a function that returns the answer, or throws a {@link StatusError}. */
export function unary<Request, Response>(answer: (request: Request) => Response | Promise<Response>): handleUnaryCall<Request, Response> {
  return (call, callback) => {
    Promise.resolve(call.request).then(answer).then(
      (response) => callback(null, response),
      (error: unknown) => callback(statusOf(error)),
    );
  };
}
//@ end
//@ stage 6-11
/** A unary method of a function that returns the answer, or throws a {@link StatusError}. */
export function unary<Request, Response>(answer: (request: Request, call: Call) => Response | Promise<Response>): handleUnaryCall<Request, Response> {
  return (call, callback) => {
    Promise.resolve(callOf(call)).then((context) => answer(call.request, context)).then(
      (response) => callback(null, response),
      (error: unknown) => callback(statusOf(error)),
    );
  };
}
//@ end
//@ stage 12
/** A unary method of a function that returns the answer, or throws a {@link StatusError}. */
export function unary<Request, Response>(answer: (request: Request, call: Call) => Response | Promise<Response>): handleUnaryCall<Request, Response> {
  return (call, callback) => {
    const context = callOf(call);
    const finish = started(call, context);
    Promise.resolve(context).then(() => answer(call.request, context)).then(
      (response) => { callback(null, response); finish(status.OK); },
      (error: unknown) => { const failure = statusOf(error); callback(failure); finish(failure.code); },
    );
  };
}
//@ end
//@ stage 3

//@ stage 3-12
/** A method that answers with a stream: the next message is asked for when the reader has room for it, and none once it is gone. */
export function stream<Request, Message>(produce: (request: Request, call: Call) => AsyncIterable<Message>): handleServerStreamingCall<Request, Message> {
  return (call) => { void send(call, produce); };
}

async function send<Request, Message>(call: ServerWritableStream<Request, Message>, produce: (request: Request, call: Call) => AsyncIterable<Message>): Promise<void> {
//@ end
//@ stage 13
/**
 * A method that answers with a stream: the next message is asked for when the reader has room for it, and none once it is gone.
 * @param endless it never ends by itself, so nobody waits for it when the program stops
 */
export function stream<Request, Message>(produce: (request: Request, call: Call) => AsyncIterable<Message>, endless = false): handleServerStreamingCall<Request, Message> {
  return (call) => { void send(call, produce, endless); };
}

async function send<Request, Message>(call: ServerWritableStream<Request, Message>, produce: (request: Request, call: Call) => AsyncIterable<Message>, endless: boolean): Promise<void> {
//@ end
  //@ stage 3-5
  const context = callOf(call);
  //@ end
  //@ stage 6
  const context = callOf(call, true);
  //@ end
  //@ stage 12-12
  const finish = started(call, context);
  //@ end
  //@ stage 13
  const finish = started(call, context, endless);
  //@ end
  try {
    for await (const message of produce(call.request, context)) {
      if (context.signal.aborted) break;
      if (!call.write(message)) await once(call, 'drain', { signal: context.signal });
    }
    call.end();
    //@ stage 12
    finish(context.signal.aborted ? status.CANCELLED : status.OK);
    //@ end
  } catch (error) {
    // Nobody is there to be told.
    //@ stage 3-11
    if (context.signal.aborted) return;
    call.emit('error', statusOf(error));
    //@ end
    //@ stage 12
    if (context.signal.aborted) return finish(status.CANCELLED);
    const failure = statusOf(error);
    call.emit('error', failure);
    finish(failure.code);
    //@ end
  }
}
//@ end
//@ stage 12

/** Begins to account for a call. @returns what to do when it has ended */
//@ stage 12-12
function started(call: ServerCall, context: Call): (code: status) => void {
//@ end
//@ stage 13
function started(call: ServerCall, context: Call, endless = false): (code: status) => void {
//@ end
  const began = performance.now();
  const method = call.getPath();
  //@ stage 13
  const left = endless ? () => { /* it was not counted */ } : running.enter();
  //@ end
  return (code) => {
    //@ stage 13
    left();
    //@ end
    const milliseconds = performance.now() - began;
    observe(method.slice(1), status[code], milliseconds / 1000);
    logRequest(context.trace, method, status[code], milliseconds);
  };
}
//@ end

/** What a caller is told of a failure. One that is not ours to explain is a defect: it goes to the log, not to the caller. */
function statusOf(error: unknown): { code: status; details: string } {
  if (error instanceof StatusError) return { code: error.code, details: error.message };
  //@ stage 1-11
  console.error(error);
  //@ end
  //@ stage 12
  log('error', error instanceof Error ? error.stack ?? error.message : String(error));
  //@ end
  return { code: status.INTERNAL, details: 'internal error' };
}
