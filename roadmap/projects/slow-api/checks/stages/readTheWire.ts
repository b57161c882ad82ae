import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Blocked, type Check, type CheckContext, type CheckedStage } from '../../../../../src/runner/api.js';
import { answersOf, filled } from '../answers.js';
import { ports, readSlowRequest, type SlowRequest } from '../slowRequest.js';
import { normalized } from '../wire/statements.js';

const path = 'captures/slow-request.pcap';

function captured(t: CheckContext): SlowRequest {
  const file = join(t.root, path);
  if (!existsSync(file)) throw new Blocked({ summary: `There is no ${path} yet.`, remedy: 'Run “Prepare Project”: it records the captures of your project.' });
  try {
    return readSlowRequest(readFileSync(file));
  } catch (error) {
    throw new Blocked({ summary: `${path} can't be read: ${(error as Error).message}.`, remedy: 'Remove the folder captures and run “Prepare Project”: it records new ones.' });
  }
}

interface Question { readonly id: string; readonly title: string; readonly field: string; readonly type: 'number' | 'string'; readonly look: string; readonly right: (answer: unknown, truth: SlowRequest) => boolean }

/** Says what to look at, never what is to be seen: reading it is the stage. */
const questions: readonly Question[] = [
  {
    id: 'statements', title: 'counts the SQL statements of the capture', field: 'sql_statements', type: 'number',
    look: `Count messages that execute a statement, on all connections: pgsql.type == "Execute" or pgsql.type == "Simple query". Packets are something else, and so are BEGIN and COMMIT.`,
    right: (answer, { statements }) => answer === statements,
  },
  {
    id: 'connections', title: 'counts the connections to the database', field: 'database_connections', type: 'number',
    look: `Count the first segments of connections: tcp.flags.syn == 1 && tcp.flags.ack == 0 && tcp.dstport == ${ports.database}.`,
    right: (answer, { databaseConnections }) => answer === databaseConnections,
  },
  {
    id: 'repeated', title: 'names the statement that is repeated most', field: 'repeated_statement', type: 'string',
    look: 'Sort the texts of the statements (pgsql.query) and count them: sort | uniq -c | sort -rn. White space and case do not matter.',
    right: (answer, { counts }) => counts.get(normalized(String(answer))) === Math.max(...counts.values()),
  },
  {
    id: 'rows', title: 'counts the rows of the largest result', field: 'largest_result_rows', type: 'number',
    look: 'A result’s CommandComplete says how many rows came (SELECT n): pgsql.tag.',
    right: (answer, { largestRows }) => answer === largestRows,
  },
  {
    id: 'first-byte', title: 'measures the time to the first byte of the list of orders', field: 'first_byte_ms', type: 'number',
    look: 'Take the segment that begins with GET /orders? and the first one that comes back on the same connection; the unit is milliseconds.',
    right: (answer, { firstByteMs }) => Math.abs(Number(answer) - firstByteMs) <= Math.max(0.05 * firstByteMs, 1),
  },
  {
    id: 'closes-first', title: 'tells who closes the database’s connections first', field: 'database_connection_closed_first_by', type: 'string',
    look: `Find the first FIN of such a connection (tcp.flags.fin == 1): its source port is ${ports.database} when the database sent it. The answer is "api" or "database".`,
    right: (answer, { closedFirstBy }) => String(answer).trim().toLowerCase() === closedFirstBy,
  },
];

const check = ({ id, title, field, type, look, right }: Question): Check => ({
  id, title,
  run: async (t) => {
    const truth = captured(t);
    const answer = filled(t, answersOf(t, 'wire'), field, type, `Open ${path}. ${look}`);
    t.expect(right(answer, truth), () => ({ summary: `"${field}" in answers.json is not what ${path} shows.`, actual: JSON.stringify(answer), remedy: look }));
    t.step(`✔ ${field}: ${String(answer).slice(0, 80)}`);
    return await Promise.resolve();
  },
});

export const readTheWire: CheckedStage = { id: 'read-the-wire', checks: questions.map(check) };
