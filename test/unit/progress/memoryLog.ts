import type { StoreError} from '../../../src/core/progress/log.js';
import { type EventLog, type LogReader } from '../../../src/core/progress/log.js';
import { ProgressStore } from '../../../src/core/progress/store.js';

/** A disk that several windows share; it forgets nothing and tells windows only when they refresh. */
export class MemoryDisk {
  readonly records: unknown[] = [];
  readonly backups: string[] = [];
  failing: StoreError | undefined;
  /** Appends wait for this. */
  gate: Promise<void> = Promise.resolve();
}

export class MemoryLog implements EventLog {
  readonly #disk: MemoryDisk;
  #reader: LogReader | undefined;
  #seen = 0;

  constructor(disk: MemoryDisk) {
    this.#disk = disk;
  }

  async open(reader: LogReader): Promise<void> {
    this.#reader = reader;
    await this.refresh();
  }

  async append(records: readonly object[]): Promise<void> {
    await this.#disk.gate;
    if (this.#disk.failing !== undefined) throw this.#disk.failing;
    this.#disk.records.push(...records.map((record) => JSON.parse(JSON.stringify(record)) as unknown));
  }

  refresh(): Promise<void> {
    const news = this.#disk.records.slice(this.#seen);
    this.#seen = this.#disk.records.length;
    this.#reader?.records(news);
    return Promise.resolve();
  }

  readAll(): Promise<unknown[]> {
    return Promise.resolve([...this.#disk.records]);
  }

  backup(text: string): Promise<string> {
    if (this.#disk.failing !== undefined) return Promise.reject(this.#disk.failing);
    return Promise.resolve(`backup ${this.#disk.backups.push(text)}`);
  }

  dispose(): Promise<void> {
    return Promise.resolve();
  }
}

export interface Machine {
  readonly store: ProgressStore;
  readonly disk: MemoryDisk;
  now: number;
}

let names = 0;

export async function machine(options: { disk?: MemoryDisk; now?: number; redirects?: Record<string, string>; name?: string } = {}): Promise<Machine> {
  const disk = options.disk ?? new MemoryDisk();
  const name = options.name ?? `m${names++}`;
  let count = 0;
  const self = { disk, now: options.now ?? 1_000_000 };
  const store = await ProgressStore.open(new MemoryLog(disk), {
    clock: { now: () => self.now },
    ids: { next: () => `${name}-${count++}` },
    redirects: options.redirects ?? {},
  });
  return Object.assign(self, { store });
}

/** Progress as plain data, without the stamps. */
export function plain(store: ProgressStore): unknown {
  const { topics, languages, answers } = store.progress;
  const sorted = <T>(map: Iterable<[string, T]>) => [...map].sort(([a], [b]) => (a < b ? -1 : 1));
  return {
    topics: sorted([...topics].map(([id, { state }]) => [id, state] as [string, string])),
    languages: languages === undefined ? undefined : [...languages],
    answers: sorted([...answers].map(([id, { right, given }]) => [id, [right, given]] as [string, unknown])),
  };
}
