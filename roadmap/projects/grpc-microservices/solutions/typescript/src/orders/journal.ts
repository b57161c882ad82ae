//@ file 5
import { mkdir, open, type FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import type { Item } from '../shared/messages.js';

/** An order and how far it has come. */
export interface Entry {
  readonly id: string;
  readonly idempotencyKey: string;
  readonly customerId: string;
  readonly items: readonly Item[];
  readonly totalCents: number;
  status: 'PENDING' | 'CONFIRMED' | 'REJECTED';
  /** The inventory holds its items. */
  reserved: boolean;
  //@ stage 8
  /** Why it was rejected: a status's code and text. */
  rejection?: { readonly code: number; readonly message: string };
  //@ end
}

/** Every step of every order, one JSON object a line; the last line of an order counts. */
export class Journal {
  private constructor(private readonly file: FileHandle, /** As they were when the program started, the oldest first. */ readonly entries: readonly Entry[]) {}

  static async open(folder: string): Promise<Journal> {
    await mkdir(folder, { recursive: true });
    const file = await open(join(folder, 'orders.jsonl'), 'a+');
    const bytes = await file.readFile();
    // A line without its end was being written when the program died: nobody was promised anything for it.
    const whole = bytes.subarray(0, bytes.lastIndexOf(0x0a) + 1);
    if (whole.length < bytes.length) await file.truncate(whole.length);
    const entries = new Map<string, Entry>();
    for (const line of whole.toString('utf8').split('\n')) {
      if (line === '') continue;
      const entry = JSON.parse(line) as Entry;
      entries.set(entry.id, entry);
    }
    return new Journal(file, [...entries.values()]);
  }

  /** Resolves when the step is on the disk: only then the next one may be taken. */
  async write(entry: Entry): Promise<void> {
    await this.file.appendFile(`${JSON.stringify(entry)}\n`);
    await this.file.datasync();
  }
}
