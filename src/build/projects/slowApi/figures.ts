import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readProfile } from '../../../../roadmap/projects/slow-api/checks/profiles/read.js';
import { runMain } from '../../host/userError.js';
import { root } from '../../paths.js';
import { buildRunners } from '../check.js';
import { prepare, starterFiles, writeFiles } from '../folder.js';
import { doByHand } from '../learner.js';
import type { HotAnswers } from './evidence.js';
import { drawFlameGraph } from './figures/flameGraph.js';
import { drawLadder } from './figures/ladder.js';
import { drawStall } from './figures/stall.js';

const [project, language, seed] = ['slow-api', 'typescript', 4];

/** `npm run figures [-- <folder>]`: records captures and a profile as a learner does, and draws the stages' pictures from them. A folder that is given is kept, and drawn from when it has captures already. */
runMain(import.meta.url, async () => {
  const kept = process.argv[2];
  const folder = kept ?? mkdtempSync(join(tmpdir(), 'figures-'));
  try {
    if (!existsSync(join(folder, 'captures'))) await record(folder);
    const { hot } = JSON.parse(readFileSync(join(folder, 'answers.json'), 'utf8')) as { hot: HotAnswers };
    const capture = (name: string): Buffer => readFileSync(join(folder, 'captures', name));
    const out = join(root, 'roadmap', 'projects', project, 'stages', 'figures');
    mkdirSync(out, { recursive: true });
    for (const [name, svg] of [
      ['slow-request', drawLadder(capture('slow-request.pcap'))],
      ['stall', drawStall(capture('nagle.pcap'))],
      ['report', drawFlameGraph(await readProfile(join(folder, hot.evidence)), hot.function)],
    ] as const) {
      writeFileSync(join(out, `${name}.svg`), svg);
      console.log(`roadmap/projects/${project}/stages/figures/${name}.svg`);
    }
    return 0;
  } finally {
    if (kept === undefined) rmSync(folder, { recursive: true, force: true, maxRetries: 10 });
  }
});

async function record(folder: string): Promise<void> {
  const starter = starterFiles(project, language);
  writeFiles(folder, starter);
  prepare(folder);
  await doByHand({ runners: await buildRunners(), project, folder, language, starter, stages: [2, 3], seed });
}
