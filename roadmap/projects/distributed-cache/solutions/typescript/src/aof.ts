//@ file 8
// roadmap: io-and-ipc
import { closeSync, fdatasyncSync, ftruncateSync, mkdirSync, openSync, readSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { command, CommandReader, type Command } from './resp.js';
import type { Client, Server } from './server.js';
import type { Entry } from './store.js';

/** The append-only file: every write, as a command, in the order in which they took place. */
export class AppendOnlyFile {
  private readonly path: string;
  private readonly file: number;
  private unwritten: Buffer[] = [];

  constructor(folder: string) {
    mkdirSync(folder, { recursive: true });
    this.path = join(folder, 'appendonly.aof');
    this.file = openSync(this.path, 'a+');
  }

  /** Does again, in the name of `client`, all that the file tells. */
  replay(server: Server, client: Client): void {
    const reader = new CommandReader();
    let size = 0;
    let whole = 0;
    try {
      for (;;) {
        // Each time another piece of memory, because the commands are views into it.
        const piece = Buffer.allocUnsafe(1024 * 1024);
        const count = readSync(this.file, piece, 0, piece.length, size);
        if (count === 0) break;
        size += count;
        reader.push(piece.subarray(0, count));
        for (let words = reader.next(); words !== undefined; words = reader.next()) {
          const reply = server.execute(words, client);
          if (reply.kind === 'error') throw new Error(reply.message);
          // Half a transaction is as good as none.
          if (client.transaction === undefined) whole = reader.position;
        }
      }
    } catch (error) {
      throw new Error(`${this.path} is damaged before byte ${reader.position}: ${error instanceof Error ? error.message : error}`);
    }
    if (whole === size) return;
    // The last write was cut off, and its client got no reply: it never took place.
    console.error(`${this.path}: cut off ${size - whole} bytes at its end, which are no whole record.`);
    ftruncateSync(this.file, whole);
  }

  append(record: Buffer): void {
    this.unwritten.push(record);
  }

  /** Returns when all records are on disk. A failure ends the process: no client may get a reply that is not true. */
  sync(): void {
    if (this.unwritten.length === 0) return;
    const bytes = Buffer.concat(this.unwritten);
    this.unwritten = [];
    for (let written = 0; written < bytes.length;) written += writeSync(this.file, bytes, written);
    fdatasyncSync(this.file);
  }

  close(): void {
    this.sync();
    closeSync(this.file);
  }
}

/** The command that makes an entry what it is. */
export function setCommand({ key, value, expiresAt }: Entry): Command {
  return expiresAt === Infinity ? command('SET', key, value) : command('SET', key, value, 'PXAT', String(expiresAt));
}
