import { randomUUID } from 'node:crypto';
import { ProgressStore } from '../../src/core/progress/store.js';
import { Journal } from '../../src/vscode/platform/node/journal.js';

/** Opens the store in the folder that it is given, once, and prints the milliseconds that took and what it found. */
async function main(): Promise<void> {
  const began = performance.now();
  const store = await ProgressStore.open(new Journal(process.argv[2] ?? '', { tidyAfter: undefined }), { clock: { now: () => Date.now() }, ids: { next: randomUUID }, redirects: {} });
  const took = performance.now() - began;
  console.log(JSON.stringify({ took, topics: store.progress.topics.size, problems: store.problems.length }));
  await store.dispose();
}

void main();
