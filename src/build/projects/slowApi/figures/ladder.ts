import { ports } from '../../../../../roadmap/projects/slow-api/checks/slowRequest.js';
import { Messages, texts } from '../../../../../roadmap/projects/slow-api/checks/wire/messages.js';
import { readCapture, type CapturedConnection } from '../../../../../roadmap/projects/slow-api/checks/wire/readCapture.js';
import { Drawing, end, middle, places } from './svg.js';

/** A statement on the wire; times are milliseconds since the request for the list arrived. */
interface Asked { readonly at: number; answered: number; readonly sql: string; rows: number }

interface SlowList { readonly opened: number; /** Of the answer. */ readonly first: number; readonly asked: readonly Asked[] }

/** Shown larger: the statements of so many orders. */
const enlarged = 2;

/** The request for the list of orders in a capture, from its first byte to its answer. */
function readList(file: Buffer): SlowList {
  const connections = readCapture(file);
  const client = connections.find(({ serverPort, chunks }) => serverPort === ports.api && chunks[0]?.bytes.toString('latin1').startsWith('GET /orders?') === true);
  const database = connections.find(({ serverPort }) => serverPort === ports.database);
  const answer = client?.chunks.find(({ from }) => from === 'server');
  if (client === undefined || database === undefined || answer === undefined) throw new Error('the capture holds no request for the list of orders');
  const start = client.chunks[0]!.at;
  return { opened: database.chunks[0]!.at - start, first: answer.at - start, asked: statementsOf(database, start) };
}

function statementsOf({ chunks }: CapturedConnection, start: number): Asked[] {
  const asked: Asked[] = [];
  const messages = { client: new Messages('client'), server: new Messages('server') };
  let sql = '';
  let current: Asked | undefined;
  for (const { at, from, bytes } of chunks) {
    for (const { type, body } of messages[from].push(bytes)) {
      if (from === 'client' && type === 'P') sql = texts(body, 2).values[1] ?? '';
      if (from === 'client' && (type === 'Q' || type === 'E')) {
        current = { at: at - start, answered: at - start, sql: type === 'Q' ? texts(body, 1).values[0] ?? '' : sql, rows: 0 };
        asked.push(current);
      } else if (from === 'server' && type === 'D' && current !== undefined) {
        current.rows += 1;
      } else if (from === 'server' && type === 'Z' && current !== undefined) {
        current.answered = at - start;
        current = undefined;
      }
    }
  }
  return asked;
}

const repeated = [{ table: 'customers', look: 'accent' }, { table: 'items', look: 'caution' }] as const;
const lookOf = ({ sql }: Asked): string => repeated.find(({ table }) => sql.includes(`FROM ${table}`))?.look ?? 'fg';
const ms = (value: number): string => `${value.toFixed(value < 10 ? 1 : 0)} ms`;

/** Two columns: the whole request to scale, and some of its rungs enlarged. */
export function drawLadder(file: Buffer): string {
  const { opened, first, asked } = readList(file);
  const [whole, ...rungs] = asked;
  if (whole === undefined || rungs.length < 4 * enlarged) throw new Error('the capture has too few statements to draw');
  const drawing = new Drawing(740, 560);
  const [top, height] = [58, 480];
  const scale = height / first;
  const y = (at: number): number => top + at * scale;
  const [client, api, database] = [36, 116, 222];
  drawing.text(4, 16, 'The whole request, to scale', 'fg', 'font-weight="600"');
  for (const [x, name] of [[client, 'client'], [api, 'API'], [database, 'database']] as const) {
    drawing.text(x, 42, name, 'fg', middle);
    drawing.line(x, 48, x, top + height + 10, 'dim', 'stroke-dasharray="3 3"');
  }
  drawing.arrow(client, api, y(0), 'fg');
  drawing.text(client + 4, y(0) + 13, 'GET', 'mono fg', 'font-size="10"');
  drawing.arrow(api, client, y(first), 'fg');
  drawing.text(client + 4, y(first) - 5, '200', 'mono fg', 'font-size="10"');
  for (const one of asked) {
    const look = lookOf(one);
    drawing.line(api, y(one.at), database, y(one.at), look);
    drawing.line(api, y(one.answered), database, y(one.answered), look, 'stroke-dasharray="2 2"');
  }
  // What the parts take, beside the database's line.
  const [from, to] = [rungs[0]!.at, rungs.at(-1)!.answered];
  const bracket = (begin: number, until: number, look: string, lines: readonly string[]): void => {
    const x = database + 10;
    drawing.path(`M${x} ${places(y(begin))}h5V${places(y(until))}h-5`, look);
    for (const [index, words] of lines.entries()) drawing.text(x + 12, y(begin + (until - begin) * (lines.length > 2 ? 0.22 : 0.5)) + 4 + (index - (lines.length - 1) / 2) * 15, words, index === 0 ? look : 'dim');
  };
  bracket(opened, whole.at, 'fg', [`connect: ${ms(whole.at - opened)}`]);
  bracket(whole.at, from, 'fg', [`all ${whole.rows} orders:`, ms(from - whole.at)]);
  bracket(from, to, 'accent', [`${rungs.length} statements,`, 'each waits for', 'the one before:', ms(to - from), `of ${ms(first)}`]);

  const start = 2 * Math.floor(rungs.length / 3);
  const shown = rungs.slice(start, start + 2 * enlarged);
  drawEnlarged(drawing, shown, { x: 390, y: 16 });
  drawing.path(`M${database} ${places(y(shown[0]!.at))}C400 ${places(y(shown[0]!.at))} 330 96 384 90M${database} ${places(y(shown.at(-1)!.answered))}C360 ${places(y(shown.at(-1)!.answered))} 330 526 384 526`, 'dim', 'stroke-dasharray="2 3"');
  return drawing.toString();
}

function drawEnlarged(drawing: Drawing, shown: readonly Asked[], { x, y }: { x: number; y: number }): void {
  const [api, database] = [x + 60, x + 330];
  const [top, height] = [y + 84, 416];
  const [from, until] = [shown[0]!.at, shown.at(-1)!.answered];
  const scale = height / (until - from);
  const at = (time: number): number => top + (time - from) * scale;
  drawing.text(x, y, `${enlarged} of its orders, enlarged`, 'fg', 'font-weight="600"');
  for (const [line, name] of [[api, 'API'], [database, 'database']] as const) {
    drawing.text(line, y + 26, name, 'fg', line === database ? end : middle);
    drawing.line(line, y + 32, line, top + height + 14, 'dim', 'stroke-dasharray="3 3"');
  }
  for (const one of shown) {
    const look = lookOf(one);
    const table = repeated.find(({ look: of }) => of === look)?.table ?? 'orders';
    drawing.arrow(api, database, at(one.at), look);
    drawing.text(api + 8, at(one.at) + 14, `SELECT * FROM ${table} …`, `mono ${look}`, 'font-size="11"');
    drawing.arrow(database, api, at(one.answered), look, 'stroke-dasharray="4 3"');
    drawing.text(database - 10, at(one.answered) - 5, `${one.rows} row${one.rows === 1 ? '' : 's'}`, look, `font-size="11" ${end}`);
    drawing.text(api - 8, at(one.at) + 4, ms(one.at), 'dim', `font-size="11" ${end}`);
  }
  drawing.text(api - 8, at(until) + 4, ms(until), 'dim', `font-size="11" ${end}`);
}
