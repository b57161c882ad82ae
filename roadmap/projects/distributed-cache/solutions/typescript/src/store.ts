//@ file 4
// roadmap: data-structures
//@ stage 5
import { ExpiryHeap } from './expiry.js';
//@ end

//@ stage 4-4
/** The keys and their values. */
export class Store {
  // A Map tells Buffers apart by identity. As Latin-1, every byte is one character, so any key is a string, and the same again.
  private readonly values = new Map<string, Buffer>();

  get size(): number {
    return this.values.size;
  }

  get(key: Buffer): Buffer | undefined {
    return this.values.get(key.toString('latin1'));
  }

  set(key: Buffer, value: Buffer): void {
    // A copy: what arrived is a view into all that arrived with it, and would keep that in memory.
    this.values.set(key.toString('latin1'), Buffer.from(value));
  }

  has(key: Buffer): boolean {
    return this.values.has(key.toString('latin1'));
  }

  delete(key: Buffer): boolean {
    return this.values.delete(key.toString('latin1'));
  }

  clear(): void {
    this.values.clear();
  }
}
//@ end
//@ stage 5
const noBytes = Buffer.alloc(0);

export interface Entry {
  readonly key: string;
  value: Buffer;
  /** In milliseconds since 1970; Infinity for a key that stays. */
  expiresAt: number;
  /** Its index in the heap of what expires, -1 when it is not in there. */
  place: number;
  //@ stage 7
  /** Its neighbors in the order of use. */
  older: Entry;
  newer: Entry;
  //@ end
}
//@ stage 7

/** What an entry costs besides the bytes of its key and its value: about this, as measured with 300,000 small ones. */
const entryOverhead = 300;

const memoryOf = ({ key, value }: Entry): number => entryOverhead + key.length + value.length;
//@ end

/** The keys, their values and how long they live. */
export class Store {
  /** When the present command takes place: set once for each, so that nothing expires in the middle of it. */
  now = 0;
  //@ stage 7
  /** In bytes, by estimate. */
  memory = 0;
  //@ end
  //@ stage 8
  /** Rises with every change that a command makes. */
  changes = 0;
  /** Told of every key that the store removes by itself, which no command says. */
  onRemoval: (key: string) => void = () => {};
  //@ end
  //@ stage 10
  /** A replica hides what has expired, and waits for its leader to say that it is gone. */
  follows = false;
  //@ end
  //@ stage 14
  readonly counts = { hits: 0, misses: 0, expired: 0, evicted: 0 };
  //@ end
  // A Map tells Buffers apart by identity. As Latin-1, every byte is one character, so any key is a string, and the same again.
  private readonly entries = new Map<string, Entry>();
  private expiring = new ExpiryHeap();
  //@ stage 7
  /** The entries form a ring in the order of use; between the newest and the oldest stands this one. */
  private readonly ends = newEntry('');
  //@ end

  get size(): number {
    return this.entries.size;
  }
  //@ stage 14

  get expiringSize(): number {
    return this.expiring.size;
  }
  //@ end
  //@ stage 10

  all(): IterableIterator<Entry> {
    return this.entries.values();
  }
  //@ end

  get(key: Buffer): Buffer | undefined {
    const entry = this.find(key);
    //@ stage 7
    if (entry !== undefined) this.use(entry);
    //@ end
    //@ stage 14
    this.counts[entry === undefined ? 'misses' : 'hits'] += 1;
    //@ end
    return entry?.value;
  }

  has(key: Buffer): boolean {
    return this.find(key) !== undefined;
  }

  /** Without `expiresAt` the key stays, even if it would have expired before. */
  set(key: Buffer, value: Buffer, expiresAt = Infinity): void {
    const name = key.toString('latin1');
    let entry = this.entries.get(name);
    if (entry === undefined) {
      entry = newEntry(name);
      this.entries.set(name, entry);
      //@ stage 7
    } else {
      this.memory -= memoryOf(entry);
      //@ end
    }
    // A copy: what arrived is a view into all that arrived with it, and would keep that in memory.
    entry.value = Buffer.from(value);
    //@ stage 7
    this.memory += memoryOf(entry);
    this.use(entry);
    //@ end
    this.schedule(entry, expiresAt);
    //@ stage 8
    this.changes += 1;
    //@ end
  }

  delete(key: Buffer): boolean {
    const entry = this.find(key);
    if (entry === undefined) return false;
    this.remove(entry);
    //@ stage 8
    this.changes += 1;
    //@ end
    return true;
  }

  clear(): void {
    this.entries.clear();
    this.expiring = new ExpiryHeap();
    //@ stage 7
    this.ends.older = this.ends.newer = this.ends;
    this.memory = 0;
    //@ end
    //@ stage 8
    this.changes += 1;
    //@ end
  }

  /** When the key expires: Infinity if it stays, undefined if there is none. */
  expiresAt(key: Buffer): number | undefined {
    return this.find(key)?.expiresAt;
  }

  /** Gives a key another time to live; one that is over removes it. False when there is no such key. */
  expireAt(key: Buffer, moment: number): boolean {
    const entry = this.find(key);
    if (entry === undefined) return false;
    if (moment <= this.now) this.remove(entry);
    else this.schedule(entry, moment);
    //@ stage 8
    this.changes += 1;
    //@ end
    return true;
  }

  /** Removes up to `limit` of the keys that have expired. @returns whether there may be more */
  removeExpired(limit: number): boolean {
    //@ stage 10
    if (this.follows) return false;
    //@ end
    for (let count = 0; count < limit; count += 1) {
      const entry = this.expiring.next;
      if (entry === undefined || entry.expiresAt > this.now) return false;
      this.expire(entry);
    }
    return true;
  }
  //@ stage 7

  /** Removes the keys that were not used for longest, until no more than `limit` bytes are in use. */
  evict(limit: number): void {
    while (this.memory > limit && this.entries.size > 0) {
      const oldest = this.ends.newer;
      this.remove(oldest);
      //@ stage 8
      this.onRemoval(oldest.key);
      //@ end
      //@ stage 14
      this.counts.evicted += 1;
      //@ end
    }
  }
  //@ end
  //@ stage 8

  /** The entry as it is, expired or not. */
  peek(key: Buffer): Entry | undefined {
    return this.entries.get(key.toString('latin1'));
  }
  //@ end

  /** The entry of a key that has not expired. */
  private find(key: Buffer): Entry | undefined {
    const entry = this.entries.get(key.toString('latin1'));
    if (entry === undefined || entry.expiresAt > this.now) return entry;
    //@ stage 5-9
    this.expire(entry);
    //@ end
    //@ stage 10
    if (!this.follows) this.expire(entry);
    //@ end
    return undefined;
  }

  private expire(entry: Entry): void {
    this.remove(entry);
    //@ stage 8
    this.onRemoval(entry.key);
    //@ end
    //@ stage 14
    this.counts.expired += 1;
    //@ end
  }

  private schedule(entry: Entry, expiresAt: number): void {
    if (entry.place >= 0) this.expiring.remove(entry);
    entry.expiresAt = expiresAt;
    if (expiresAt !== Infinity) this.expiring.add(entry);
  }
  //@ stage 7

  /** Makes an entry the newest in the order of use. */
  private use(entry: Entry): void {
    unlink(entry);
    entry.older = this.ends.older;
    entry.newer = this.ends;
    entry.older.newer = entry;
    this.ends.older = entry;
  }
  //@ end

  private remove(entry: Entry): void {
    this.schedule(entry, Infinity);
    this.entries.delete(entry.key);
    //@ stage 7
    unlink(entry);
    this.memory -= memoryOf(entry);
    //@ end
  }
}

//@ stage 5-6
function newEntry(key: string): Entry {
  return { key, value: noBytes, expiresAt: Infinity, place: -1 };
}
//@ end
//@ stage 7
/** An entry outside the ring, which is a ring of its own. */
function newEntry(key: string): Entry {
  const entry = { key, value: noBytes, expiresAt: Infinity, place: -1 } as Entry;
  entry.older = entry.newer = entry;
  return entry;
}

function unlink({ older, newer }: Entry): void {
  older.newer = newer;
  newer.older = older;
}
//@ end
//@ end
