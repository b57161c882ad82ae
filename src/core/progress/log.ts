/** Where events are kept. The log knows files, lines and durability; what an event means is the store's business. */
export interface EventLog {
  /** Reads all there is, through `reader`; writes nothing when nothing is damaged. Call once, before anything else. */
  open(reader: LogReader): Promise<void>;
  /**
   * Resolves when the records survive a crash of the process and of the machine; what is appended while a write is under way shares the next.
   * @throws {StoreError} when they were not kept.
   */
  append(records: readonly object[]): Promise<void>;
  /** Reads what other windows wrote since. */
  refresh(): Promise<void>;
  /** Every readable record ever kept, unknown ones too, in no order and possibly more than once. */
  readAll(): Promise<unknown[]>;
  /** Keeps a copy beside the log, durably. @returns where, for people. @throws {StoreError} */
  backup(text: string): Promise<string>;
  /** Waits for what is being written, then lets go of everything. */
  dispose(): Promise<void>;
}

/** What a log tells its store. */
export interface LogReader {
  /** Takes the state saved by {@link LogReader.state}. @returns false when it can't be used and every record must be read. */
  restore(state: unknown): boolean;
  /** Takes records that were kept by any window; seeing one twice does no harm. */
  records(values: readonly unknown[]): void;
  /** What all records so far add up to, as plain JSON; saves reading them one by one at the next start. */
  state(): unknown;
  problem(problem: StoreProblem): void;
}

/** What went wrong with stored progress. Nothing of it is fatal: the rest is used. `aside` says where a bad file was put. */
export type StoreProblem =
  /** Lines that fail their checksum. `saved` and `lost` count changes. */
  | { readonly kind: 'damaged'; readonly file: string; readonly saved: number; readonly lost: number; readonly aside: string | undefined }
  /** The file ends within a change: a crash or a power cut while it was written, or a cut copy. At least that change is lost. */
  | { readonly kind: 'cutOff'; readonly file: string; readonly saved: number; readonly aside: string | undefined }
  | { readonly kind: 'empty'; readonly file: string; readonly aside: string | undefined }
  /** Not a file of this extension. */
  | { readonly kind: 'foreign'; readonly file: string; readonly aside: string | undefined }
  /** Left untouched for the newer version of the extension that wrote it. */
  | { readonly kind: 'newerFile'; readonly file: string; readonly schema: number }
  /** Kept, but not understood: written by a newer version of the extension. */
  | { readonly kind: 'newerEvents'; readonly count: number; readonly types: readonly string[] }
  /** The summary that speeds up opening; it was made again from the events, nothing is lost. */
  | { readonly kind: 'summary'; readonly file: string; readonly aside: string | undefined }
  | { readonly kind: 'unreadable'; readonly file: string; readonly code: string }
  /** Nothing can be saved; what is there is shown. */
  | { readonly kind: 'readOnly'; readonly file: string; readonly code: string }
  /** A value from Settings Sync that is not understood; it was left alone. */
  | { readonly kind: 'sync'; readonly reason: 'malformed' | 'newer' };

export type StoreErrorKind = 'diskFull' | 'readOnly' | 'failed';

/** A change was not saved. The store's state is what it was before. */
export class StoreError extends Error {
  override readonly name = 'StoreError';

  constructor(
    readonly kind: StoreErrorKind,
    /** The file or folder that could not be written, for people. */
    readonly file: string,
    cause: unknown,
  ) {
    super(`${kind}: ${file}: ${cause instanceof Error ? cause.message : String(cause)}`, { cause });
  }
}

/** By name: the class exists once in every bundle that holds this file. */
export function isStoreError(error: unknown): error is StoreError {
  return error instanceof Error && error.name === 'StoreError';
}
