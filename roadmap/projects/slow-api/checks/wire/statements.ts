import { columns, texts, type Message } from './messages.js';

/** One statement that was executed, as it was seen on the wire. */
export interface Statement {
  readonly sql: string;
  rows: number;
  /** Bytes of its rows. */
  bytes: number;
  failed: boolean;
}

/** Transaction control, settings, a driver's comment that only tries the connection, and what drivers ask of the catalog: no work that the API asks for. */
export function isBookkeeping(text: string): boolean {
  const sql = text.replace(/^(?:\s*--[^\n]*(?:\n|$)|\s*\/\*.*?\*\/)+/su, '');
  return /^\s*(?:begin|start\s+transaction|commit|rollback|savepoint|release|set|reset|show|deallocate|discard|close|select\s+pg_catalog\.|select\s+1\s*;?\s*$|$)/iu.test(sql) || /\bpg_(?:catalog|type|range|namespace)\b/iu.test(sql);
}

/** One spelling for the same statement: white space and case do not count. */
export function normalized(sql: string): string {
  return sql.replace(/\s+/gu, ' ').replace(/\s*;\s*$/u, '').trim().toLowerCase();
}

/** Follows the messages of one connection and tells the statements that were executed on it, in both protocols, simple and extended. */
export class Statements {
  readonly #prepared = new Map<string, string>();
  readonly #portals = new Map<string, string>();
  readonly #running: { readonly statement: Statement; readonly simple: boolean }[] = [];
  /** Columns that a RowDescription of this connection has named, with the statement that they were seen for. */
  readonly described: { readonly sql: string; readonly columns: readonly string[] }[] = [];
  #describing: string[] = [];
  /** The text of the statement that was asked for last. */
  lastSql = '';

  constructor(private readonly executed: (statement: Statement) => void) {}

  fromClient({ type, body }: Message): void {
    if (type === 'Q') {
      const [sql = ''] = texts(body, 1).values;
      this.#describing.push(sql);
      this.#run(sql, true);
    } else if (type === 'P') {
      const [name = '', sql = ''] = texts(body, 2).values;
      this.#prepared.set(name, sql);
    } else if (type === 'B') {
      const [portal = '', name = ''] = texts(body, 2).values;
      this.#portals.set(portal, this.#prepared.get(name) ?? '');
    } else if (type === 'D') {
      const [name = ''] = texts(body.subarray(1), 1).values;
      this.#describing.push((body[0] === 0x53 ? this.#prepared : this.#portals).get(name) ?? '');
    } else if (type === 'E') {
      this.#run(this.#portals.get(texts(body, 1).values[0]!) ?? '', false);
    }
  }

  fromServer({ type, body, bytes }: Message): void {
    const [head] = this.#running;
    if (type === 'D' && head !== undefined) {
      head.statement.rows += 1;
      head.statement.bytes += bytes.length;
    } else if (type === 'T') {
      this.described.push({ sql: this.#describing.shift() ?? '', columns: columns(body) });
    } else if (type === 'n') {
      this.#describing.shift();
    } else if (type === 'E') {
      if (head !== undefined) head.statement.failed = true;
      if (head?.simple === false) this.#running.shift();
    } else if ((type === 'C' || type === 's' || type === 'I') && head?.simple === false) {
      this.#running.shift();
    } else if (type === 'Z') {
      // What stood behind an error was skipped.
      this.#running.length = 0;
      this.#describing = [];
    }
  }

  #run(sql: string, simple: boolean): void {
    this.lastSql = sql;
    const statement: Statement = { sql, rows: 0, bytes: 0, failed: false };
    this.#running.push({ statement, simple });
    this.executed(statement);
  }
}
