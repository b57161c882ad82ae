import { Messages } from './wire/messages.js';
import { readCapture, type CapturedConnection } from './wire/readCapture.js';
import { isBookkeeping, normalized, Statements, type Statement } from './wire/statements.js';

/** The ports that stand in the captures, as a capture's reader expects them. */
export const ports = { api: 8080, database: 5432, pricing: 8088 };

/** What `captures/slow-request.pcap` tells. */
export interface SlowRequest {
  readonly statements: number;
  readonly databaseConnections: number;
  /** In one spelling, with how often each was executed. */
  readonly counts: ReadonlyMap<string, number>;
  readonly largestRows: number;
  /** Of the request for the list of orders. */
  readonly firstByteMs: number;
  readonly closedFirstBy: 'api' | 'database';
}

/** @throws Error that says what is wrong with the file. */
export function readSlowRequest(file: Buffer): SlowRequest {
  const connections = readCapture(file);
  const database = connections.filter(({ serverPort }) => serverPort === ports.database);
  const statements = database.flatMap(statementsOf).filter(({ sql }) => !isBookkeeping(sql));
  const counts = new Map<string, number>();
  for (const { sql } of statements) counts.set(normalized(sql), (counts.get(normalized(sql)) ?? 0) + 1);
  const firstByteMs = connections.filter(({ serverPort }) => serverPort === ports.api).map(firstByteOfList).find((time) => time !== undefined);
  if (database.length === 0 || firstByteMs === undefined) throw new Error('it holds no request for the list of orders');
  return {
    statements: statements.length, databaseConnections: database.length, counts, largestRows: Math.max(...statements.map(({ rows }) => rows)), firstByteMs,
    closedFirstBy: database.filter(({ closedBy }) => closedBy === 'server').length > database.length / 2 ? 'database' : 'api',
  };
}

function statementsOf({ chunks }: CapturedConnection): Statement[] {
  const found: Statement[] = [];
  const statements = new Statements((statement) => { found.push(statement); });
  const messages = { client: new Messages('client'), server: new Messages('server') };
  for (const { from, bytes } of chunks) {
    // The answer to a request for encryption is one byte without a form.
    if (from === 'server' && bytes.length === 1 && found.length === 0) continue;
    for (const one of messages[from].push(bytes)) {
      if (from === 'client') statements.fromClient(one);
      else statements.fromServer(one);
    }
  }
  return found;
}

function firstByteOfList({ chunks }: CapturedConnection): number | undefined {
  const asked = chunks.findIndex(({ from, bytes }) => from === 'client' && bytes.toString('latin1').startsWith('GET /orders?'));
  const answered = asked < 0 ? undefined : chunks.slice(asked).find(({ from }) => from === 'server');
  return answered === undefined ? undefined : answered.at - chunks[asked]!.at;
}
