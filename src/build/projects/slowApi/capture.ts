import { spawnSync } from 'node:child_process';

/** What `answers.json` asks of a capture. */
export interface WireAnswers {
  readonly sql_statements: number;
  readonly database_connections: number;
  readonly repeated_statement: string;
  readonly largest_result_rows: number;
  readonly first_byte_ms: number;
  readonly database_connection_closed_first_by: 'api' | 'database';
}

/** @throws Error with what tshark said when it fails. */
export function tshark(file: string, ...args: readonly string[]): string {
  const { status, stdout, stderr, error } = spawnSync('tshark', ['-r', file, ...args], { encoding: 'utf8', maxBuffer: 512 * 1024 * 1024 });
  if (status !== 0) throw new Error(`tshark ${args.join(' ')}: ${error?.message ?? stderr}`);
  return stdout;
}

const lines = (text: string): string[] => text.split('\n').filter((line) => line !== '');
type Layer = Readonly<Record<string, unknown>>;
interface Frame { readonly _source: { readonly layers: { readonly tcp?: Layer; readonly pgsql?: Layer | readonly Layer[] } } }

/** Reads a capture of the slow request with tshark, which knows nothing of who made it. */
export function readWithTshark(file: string): WireAnswers {
  const frames = JSON.parse(tshark(file, '-Y', 'pgsql', '-T', 'json', '--no-duplicate-keys')) as Frame[];
  const prepared = new Map<string, string>();
  const bound = new Map<string, string>();
  const executed: string[] = [];
  let largest = 0;
  for (const { _source: { layers: { tcp, pgsql } } } of frames) {
    const stream = text(tcp?.['tcp.stream']);
    for (const message of [pgsql ?? []].flat<(Layer | readonly Layer[])[]>()) {
      const type = text(message['pgsql.type']);
      if (type === 'Parse') prepared.set(`${stream} ${text(message['pgsql.statement'])}`, text(message['pgsql.query']));
      if (type === 'Bind') bound.set(`${stream} ${text(message['pgsql.portal'])}`, prepared.get(`${stream} ${text(message['pgsql.statement'])}`) ?? '');
      if (type === 'Execute') executed.push(bound.get(`${stream} ${text(message['pgsql.portal'])}`) ?? '');
      if (type === 'Simple query') executed.push(text(message['pgsql.query']));
      if (type === 'Command completion') largest = Math.max(largest, Number(/^SELECT (\d+)/u.exec(text(message['pgsql.tag']))?.[1] ?? 0));
    }
  }
  const statements = executed.filter((sql) => !/^\s*(?:begin|commit|rollback|set|show|discard|deallocate)\b/iu.test(sql));
  const counts = new Map<string, number>();
  for (const sql of statements) counts.set(sql, (counts.get(sql) ?? 0) + 1);
  const ended = new Map<string, string>();
  for (const line of lines(tshark(file, '-Y', 'tcp.flags.fin == 1 && tcp.port == 5432', '-T', 'fields', '-e', 'tcp.stream', '-e', 'tcp.srcport'))) {
    const [stream = '', port = ''] = line.split('\t');
    if (!ended.has(stream)) ended.set(stream, port);
  }
  const byDatabase = [...ended.values()].filter((port) => port === '5432').length;
  const [asked = ''] = lines(tshark(file, '-Y', 'http.request.uri contains "/orders?"', '-T', 'fields', '-e', 'frame.time_epoch', '-e', 'tcp.stream'));
  const [at = '', stream = ''] = asked.split('\t');
  const [first = ''] = lines(tshark(file, '-Y', `tcp.stream == ${stream} && tcp.srcport == 8080 && tcp.len > 0`, '-T', 'fields', '-e', 'frame.time_epoch'));
  return {
    sql_statements: statements.length,
    database_connections: lines(tshark(file, '-Y', 'tcp.flags.syn == 1 && tcp.flags.ack == 0 && tcp.dstport == 5432', '-T', 'fields', '-e', 'frame.number')).length,
    repeated_statement: [...counts].sort((a, b) => b[1] - a[1])[0]?.[0] ?? '',
    largest_result_rows: largest,
    first_byte_ms: Math.round((Number(first) - Number(at)) * 1e6) / 1e3,
    database_connection_closed_first_by: byDatabase > ended.size / 2 ? 'database' : 'api',
  };
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : '';
}
