import type * as vscode from 'vscode';
import { decodePiece, encodeHeader, encodeLine, faultOf, schema, type Piece } from '../../../core/progress/lines.js';
import { StoreError, type EventLog, type LogReader, type StoreProblem } from '../../../core/progress/log.js';

/** What the log needs of `vscode.workspace.fs`. */
export type WebFiles = Pick<vscode.FileSystem, 'createDirectory' | 'delete' | 'readDirectory' | 'readFile' | 'stat' | 'writeFile'>;

const closeAt = 64 * 1024;
const joinAt = 16;
const idle = 10 * 60_000;

/**
 * The event log in a browser, where a file can only be written whole. Each window writes `segments/` files of its own, with everything it has
 * put there, so taking such a file away while its window is open does no harm: it comes back whole with the next event.
 */
export class WebJournal implements EventLog {
  readonly #root: vscode.Uri;
  readonly #files: WebFiles;
  readonly #now: () => number;
  readonly #writer = [...crypto.getRandomValues(new Uint8Array(8))].map((byte) => byte.toString(16).padStart(2, '0')).join('');
  /** Size and time of the files as they were read. */
  readonly #read = new Map<string, string>();
  readonly #reported = new Set<string>();
  #reader: LogReader | undefined;
  #names = 0;
  #own: { readonly name: string; text: string } | undefined;
  #queue: { readonly text: string; readonly done: () => void; readonly fail: (error: unknown) => void }[] = [];
  #writing: Promise<void> | undefined;
  #turn: Promise<unknown> = Promise.resolve();
  #disposed = false;

  constructor(root: vscode.Uri, files: WebFiles, now = () => Date.now()) {
    this.#root = root;
    this.#files = files;
    this.#now = now;
  }

  async open(reader: LogReader): Promise<void> {
    this.#reader = reader;
    const found = await this.#alone(() => this.#readNew());
    if (found >= joinAt) void this.#alone(() => this.#join());
  }

  append(records: readonly object[]): Promise<void> {
    const text = records.map(encodeLine).join('');
    return new Promise((done, fail) => {
      if (this.#disposed) throw new StoreError('failed', this.#root.path, 'closed');
      this.#queue.push({ text, done, fail });
      this.#writing ??= this.#write();
    });
  }

  refresh(): Promise<void> {
    return this.#alone(async () => { await this.#readNew(); });
  }

  readAll(): Promise<unknown[]> {
    return this.#alone(async () => {
      const pieces = await Promise.all((await this.#list()).map(({ name }) => this.#readPiece(name)));
      return pieces.flatMap((piece) => piece?.records ?? []);
    });
  }

  async backup(text: string): Promise<string> {
    const uri = this.#at('backups', `progress-${new Date(this.#now()).toISOString().replace(/[:.]/g, '-')}-${this.#newName()}.json`);
    await this.#save(uri, text);
    return uri.path;
  }

  async dispose(): Promise<void> {
    this.#disposed = true;
    while (this.#writing !== undefined) await this.#writing;
    await this.#turn;
  }

  async #write(): Promise<void> {
    await Promise.resolve();
    while (this.#queue.length > 0) {
      const batch = this.#queue;
      this.#queue = [];
      const own = this.#own ?? { name: `${this.#newName()}.jsonl`, text: encodeHeader() };
      const text = own.text + batch.map((entry) => entry.text).join('');
      try {
        await this.#save(this.#at('segments', own.name), text);
        own.text = text;
        this.#own = text.length < closeAt ? own : undefined;
        for (const { done } of batch) done();
      } catch (error) {
        for (const { fail } of batch) fail(error);
      }
    }
    this.#writing = undefined;
  }

  /** @returns the number of files. */
  async #readNew(): Promise<number> {
    const files = await this.#list();
    await Promise.all(files.map(async ({ name, version, mtime }) => {
      if (name === this.#own?.name || this.#read.get(name) === version) return;
      const piece = await this.#readPiece(name);
      if (piece === undefined) return;
      this.#read.set(name, version);
      if (piece.records.length > 0) this.#reader?.records(piece.records);
      const fault = faultOf(piece);
      // A file that is just being written is looked at again when it changes.
      if (fault !== undefined && this.#now() - mtime >= 10_000) await this.#setAside(name, piece, fault);
    }));
    return files.length;
  }

  async #list(): Promise<{ name: string; version: string; mtime: number }[]> {
    try {
      const names = (await this.#files.readDirectory(this.#at('segments'))).map(([name]) => name).filter((name) => name.endsWith('.jsonl'));
      const files = await Promise.all(names.map(async (name) => {
        try {
          const { size, mtime } = await this.#files.stat(this.#at('segments', name));
          return { name, version: `${size} ${mtime}`, mtime };
        } catch {
          return { name, version: '', mtime: this.#now() };
        }
      }));
      return files;
    } catch (error) {
      if (!isMissing(error)) this.#report({ kind: 'unreadable', file: this.#at('segments').path, code: codeOf(error) });
      return [];
    }
  }

  async #readPiece(name: string): Promise<Piece | undefined> {
    const uri = this.#at('segments', name);
    try {
      const piece = decodePiece(toText(await this.#files.readFile(uri)), true);
      if (piece.header === undefined || piece.header.schema <= schema) return piece;
      this.#report({ kind: 'newerFile', file: uri.path, schema: piece.header.schema });
    } catch (error) {
      if (!isMissing(error)) this.#report({ kind: 'unreadable', file: uri.path, code: codeOf(error) });
    }
    return undefined;
  }

  async #setAside(name: string, piece: Piece, fault: NonNullable<ReturnType<typeof faultOf>>): Promise<void> {
    const from = this.#at('segments', name);
    let aside: string | undefined;
    try {
      const bytes = await this.#files.readFile(from);
      await this.#files.createDirectory(this.#at('damaged'));
      await this.#files.writeFile(this.#at('damaged', name), bytes);
      await this.#addFile(piece.lines);
      await this.#files.delete(from);
      aside = this.#at('damaged', name).path;
    } catch { /* Nothing can be written here: the file stays where it is and is read as it is. */ }
    const [file, saved] = [from.path, piece.records.length];
    if (fault === 'damaged') this.#report({ kind: fault, file, saved, lost: Math.max(piece.bad, (piece.header?.count ?? 0) - saved), aside });
    else if (fault === 'cutOff') this.#report({ kind: fault, file, saved, aside });
    else this.#report({ kind: fault, file, aside });
  }

  /** Puts idle files together; each is removed only when its lines stand in another one. */
  async #join(): Promise<void> {
    const lines = new Set<string>();
    const joined: string[] = [];
    for (const { name, mtime, version } of await this.#list()) {
      if (name === this.#own?.name || this.#now() - mtime < idle || this.#read.get(name) !== version) continue;
      const piece = await this.#readPiece(name);
      if (piece === undefined || faultOf(piece) !== undefined || piece.end >= closeAt) continue;
      for (const line of piece.lines) lines.add(line);
      joined.push(name);
    }
    if (joined.length < joinAt) return;
    try {
      await this.#addFile([...lines]);
      for (const name of joined) await this.#files.delete(this.#at('segments', name));
    } catch { /* It is done another time. */ }
  }

  async #addFile(lines: readonly string[]): Promise<void> {
    if (lines.length > 0) await this.#save(this.#at('segments', `${this.#newName()}.jsonl`), encodeHeader(lines.length) + lines.join(''));
  }

  /** Resolves when what was written was read back. */
  async #save(uri: vscode.Uri, text: string): Promise<void> {
    try {
      await this.#files.createDirectory(uri.with({ path: uri.path.slice(0, uri.path.lastIndexOf('/')) }));
      const bytes = new TextEncoder().encode(text);
      await this.#files.writeFile(uri, bytes);
      const kept = await this.#files.readFile(uri);
      if (kept.length !== bytes.length || kept.some((byte, index) => byte !== bytes[index])) throw new Error('What was read back is not what was written.');
    } catch (error) {
      throw new StoreError(codeOf(error) === 'NoPermissions' ? 'readOnly' : 'failed', uri.path, error);
    }
  }

  #at(...names: string[]): vscode.Uri {
    return this.#root.with({ path: [this.#root.path, ...names].join('/') });
  }

  #newName(): string {
    return `${this.#writer}-${(this.#names++).toString(36)}`;
  }

  #report(problem: StoreProblem): void {
    const key = JSON.stringify(problem);
    if (this.#reported.has(key)) return;
    this.#reported.add(key);
    this.#reader?.problem(problem);
  }

  #alone<T>(act: () => Promise<T>): Promise<T> {
    const result = this.#turn.then(act);
    this.#turn = result.catch(() => undefined);
    return result;
  }
}

/** One character per byte: the files are ASCII, and what isn't must fail its checksum. */
function toText(bytes: Uint8Array): string {
  const parts: string[] = [];
  for (let i = 0; i < bytes.length; i += 8192) parts.push(String.fromCharCode(...bytes.subarray(i, i + 8192)));
  return parts.join('');
}

function codeOf(error: unknown): string {
  return String((error as { code?: unknown } | undefined)?.code);
}

function isMissing(error: unknown): boolean {
  return codeOf(error) === 'FileNotFound';
}
