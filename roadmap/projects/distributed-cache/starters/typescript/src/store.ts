// roadmap: data-structures

/** What the commands of stage 4 work on. A Map compares Buffers by identity, not by content: choose its keys with care. */
export interface Store {
  /** Undefined when there is no such key. */
  get(key: Buffer): Buffer | undefined;
  set(key: Buffer, value: Buffer): void;
  /** Whether the key was there. */
  delete(key: Buffer): boolean;
  readonly size: number;
}
