import { randomUUID } from 'node:crypto';
import { ProgressStore } from '../../src/core/progress/store.js';
import { Journal } from '../../src/vscode/platform/node/journal.js';

const topics = Array.from({ length: 100 }, (_, i) => `topic-${i}`);

/** Makes a store in `root` that holds at least `events` events, written and tidied by the real code. */
export async function makeStoreWith(events: number, root: string): Promise<void> {
  const journal = new Journal(root, { adoptAfter: 0, tidyAfter: undefined });
  const store = await ProgressStore.open(journal, { clock: { now: () => Date.now() }, ids: { next: randomUUID }, redirects: {} });
  for (let written = 0, round = 0; written < events; written += topics.length, round++) await store.setTopicState(topics, round % 2 === 0 ? 'done' : 'reading');
  await store.dispose();
  const after = new Journal(root, { adoptAfter: 0, tidyAfter: undefined });
  const again = await ProgressStore.open(after, { clock: { now: () => Date.now() }, ids: { next: randomUUID }, redirects: {} });
  await after.tidy();
  await again.dispose();
}
