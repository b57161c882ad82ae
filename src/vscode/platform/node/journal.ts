import { randomBytes } from 'node:crypto';
import { watch, type FSWatcher } from 'node:fs';
import { access, constants, mkdir, open, readdir, readFile, rename, stat, unlink, type FileHandle } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { decodePiece, encodeHeader, encodeLine, faultOf, schema, type Piece } from '../../../core/progress/lines.js';
import { StoreError, type EventLog, type LogReader, type StoreProblem } from '../../../core/progress/log.js';

export interface JournalOptions {
  /** A window's segment that has grown to this many bytes is closed. */
  readonly closeAt?: number;
  /** Idle time in milliseconds after which a segment may be taken from its window, which is most likely gone. */
  readonly adoptAfter?: number;
  /** Age in milliseconds at which a file that looks damaged can't be one that is just being written. */
  readonly settleAfter?: number;
  /** Delay in milliseconds before tidying up in the background; undefined: never. */
  readonly tidyAfter?: number | undefined;
  /** Small closed files are put together when there are this many. */
  readonly joinAt?: number;
}

const defaults = { closeAt: 256 * 1024, adoptAfter: 10 * 60_000, settleAfter: 10_000, tidyAfter: 30_000, joinAt: 16 };

type Folder = 'segments' | 'history';

/** How far a file has been read. */
interface Known {
  offset: number;
  /** Read to the end, and nothing that counts will be added. */
  closed: boolean;
  /** Not to be touched: unreadable here, or of a newer version. */
  left?: boolean;
}

/** The file that this window appends to. */
interface Segment {
  readonly name: string;
  readonly file: FileHandle;
  /** Up to here everything is acknowledged. */
  size: number;
}

/**
 * The event log as files:
 *
 *     segments/   one file per window, appended to and fsynced before anyone is told that an event is kept
 *     history/    closed segments; never appended to again, put together when they are many
 *     summary     what the events of `history/` add up to, so that opening need not read them; can be lost without loss
 *     damaged/    bad files, whole, after their readable lines were copied to `history/`
 *     backups/    exports made before a reset
 *
 * Invariants, each of them at every instant, whichever process is killed:
 * - An acknowledged event stands in a readable line of a file in `segments/` or `history/`. A file is removed only after its lines stand,
 *   fsynced and read back, in another one. Events have ids, so standing in two files does no harm.
 * - A file becomes closed by being renamed from `segments/` to `history/`, by any process. Its writer looks for it under the old name after
 *   every fsync; when it is gone, what was just written is written once more to a new segment. So all that counts in a file
 *   of `history/` was there when it was renamed, and no lock and no guess about who is alive is needed.
 * - Names are never used twice.
 */
export class Journal implements EventLog {
  readonly #root: string;
  readonly #options: Required<JournalOptions>;
  readonly #writer = randomBytes(8).toString('hex');
  readonly #known = new Map<string, Known>();
  /** Segments of this window that it has not let go of. */
  readonly #mine = new Set<string>();
  readonly #reported = new Set<string>();
  #reader: LogReader | undefined;
  #names = 0;
  #own: Segment | undefined;
  #queue: { readonly text: string; readonly done: () => void; readonly fail: (error: unknown) => void }[] = [];
  #writing: Promise<void> | undefined;
  #turn: Promise<unknown> = Promise.resolve();
  #summarized = new Set<string>();
  #watcher: FSWatcher | undefined;
  #lookAgain: NodeJS.Timeout | undefined;
  #poll: NodeJS.Timeout | undefined;
  #tidying: NodeJS.Timeout | undefined;
  #disposed = false;

  /** @param root need not exist; it is made with the first event. */
  constructor(root: string, options: JournalOptions = {}) {
    this.#root = root;
    this.#options = { ...defaults, ...options };
  }

  async open(reader: LogReader): Promise<void> {
    this.#reader = reader;
    await this.#alone(async () => {
      await Promise.all([this.#checkWritable(), this.#readSummary()]);
      const read = await this.#readNew();
      if (read.files >= this.#options.joinAt || read.bytes >= this.#options.closeAt / 2) this.#tidySoon();
    });
    this.#watch();
  }

  append(records: readonly object[]): Promise<void> {
    const text = records.map(encodeLine).join('');
    return new Promise((done, fail) => {
      if (this.#disposed) throw new StoreError('failed', this.#root, 'closed');
      this.#queue.push({ text, done, fail });
      this.#writing ??= this.#write();
    });
  }

  refresh(): Promise<void> {
    return this.#alone(async () => { await this.#readNew(); });
  }

  readAll(): Promise<unknown[]> {
    return this.#alone(async () => {
      for (let round = 0; ; round++) {
        await this.#readNew();
        const files = await this.#list();
        const pieces = await inTurns(files, ({ folder, name }) => this.#readWhole(folder, name));
        if (pieces.includes('gone') && round < 20) continue;
        const records: unknown[] = [];
        for (const [index, piece] of pieces.entries()) {
          const file = files[index];
          if (piece === undefined || piece === 'gone' || file === undefined) continue;
          for (const record of piece.records) records.push(record);
          if (file.folder === 'history' && faultOf(piece) !== undefined && this.#known.get(file.name)?.left !== true) await this.#setAside('history', file.name, piece);
        }
        return records;
      }
    });
  }

  async backup(text: string): Promise<string> {
    const name = `progress-${new Date().toISOString().replace(/[:.]/g, '-')}-${this.#newName()}.json`;
    try {
      await this.#writeFile('backups', name, text);
    } catch (error) {
      throw storeError(error, join(this.#root, 'backups', name));
    }
    return join(this.#root, 'backups', name);
  }

  async dispose(): Promise<void> {
    this.#disposed = true;
    this.#watcher?.close();
    clearTimeout(this.#lookAgain);
    clearTimeout(this.#tidying);
    clearInterval(this.#poll);
    while (this.#writing !== undefined) await this.#writing;
    await this.#alone(async () => {
      await this.#own?.file.close();
      this.#own = undefined;
    });
  }

  /** Closes what is idle, puts small files together and renews the summary. Every step can be the last. */
  tidy(): Promise<void> {
    return this.#alone(async () => {
      try {
        await this.#readNew();
        await this.#takeIdle();
        await this.#readNew();
        await this.#joinSmall();
        await this.#writeSummary();
      } catch (error) {
        // Tidying is never needed: what can't be done now, on a full disk say, is done another time.
        if (codeOf(error) === undefined) throw error;
      }
    });
  }

  // Reading

  async #readSummary(): Promise<void> {
    const path = join(this.#root, 'summary');
    let text: string;
    try {
      text = await readFile(path, 'latin1');
    } catch (error) {
      if (!isMissing(error)) this.#report({ kind: 'unreadable', file: path, code: String(codeOf(error)) });
      return;
    }
    const piece = decodePiece(text, true);
    if (piece.header !== undefined && piece.header.schema > schema) return;
    const [summary] = piece.records as { covers: [string, number][]; state: unknown }[];
    if (faultOf(piece) !== undefined || summary === undefined) {
      this.#report({ kind: 'summary', file: path, aside: await this.#moveAside(path, `summary-${this.#newName()}`) });
      return;
    }
    if (!this.#asked.restore(summary.state)) return;
    for (const [name, size] of summary.covers) {
      this.#known.set(name, { offset: size, closed: true });
      this.#summarized.add(name);
    }
  }

  /** Reads what has not been read, until there is no such thing. */
  async #readNew(): Promise<{ files: number; bytes: number }> {
    const total = { files: 0, bytes: 0 };
    for (let round = 0; round < 50; round++) {
      const files = (await this.#list()).filter(({ folder, name }) => {
        const known = this.#known.get(name);
        return known === undefined || (!known.closed && !(folder === 'segments' && this.#mine.has(name)));
      });
      const pieces = await inTurns(files, ({ folder, name }) => this.#readTail(folder, name));
      let news = false;
      const records: unknown[] = [];
      const bad: { folder: Folder; name: string }[] = [];
      for (const [index, read] of pieces.entries()) {
        const file = files[index];
        if (file === undefined || read === undefined) continue;
        if (read === 'gone') {
          news = true;
          continue;
        }
        const { piece, known, size, settled } = read;
        if (piece.header !== undefined && piece.header.schema > schema) {
          known.closed = known.left = true;
          this.#report({ kind: 'newerFile', file: join(this.#root, file.folder, file.name), schema: piece.header.schema });
          continue;
        }
        for (const record of piece.records) records.push(record);
        if (piece.bad > 0 || piece.cut || (known.offset === 0 && faultOf(piece) !== undefined)) {
          if (settled) bad.push(file);
          else this.#lookSoon(this.#options.settleAfter);
          if (piece.bad === 0) known.offset += piece.end;
        } else {
          news ||= size > known.offset;
          known.offset += piece.end;
          known.closed = file.folder === 'history';
        }
        total.files++;
        total.bytes += piece.end;
      }
      if (records.length > 0) this.#asked.records(records);
      for (const { folder, name } of bad) await this.#rescue(folder, name);
      if (!news && bad.length === 0) break;
    }
    return total;
  }

  /** Segments first: a file that is renamed meanwhile is then seen at least once. */
  async #list(): Promise<{ folder: Folder; name: string }[]> {
    const files: { folder: Folder; name: string }[] = [];
    for (const folder of ['segments', 'history'] as const) {
      try {
        for (const entry of await readdir(join(this.#root, folder), { withFileTypes: true })) {
          if (entry.isFile() && entry.name.endsWith('.jsonl')) files.push({ folder, name: entry.name });
        }
      } catch (error) {
        if (!isMissing(error)) this.#report({ kind: 'unreadable', file: join(this.#root, folder), code: String(codeOf(error)) });
      }
    }
    return files;
  }

  async #readTail(folder: Folder, name: string): Promise<{ piece: Piece; known: Known; size: number; settled: boolean } | 'gone' | undefined> {
    let known = this.#known.get(name);
    if (known === undefined) this.#known.set(name, known = { offset: 0, closed: false });
    const path = join(this.#root, folder, name);
    let file: FileHandle | undefined;
    try {
      const { size, mtimeMs } = await stat(path);
      if (folder === 'segments' && size === known.offset && size > 0) return undefined;
      file = await open(path, 'r');
      const buffer = Buffer.allocUnsafe(Math.max(0, size - known.offset));
      let length = 0;
      while (length < buffer.length) {
        const { bytesRead } = await file.read(buffer, length, buffer.length - length, known.offset + length);
        if (bytesRead === 0) break;
        length += bytesRead;
      }
      const piece = decodePiece(buffer.toString('latin1', 0, length), known.offset === 0);
      return { piece, known, size, settled: ageOf(mtimeMs) >= this.#options.settleAfter };
    } catch (error) {
      if (isMissing(error)) return 'gone';
      known.closed = known.left = true;
      this.#report({ kind: 'unreadable', file: path, code: String(codeOf(error)) });
      return undefined;
    } finally {
      await file?.close();
    }
  }

  async #readWhole(folder: Folder, name: string): Promise<Piece | 'gone' | undefined> {
    const path = join(this.#root, folder, name);
    try {
      const piece = decodePiece(await readFile(path, 'latin1'), true);
      return piece.header !== undefined && piece.header.schema > schema ? undefined : piece;
    } catch (error) {
      if (isMissing(error)) return 'gone';
      this.#report({ kind: 'unreadable', file: path, code: String(codeOf(error)) });
      return undefined;
    }
  }

  // Damage

  /** Puts a bad file aside and keeps using what can be read of it. */
  async #rescue(folder: Folder, name: string): Promise<void> {
    const from = join(this.#root, folder, name);
    let at: Folder = folder;
    try {
      if (folder === 'segments') {
        // Its window may be alive: from here on it writes elsewhere.
        await this.#move(from, 'history', name);
        at = 'history';
      }
    } catch (error) {
      if (isMissing(error)) return;
    }
    const piece = await this.#readWhole(at, name);
    if (piece === undefined || piece === 'gone') return;
    if (piece.records.length > 0) this.#asked.records(piece.records);
    await this.#setAside(at, name, piece, from);
  }

  /** @param file where people saw it. */
  async #setAside(folder: Folder, name: string, piece: Piece, file = join(this.#root, folder, name)): Promise<void> {
    const fault = faultOf(piece);
    let aside: string | undefined;
    try {
      if (folder === 'history' && fault !== undefined) {
        if (piece.lines.length > 0) await this.#addClosed(piece.lines);
        aside = await this.#moveAside(join(this.#root, folder, name), name);
      }
    } catch { /* Nothing can be written here: the file stays where it is and is read as it is. */ }
    const known = this.#known.get(name);
    if (known !== undefined) known.closed = known.left = true;
    const saved = piece.records.length;
    switch (fault) {
      case 'damaged':
        this.#report({ kind: fault, file, saved, lost: Math.max(piece.bad, (piece.header?.count ?? 0) - saved), aside });
        break;
      case 'cutOff':
        this.#report({ kind: fault, file, saved, aside });
        break;
      case 'empty':
      case 'foreign':
        this.#report({ kind: fault, file, aside });
        break;
      case undefined:
    }
  }

  async #moveAside(from: string, name: string): Promise<string | undefined> {
    try {
      return await this.#move(from, 'damaged', name);
    } catch {
      return undefined;
    }
  }

  #report(problem: StoreProblem): void {
    const key = JSON.stringify(problem);
    if (this.#reported.has(key)) return;
    this.#reported.add(key);
    this.#asked.problem(problem);
  }

  async #checkWritable(): Promise<void> {
    for (const path of [this.#root, join(this.#root, 'segments')]) {
      try {
        await access(path, constants.W_OK);
      } catch (error) {
        if (isMissing(error)) continue;
        this.#report({ kind: 'readOnly', file: path, code: String(codeOf(error)) });
        return;
      }
    }
  }

  // Writing

  async #write(): Promise<void> {
    // What is appended in the same breath shares the first write.
    await Promise.resolve();
    while (this.#queue.length > 0) {
      const batch = this.#queue;
      this.#queue = [];
      try {
        await this.#keep(batch.map(({ text }) => text).join(''));
        for (const { done } of batch) done();
      } catch (error) {
        for (const { fail } of batch) fail(error);
      }
      if (this.#own !== undefined && this.#own.size >= this.#options.closeAt) await this.#closeOwn();
    }
    this.#writing = undefined;
  }

  /** Resolves when the lines are on the disk, in a file that no one has closed. */
  async #keep(text: string): Promise<void> {
    for (let round = 0; round < 100; round++) {
      const own = this.#own;
      if (own === undefined) {
        await this.#startSegment(text);
        return;
      }
      const path = join(this.#root, 'segments', own.name);
      const bytes = Buffer.from(text, 'latin1');
      let isClosed: boolean;
      try {
        await writeAll(own.file, bytes);
        await own.file.datasync();
        isClosed = !await exists(path);
      } catch (error) {
        await this.#takeBack(own);
        throw storeError(error, path);
      }
      if (!isClosed) {
        own.size += bytes.length;
        const known = this.#known.get(own.name);
        if (known !== undefined) known.offset = own.size;
        return;
      }
      await this.#letGo(own);
    }
    throw new StoreError('failed', join(this.#root, 'segments'), 'the file is taken away each time');
  }

  /** Makes the file under another name first, so that no one ever sees it without its header. */
  async #startSegment(text: string): Promise<void> {
    const name = `${this.#newName()}.jsonl`;
    const path = join(this.#root, 'segments', name);
    const content = Buffer.from(encodeHeader() + text, 'latin1');
    this.#mine.add(name);
    this.#known.set(name, { offset: content.length, closed: false });
    let file: FileHandle | undefined;
    try {
      await this.#makeFolder('segments');
      file = await open(`${path}.tmp`, 'ax');
      await writeAll(file, content);
      await file.sync();
      await rename(`${path}.tmp`, path);
      await syncFolder(dirname(path));
    } catch (error) {
      await file?.close();
      await Promise.all([unlink(`${path}.tmp`), unlink(path)].map((gone) => gone.catch(() => undefined)));
      this.#mine.delete(name);
      throw storeError(error, path);
    }
    this.#own = { name, file, size: content.length };
    this.#watch();
  }

  /** After a failed write: nothing of it may stay, and if that fails too, nothing may follow it. */
  async #takeBack(own: Segment): Promise<void> {
    try {
      await own.file.truncate(own.size);
      await own.file.datasync();
    } catch {
      await this.#letGo(own);
    }
  }

  async #letGo(own: Segment): Promise<void> {
    this.#own = undefined;
    this.#mine.delete(own.name);
    await own.file.close().catch(() => undefined);
  }

  async #closeOwn(): Promise<void> {
    const own = this.#own;
    if (own === undefined) return;
    await this.#letGo(own);
    try {
      await this.#move(join(this.#root, 'segments', own.name), 'history', own.name);
      this.#tidySoon();
    } catch { /* Another window closes it when it has been idle for long. */ }
  }

  // Tidying

  async #takeIdle(): Promise<void> {
    for (const { folder, name } of await this.#list()) {
      if (folder !== 'segments' || this.#mine.has(name) || this.#known.get(name)?.left === true) continue;
      const path = join(this.#root, folder, name);
      try {
        if (ageOf((await stat(path)).mtimeMs) >= this.#options.adoptAfter) await this.#move(path, 'history', name);
      } catch (error) {
        if (!isMissing(error)) throw error;
      }
    }
  }

  async #joinSmall(): Promise<void> {
    const small = (await this.#list()).filter(({ folder, name }) => {
      const known = this.#known.get(name);
      return folder === 'history' && known?.closed === true && known.left !== true && known.offset < this.#options.closeAt / 4;
    });
    if (small.length < this.#options.joinAt) return;
    const lines = new Set<string>();
    const joined: string[] = [];
    for (const { name } of small) {
      const piece = await this.#readWhole('history', name);
      if (piece === undefined || piece === 'gone') continue;
      if (faultOf(piece) !== undefined) {
        await this.#setAside('history', name, piece);
        continue;
      }
      for (const line of piece.lines) lines.add(line);
      joined.push(name);
    }
    await this.#addClosed([...lines]);
    for (const name of joined) {
      await unlink(join(this.#root, 'history', name)).catch((error: unknown) => {
        if (!isMissing(error)) throw error;
      });
    }
  }

  /** Adds a file to `history/`, whose events this window has read already. */
  async #addClosed(lines: readonly string[]): Promise<void> {
    const name = `${this.#newName()}.jsonl`;
    const text = encodeHeader(lines.length) + lines.join('');
    this.#known.set(name, { offset: text.length, closed: true });
    await this.#writeFile('history', name, text);
  }

  async #writeSummary(): Promise<void> {
    const covers: [string, number][] = [];
    for (const { folder, name } of await this.#list()) {
      const known = this.#known.get(name);
      if (folder === 'history' && known?.closed === true && known.left !== true) covers.push([name, known.offset]);
    }
    if (covers.length === this.#summarized.size && covers.every(([name]) => this.#summarized.has(name))) return;
    await this.#writeFile('', 'summary', encodeHeader(1) + encodeLine({ covers, state: this.#asked.state() }));
    this.#summarized = new Set(covers.map(([name]) => name));
  }

  // Files

  async #writeFile(folder: string, name: string, text: string): Promise<void> {
    await this.#makeFolder(folder);
    const path = join(this.#root, folder, name);
    const temporary = `${path}.${this.#newName()}.tmp`;
    const bytes = Buffer.from(text, 'utf8');
    try {
      const file = await open(temporary, 'wx+');
      try {
        await writeAll(file, bytes);
        await file.sync();
        const check = Buffer.alloc(bytes.length);
        await file.read(check, 0, check.length, 0);
        if (!check.equals(bytes)) throw new Error('What was read back is not what was written.');
      } finally {
        await file.close();
      }
      await rename(temporary, path);
    } catch (error) {
      await unlink(temporary).catch(() => undefined);
      throw error;
    }
    await syncFolder(dirname(path));
  }

  async #move(from: string, folder: string, name: string): Promise<string> {
    await this.#makeFolder(folder);
    const to = join(this.#root, folder, name);
    await rename(from, to);
    await syncFolder(dirname(to));
    await syncFolder(dirname(from));
    return to;
  }

  async #makeFolder(folder: string): Promise<void> {
    const first = await mkdir(join(this.#root, folder), { recursive: true });
    if (first === undefined) return;
    for (let path = join(this.#root, folder); path.length >= first.length; path = dirname(path)) await syncFolder(dirname(path));
  }

  #newName(): string {
    return `${this.#writer}-${(this.#names++).toString(36)}`;
  }

  // Timing

  /** One at a time: what reads or moves files. Appending does not wait for it. */
  #alone<T>(act: () => Promise<T>): Promise<T> {
    const result = this.#turn.then(act);
    this.#turn = result.catch(() => undefined);
    return result;
  }

  /** Until the folder exists, and where watching is not possible, looks once a second. */
  #watch(): void {
    if (this.#disposed || this.#watcher !== undefined) return;
    const lost = () => {
      this.#watcher?.close();
      this.#watcher = undefined;
      if (!this.#disposed) this.#poll ??= setInterval(() => this.#watch(), 1000).unref();
    };
    try {
      this.#watcher = watch(join(this.#root, 'segments'), { persistent: false }, () => this.#lookSoon(20));
      this.#watcher.on('error', lost);
      clearInterval(this.#poll);
      this.#poll = undefined;
      this.#lookSoon(20);
    } catch (error) {
      lost();
      if (!isMissing(error)) this.#lookSoon(20);
    }
  }

  #lookSoon(delay: number): void {
    if (this.#disposed) return;
    this.#lookAgain ??= setTimeout(() => {
      this.#lookAgain = undefined;
      void this.refresh();
    }, delay).unref();
  }

  #tidySoon(): void {
    const { tidyAfter } = this.#options;
    if (this.#disposed || tidyAfter === undefined) return;
    this.#tidying ??= setTimeout(() => {
      this.#tidying = undefined;
      void this.tidy();
    }, tidyAfter * (1 + Math.random())).unref();
  }

  get #asked(): LogReader {
    if (this.#reader === undefined) throw new Error('The log is not open.');
    return this.#reader;
  }
}

/** A bounded number at once, so that thousands of files don't exhaust the process. */
async function inTurns<T, R>(items: readonly T[], act: (item: T) => Promise<R>): Promise<R[]> {
  const results: R[] = [];
  for (let i = 0; i < items.length; i += 64) results.push(...await Promise.all(items.slice(i, i + 64).map(act)));
  return results;
}

async function writeAll(file: FileHandle, bytes: Buffer): Promise<void> {
  for (let done = 0; done < bytes.length;) done += (await file.write(bytes, done)).bytesWritten;
}

async function exists(path: string): Promise<boolean> {
  try {
    await access(path);
    return true;
  } catch (error) {
    if (isMissing(error)) return false;
    throw error;
  }
}

/** Makes new names durable. Windows and some network drives can't and need not. */
async function syncFolder(path: string): Promise<void> {
  let folder: FileHandle | undefined;
  try {
    folder = await open(path, 'r');
    await folder.sync();
  } catch (error) {
    if (!['EISDIR', 'EPERM', 'EACCES', 'EINVAL', 'ENOTSUP', 'EBADF'].includes(String(codeOf(error)))) throw error;
  } finally {
    await folder?.close();
  }
}

/** In whole milliseconds, as the clock counts them: a file of this very moment is not from the future. */
function ageOf(mtimeMs: number): number {
  return Date.now() - Math.floor(mtimeMs);
}

function codeOf(error: unknown): string | undefined {
  return (error as NodeJS.ErrnoException | undefined)?.code;
}

function isMissing(error: unknown): boolean {
  return codeOf(error) === 'ENOENT';
}

function storeError(error: unknown, file: string): StoreError {
  if (error instanceof StoreError) return error;
  const code = String(codeOf(error));
  if (code === 'ENOSPC' || code === 'EDQUOT') return new StoreError('diskFull', file, error);
  return new StoreError(['EACCES', 'EPERM', 'EROFS'].includes(code) ? 'readOnly' : 'failed', file, error);
}
