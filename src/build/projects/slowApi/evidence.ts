import { execFile } from 'node:child_process';
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { promisify } from 'node:util';
import { shareOf } from '../../../../roadmap/projects/slow-api/checks/profiles/profile.js';
import { readProfile } from '../../../../roadmap/projects/slow-api/checks/profiles/read.js';
import type { TemplateFile } from '../../../core/scaffold/template.js';
import { freePorts } from '../../../runner/ports.js';
import type { Program } from '../../../runner/program.js';
import { windows } from '../../../runner/tools.js';
import { withApi } from './api.js';

/** What `answers.json` says of the hot spot. */
export interface HotAnswers { readonly function: string; readonly share_percent: number; readonly evidence: string }

/** How a programmer of a language gets a profile of the API: by starting it another way, or by asking something of it while it runs. */
export interface Profiler {
  /** The hot function as this profiler names it. */
  readonly function: string;
  /** How the file's name ends. */
  readonly ending: string;
  readonly argv?: (argv: readonly string[], folder: string) => string[];
  readonly variables?: (folder: string) => Promise<Readonly<Record<string, string>>>;
  /** Runs while GET /report is asked again and again, with what `variables` gave. */
  readonly during?: (program: Program, folder: string, variables: Readonly<Record<string, string>>) => Promise<void>;
  /** Runs when the program has ended. */
  readonly after?: (folder: string) => Promise<void>;
}

export const profilers: Readonly<Record<string, Profiler>> = {
  typescript: { function: 'signReport', ending: '.cpuprofile', argv: ([node = '', ...rest], folder) => [node, '--cpu-prof', `--cpu-prof-dir=${folder}`, ...rest] },
  go: {
    function: 'signReport', ending: '.pb.gz', variables: async () => ({ PPROF_ADDR: `127.0.0.1:${(await freePorts(1))[0]!}` }),
    during: async (_, folder, { PPROF_ADDR: address = '' }) => {
      const response = await fetch(`http://${address}/debug/pprof/profile?seconds=3`);
      if (response.status !== 200) throw new Error(`PPROF_ADDR: ${response.status} ${await response.text()}`);
      writeFileSync(join(folder, 'report.pb.gz'), Buffer.from(await response.arrayBuffer()));
    },
  },
  java: { function: 'signReport', ending: '.jfr', argv: ([java = '', ...rest], folder) => [java, `-XX:StartFlightRecording=filename=${join(folder, 'report.jfr')},settings=profile`, ...rest] },
  python: {
    function: 'sign_report', ending: '.json',
    during: async ({ pid }, folder) => {
      const pySpy = join(folder, '..', '.venv', windows ? 'Scripts/py-spy.exe' : 'bin/py-spy');
      await promisify(execFile)(pySpy, ['record', '--pid', String(pid), '--duration', '3', '--format', 'speedscope', '--output', join(folder, 'report.json')]);
    },
  },
  rust: {
    function: 'sign_report', ending: '.collapsed',
    during: async ({ pid }, folder) => {
      await promisify(execFile)('perf', ['record', '-F', '199', '--call-graph', 'dwarf', '-p', String(pid), '--', 'sleep', '3'], { cwd: folder });
    },
    after: async (folder) => {
      const { stdout } = await promisify(execFile)('perf', ['script', 'report', 'stackcollapse'], { cwd: folder, maxBuffer: 2 ** 26 });
      writeFileSync(join(folder, 'report.collapsed'), stdout);
    },
  },
};

const leastReports = 10;

/** Profiles the API as it was handed over with the language's own profiler. @param root the project, which takes the file. */
export async function profile(root: string, language: string, starter: readonly TemplateFile[], out: string): Promise<HotAnswers> {
  const profiler = profilers[language];
  if (profiler === undefined) throw new Error(`src/build/projects/slowApi/evidence.ts knows no profiler for ${language}`);
  const folder = join(root, '.profiles');
  mkdirSync(folder, { recursive: true });
  const variables = await profiler.variables?.(folder) ?? {};
  await withApi({ root, starter, out, baseline: true, variables, argv: (argv) => profiler.argv?.(argv, folder) ?? [...argv] }, async ({ program, url }) => {
    let over = profiler.during === undefined;
    const during = profiler.during?.(program, folder, variables).finally(() => { over = true; });
    for (let count = 0; count < leastReports || !over; count++) {
      const response = await fetch(`${url}/report`);
      if (response.status !== 200) throw new Error(`GET /report: ${response.status} ${await response.text()}`);
      await response.arrayBuffer();
    }
    await during;
    await program.stop();
  });
  await profiler.after?.(folder);
  const file = readdirSync(folder).find((name) => name.endsWith(profiler.ending));
  if (file === undefined) throw new Error(`The profiler of ${language} left no file that ends in ${profiler.ending}.`);
  const path = join(folder, file);
  return { function: profiler.function, share_percent: Math.round(shareOf(await readProfile(path), profiler.function) * 100), evidence: relative(root, path).replaceAll('\\', '/') };
}
