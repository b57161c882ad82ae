import { build as esbuild } from 'esbuild';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { cp, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { Browser } from 'playwright-core';
import { makeStoreWith } from '../../../test/support/bigStore.js';
import { commands } from '../../vscode/contributions.js';
import { launchBrowser } from '../host/browser.js';
import { codeServerVersion, hostNodeVersion, installedHost } from '../host/paths.js';
import { installVsix, startHost } from '../host/server.js';
import { runMain } from '../host/userError.js';
import { copySampleWorkspace } from '../host/workspace.js';
import { packageExtension, vsix } from '../package.js';
import { root } from '../paths.js';
import { markProbe, paintProbe } from './pageProbes.js';
import { BenchSession } from './session.js';
import { median, quantile } from './statistics.js';
import { syntheticRoadmap } from './synthetic.js';
import { formatTable, round, type Row } from './table.js';

const runs = 9;
const noteWindows = 7;
const notesPerWindow = 4;
const marks = 60;
const events = 100_000;
const perSection = 16;
/** The editor draws a tree at once, and then not again for 200 ms: nobody marks topics faster. */
const treePause = 300;
const id = 'backend-roadmap.backend-roadmap';
const helloId = 'backend-roadmap.hello-extension';
const hello = join(root, 'test', 'fixtures', 'hello-extension');
const file = join(root, 'test', 'bench', 'README.md');

/** Measures the packed extension in the real editor and prints the table; `-- --write` keeps it in test/bench/README.md. A missed limit is said, not a failure. */
runMain(import.meta.url, async () => {
  packageExtension();
  const scratch = mkdtempSync(join(tmpdir(), 'backend-roadmap-bench-'));
  const browser = await launchBrowser();
  try {
    const extensions = join(scratch, 'extensions');
    await installVsix(vsix, extensions);
    const bench = new Bench(browser, scratch, extensions, await bundle('test/bench/probe.ts', join(scratch, 'probe.js')));
    const rows = [...await bench.activation(), ...await bench.notes(), await bench.marking(), await bench.expanding(), await bench.opening(), ...await sizes(extensions)];
    const table = formatTable(rows, `VS Code server ${codeServerVersion} with Node ${hostNodeVersion}`);
    console.log(`\n${table}`);
    if (process.argv.includes('--write')) await writeFile(file, table);
    return 0;
  } finally {
    await browser.close();
    rmSync(scratch, { recursive: true, force: true });
  }
});

class Bench {
  constructor(readonly browser: Browser, readonly scratch: string, readonly extensions: string, readonly probe: string) {}

  /** A new window has a new extension host. What is activated first in it pays for both, so like is compared with like. */
  async activation(): Promise<Row[]> {
    const times = { first: { ours: [] as number[], theirs: [] as number[] }, second: { ours: [] as number[], theirs: [] as number[] } };
    const modules = new Set<string>();
    await this.#onHost(this.extensions, async (open) => {
      for (let run = 0; run < 2 * runs; run++) {
        const session = await open();
        const measure = async (extension: string): Promise<number> => (await session.ask({ do: 'activate', extension })).took;
        const isOursFirst = run % 2 === 1;
        const [first, second] = isOursFirst ? [id, helloId] : [helloId, id];
        times.first[isOursFirst ? 'ours' : 'theirs'].push(await measure(first));
        times.second[isOursFirst ? 'theirs' : 'ours'].push(await measure(second));
        for (const module of await session.loaded(id)) modules.add(module.replaceAll('\\', '/'));
        await session.close();
      }
    });
    return [
      ...(['first', 'second'] as const).map((place) => ({ what: `Activation, as the ${place} extension of a new host, against a hello-world extension`, ...against(times[place].ours, times[place].theirs), limit: 3, unit: '×', runs })),
      { what: 'Modules that activation loads; none of them of the checks', ours: [...modules].join(', '), other: '', value: modules.size, limit: 1, unit: '', runs: 2 * runs },
    ];
  }

  /** From the command in the host to the frame in which the note's first h2 is painted. */
  async notes(): Promise<Row[]> {
    const topic = 'io-and-ipc';
    const source = join(root, 'roadmap', 'topics', 'fundamentals', `${topic}.md`);
    const times = { ours: [] as number[], preview: [] as number[], firstOurs: [] as number[], firstPreview: [] as number[] };
    await this.#onHost(this.extensions, async (open) => {
      for (let window = 0; window < noteWindows; window++) {
        const session = await open(paintProbe);
        const show = async (which: 'ours' | 'preview'): Promise<number> => {
          const painted = session.seen('painted');
          const { began } = await session.ask(which === 'ours' ? { do: 'command', command: commands.openTopic, args: [topic] } : { do: 'preview', file: source });
          const took = (await painted) - began;
          await session.ask({ do: 'close' });
          return took;
        };
        times.firstOurs.push(await show('ours'));
        times.firstPreview.push(await show('preview'));
        for (let run = 0; run < notesPerWindow; run++) {
          times.ours.push(await show('ours'));
          times.preview.push(await show('preview'));
        }
        await session.close();
      }
    });
    return [
      { what: 'Note: command → painted, against the built-in Markdown preview of the same note', ...against(times.ours, times.preview), limit: 1, unit: '×', runs: times.ours.length },
      { what: 'The same for the first note of a window', ...against(times.firstOurs, times.firstPreview), limit: 1, unit: '×', runs: times.firstOurs.length },
    ];
  }

  /** From the command in the host until the tree's row and the open note both show it. */
  async marking(): Promise<Row> {
    const topic = 'how-an-os-works';
    const times: number[] = [];
    await this.#onHost(this.extensions, async (open) => {
      const session = await open(markProbe);
      const { workbench } = session;
      await workbench.openViewContainer('Backend Roadmap');
      const roadmap = await workbench.openView('Roadmap');
      for (const branch of ['Fundamentals', 'Operating systems']) await workbench.setExpanded(await workbench.findTreeItem(branch, roadmap));
      await workbench.treeItem('How an OS works', roadmap).click();
      await workbench.webview().getByRole('heading', { level: 1 }).waitFor();
      for (let run = 0; run < marks; run++) {
        const seen = [session.seen('tree'), session.seen('note')];
        const { began } = await session.ask({ do: 'command', command: run % 2 === 0 ? commands.markDone : commands.markNotDone, args: [topic] });
        times.push(Math.max(...await Promise.all(seen)) - began);
        await delay(treePause);
      }
      await session.close();
    });
    return { what: 'Mark done → tree and note show it, on disk first, 95th percentile', ours: `${round(quantile(times, 0.95))} (median ${round(median(times))})`, other: '', value: quantile(times, 0.95), limit: 50, unit: 'ms', runs: marks };
  }

  /** From the click on a section until its topics are drawn, in a small and in a huge roadmap. */
  async expanding(): Promise<Row> {
    const times: number[][] = [];
    for (const topics of [10_000, 55]) {
      const extensions = join(this.scratch, `extensions-${topics}`);
      await cp(this.extensions, extensions, { recursive: true });
      await writeFile(join(extensionIn(extensions), 'dist', 'content', 'index.json'), JSON.stringify(syntheticRoadmap(topics, perSection)));
      const sample: number[] = [];
      await this.#onHost(extensions, async (open) => {
        const session = await open();
        const { workbench } = session;
        await workbench.openViewContainer('Backend Roadmap');
        const roadmap = await workbench.openView('Roadmap');
        for (let section = 0; section < 3; section++) {
          const item = workbench.treeItem(`Section ${section},`, roadmap);
          await item.waitFor();
          sample.push(await item.evaluate(async (row, children) => {
            const list = row.closest('.monaco-list-rows');
            const began = performance.now();
            row.querySelector<HTMLElement>('.monaco-tl-twistie')?.dispatchEvent(new MouseEvent('mousedown', { bubbles: true, button: 0 }));
            row.querySelector<HTMLElement>('.monaco-tl-twistie')?.dispatchEvent(new MouseEvent('mouseup', { bubbles: true, button: 0 }));
            row.querySelector<HTMLElement>('.monaco-tl-twistie')?.click();
            while ((list?.querySelectorAll('[aria-level="2"]').length ?? 0) < children) await new Promise((resolve) => setTimeout(resolve, 0));
            return performance.now() - began;
          }, perSection));
          await workbench.setExpanded(item, false);
        }
        await session.close();
      }, runs);
      times.push(sample);
    }
    const [huge = [], small = []] = times;
    return { what: `Expanding a section of ${perSection} topics among 10,000, against the same among 55`, ...against(huge, small), limit: 1.5, unit: '×', runs: huge.length };
  }

  /** In the host's own Node, each time in a new process. */
  async opening(): Promise<Row> {
    const folder = join(this.scratch, 'store');
    await makeStoreWith(events, folder);
    const script = await bundle('test/bench/openStore.ts', join(this.scratch, 'openStore.js'));
    const times = Array.from({ length: runs }, () => {
      const { took, topics, problems } = JSON.parse(execFileSync(installedHost.node, [script, folder], { encoding: 'utf8' })) as { took: number; topics: number; problems: number };
      if (topics !== 100 || problems !== 0) throw new Error(`The store of the benchmark shows ${topics} topics and ${problems} problems.`);
      return took;
    });
    return { what: `Opening a store of ${events.toLocaleString('en')} events, tidied`, ours: round(median(times)), other: '', value: median(times), limit: 150, unit: 'ms', runs };
  }

  /** Starts a server for one measurement; `windows` says how often the measurement is repeated, each in a window of its own. */
  async #onHost(extensionsDir: string, measure: (open: (prepare?: () => void) => Promise<BenchSession>) => Promise<void>, windows = 1): Promise<void> {
    const host = await startHost({ workspace: await copySampleWorkspace(), extensionsDir });
    try {
      for (let i = 0; i < windows; i++) await measure((prepare) => BenchSession.open(this.browser, host, { extension: hello, module: this.probe }, prepare));
    } finally {
      await host.stop();
    }
  }
}

async function sizes(extensions: string): Promise<Row[]> {
  const extension = extensionIn(extensions);
  const kB = async (name: string): Promise<number> => (await readFile(join(extension, name))).length / 1000;
  const start = await kB('dist/extension.js');
  const packed = statSync(vsix).size / 1e6;
  return [
    { what: 'Bundle loaded at activation, minified', ours: `${round(start)} kB`, other: '', value: start, limit: 60, unit: 'kB', runs: 1 },
    { what: 'VSIX', ours: `${round(packed)} MB`, other: '', value: packed, limit: 4, unit: 'MB', runs: 1 },
  ];
}

function against(ours: readonly number[], other: readonly number[]): Pick<Row, 'ours' | 'other' | 'value'> {
  return { ours: round(median(ours)), other: round(median(other)), value: median(ours) / median(other) };
}

async function bundle(entry: string, outfile: string): Promise<string> {
  await esbuild({ entryPoints: [join(root, entry)], outfile, bundle: true, platform: 'node', format: 'cjs', target: 'node20', external: ['vscode'], logLevel: 'warning' });
  return outfile;
}

function extensionIn(folder: string): string {
  const name = readdirSync(folder).find((entry) => entry.startsWith(`${id}-`));
  if (name === undefined) throw new Error(`The extension is not installed in ${folder}.`);
  return join(folder, name);
}
