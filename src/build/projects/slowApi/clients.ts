import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { urlOf } from '../../../../roadmap/projects/slow-api/checks/database/cluster.js';
import { readSlowRequest } from '../../../../roadmap/projects/slow-api/checks/slowRequest.js';
import { normalized } from '../../../../roadmap/projects/slow-api/checks/wire/statements.js';
import { outOf, prepareFolder } from '../check.js';
import { solutionFiles, starterFiles } from '../folder.js';
import type { Report } from '../report.js';
import { inFolder } from '../solutions.js';
import { withApi } from './api.js';
import { readWithTshark, tshark } from './capture.js';
import { checkGolden } from './golden.js';

export interface ClientsOptions {
  readonly runners: string;
  readonly project: string;
  readonly languages: readonly string[];
  /** Keeps the golden answers, of the first language, instead of comparing. */
  readonly update: boolean;
}

/** What is not ours looks at the slow API: tshark at its captures, psql at its database, wrk at its speed; and all languages give the same bytes. */
export async function checkSlowApi({ runners, project, languages, update }: ClientsOptions, report: Report): Promise<void> {
  for (const [index, language] of languages.entries()) {
    const starter = starterFiles(project, language);
    const out = outOf(project, language);
    let slow = 0;
    await inFolder(starter, async (root) => {
      await withApi({ root, starter, out }, (api) => checkGolden(language, api, update && index === 0, report));
      await captures(language, { runners, project, folder: root, starter, seed: 20 + index }, report);
      slow = await withApi({ root, starter, out }, ({ url }) => wrk(url, 6));
    });
    await inFolder(solutionFiles(project, language, 14), async (root) => {
      await withApi({ root, starter, out, migrated: true }, async ({ url, wire, cluster, database }) => {
        const fast = await wrk(url, 3);
        report.holds(`${language}: wrk, GET /orders`, slow > 0 && fast >= 5 * slow, `${slow} requests per second as handed over, ${fast} as solved`, `${slow} → ${fast} requests per second`);
        // What psql sees of the API's connections is what the wire has counted.
        await fetch(`${url}/orders?limit=5`);
        const seen = Number(await psql(urlOf(cluster, database), 'SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()'));
        report.holds(`${language}: psql counts the connections that the wire counts`, seen === wire.open && seen <= 10, `psql ${seen}, wire ${wire.open}`, `${seen} connections`);
        const top = JSON.parse(await (await fetch(`${url}/top?limit=5`)).text()) as { top: { sku: string; sold: number }[] };
        const rows = await psql(urlOf(cluster, database), 'SELECT sku, sum(qty) FROM items GROUP BY sku ORDER BY 2 DESC, sku LIMIT 5');
        report.holds(`${language}: psql gives the same ranking`, rows === top.top.map(({ sku, sold }) => `${sku}|${sold}`).join('\n'), rows);
      });
    });
  }
}

/** The starter in `folder` gives the kept answers. */
export async function checkAnswers({ project, language, folder }: { readonly project: string; readonly language: string; readonly folder: string }, report: Report): Promise<void> {
  await withApi({ root: folder, starter: starterFiles(project, language), out: outOf(project, language) }, (api) => checkGolden(language, api, false, report));
}

/** tshark and the checker's own reader tell the same of a capture. */
async function captures(language: string, options: Parameters<typeof prepareFolder>[0], report: Report): Promise<void> {
  await prepareFolder(options);
  const file = join(options.folder, 'captures', 'slow-request.pcap');
  const theirs = readWithTshark(file);
  const ours = readSlowRequest(readFileSync(file));
  const most = Math.max(...ours.counts.values());
  report.holds(`${language}: tshark reads the capture as the checks do`,
    theirs.sql_statements === ours.statements && theirs.database_connections === ours.databaseConnections && ours.counts.get(normalized(theirs.repeated_statement)) === most && theirs.largest_result_rows === ours.largestRows
    && Math.abs(theirs.first_byte_ms - ours.firstByteMs) < 0.01 && theirs.database_connection_closed_first_by === ours.closedFirstBy,
    `${JSON.stringify(theirs)}\n${JSON.stringify(ours)}`, `${theirs.sql_statements} statements, ${theirs.database_connections} connections`);
  const faults = ['slow-request.pcap', 'nagle.pcap'].map((name) => tshark(join(options.folder, 'captures', name), '-Y', '_ws.expert.severity >= 0x600000 || tcp.checksum.status == 0 || ip.checksum.status == 0 || tcp.analysis.lost_segment || tcp.analysis.retransmission', '-o', 'tcp.check_checksum:TRUE', '-o', 'ip.check_checksum:TRUE')).join('');
  report.holds(`${language}: tshark finds no fault in the captures`, faults === '', faults.split('\n').slice(0, 5).join('\n'));
  const stalls = tshark(join(options.folder, 'captures', 'nagle.pcap'), '-Y', 'tcp.analysis.ack_rtt > 0.03').split('\n').length - 1;
  if (process.platform === 'linux') report.holds(`${language}: tshark sees the delayed acknowledgements`, stalls >= 10, `${stalls}`, `${stalls} of more than 30 ms`);
}

/** Requests per second, 4 at a time. The slow API needs more seconds to answer any on a busy machine. */
async function wrk(url: string, seconds: number): Promise<number> {
  const printed = await run('wrk', '-t1', '-c4', `-d${seconds}s`, '--timeout', '10s', `${url}/orders?limit=50`);
  const rate = /Requests\/sec:\s+([\d.]+)/u.exec(printed)?.[1];
  if (rate === undefined || /Non-2xx|Socket errors/u.test(printed)) throw new Error(`wrk: ${printed}`);
  return Math.round(Number(rate) * 10) / 10;
}

async function psql(url: string, sql: string): Promise<string> {
  return (await run('psql', url, '-X', '-q', '-A', '-t', '-c', sql)).trim();
}

/** Not the synchronous way: the API's wires are in this process, and would stand still. */
async function run(tool: string, ...args: readonly string[]): Promise<string> {
  return await new Promise((resolve, reject) => {
    execFile(tool, args, (error, stdout, stderr) => { if (error === null) resolve(stdout); else reject(new Error(`${tool}: ${error.message}\n${stderr}`)); });
  });
}
