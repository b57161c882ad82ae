/** What went over one TCP connection, in the order in which it went. Times are milliseconds of one clock for all recordings. */
export interface Recording {
  readonly clientPort: number;
  readonly opened: number;
  readonly chunks: { readonly at: number; readonly from: 'client' | 'server'; readonly bytes: Buffer }[];
  /** Who ended it first; absent while it is open. */
  closed?: { readonly at: number; readonly by: 'client' | 'server' };
}

/** Milliseconds since the epoch, finer than `Date.now` and never going back. */
export function clock(): number {
  return performance.timeOrigin + performance.now();
}
