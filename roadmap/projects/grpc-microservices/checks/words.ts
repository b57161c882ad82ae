import { status } from '@grpc/grpc-js';

/** "NOT_FOUND". */
export function codeName(code: status): string {
  return status[code] ?? `the unknown code ${code as number}`;
}

/** A message as a report shows it: JSON, long texts and lists cut. */
export function shown(message: unknown): string {
  const text = JSON.stringify(message, (_, value: unknown) => typeof value === 'string' && value.length > 60 ? `${value.slice(0, 60)}… (${value.length} characters)`
    : Array.isArray(value) && value.length > 4 ? [...(value as unknown[]).slice(0, 4), `… (${value.length})`] : value);
  return text === undefined ? 'nothing' : text;
}

/** What to do when a call ended with another code than the one that is right, by how they differ. */
export function remedyFor(wanted: status, got: status): string {
  if (got === status.UNIMPLEMENTED) return 'The program does not know this method: register the service with an implementation of it, under the name that shop.proto gives it.';
  if (got === status.UNKNOWN || got === status.INTERNAL) return 'An exception of your code ended the call: libraries report it so. Catch it and answer with the status that fits.';
  if (got === status.OK) return `An error is told by its status, not by a message: end the call with ${codeName(wanted)}.`;
  if (got === status.UNAVAILABLE && wanted === status.OK) return 'The call did not get through: the program ended, closed the connection, or gave up on a neighbor. Its last lines are below.';
  if (got === status.DEADLINE_EXCEEDED || got === status.CANCELLED) return 'The call took too long: look for what waits for ever, or for a reply that is never sent.';
  if (got === status.RESOURCE_EXHAUSTED) return 'Something has a limit that is too low: the size of a message, the number of streams or of threads.';
  if (wanted === status.OK) return 'This call is right and must succeed. Its status names the check of yours that refused it.';
  return 'Callers decide by the code what to do next: give each kind of failure its own.';
}
