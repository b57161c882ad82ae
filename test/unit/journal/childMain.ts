import { randomUUID } from 'node:crypto';
import { createInterface } from 'node:readline';
import { writeSync } from 'node:fs';
import { StoreError } from '../../../src/core/progress/log.js';
import { ProgressStore } from '../../../src/core/progress/store.js';
import { Journal, type JournalOptions } from '../../../src/vscode/platform/node/journal.js';

const [, , task, root = '', ...rest] = process.argv;

/** Straight into the pipe: what was said stays said when this process is killed. */
function say(line: string): void {
  for (let text = Buffer.from(`${line}\n`); text.length > 0;) {
    try {
      text = text.subarray(writeSync(1, text));
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EAGAIN') throw error;
    }
  }
}

function openStore(options: JournalOptions, ids: () => string): Promise<{ store: ProgressStore; journal: Journal }> {
  const journal = new Journal(root, options);
  return ProgressStore.open(journal, { clock: { now: () => Date.now() }, ids: { next: ids }, redirects: {} }).then((store) => ({ store, journal }));
}

function heard(): Promise<string> {
  return new Promise((resolve) => createInterface(process.stdin).once('line', resolve));
}

/** What a window sees, and whether it can write. */
async function look(): Promise<void> {
  const { store } = await openStore({ settleAfter: 0, tidyAfter: undefined }, randomUUID);
  const done = () => [...store.progress.topics.keys()].sort();
  const before = done();
  let refused: string | undefined;
  try {
    await store.setTopicState(['from-child'], 'done');
  } catch (error) {
    refused = error instanceof StoreError ? error.kind : String(error);
  }
  say(JSON.stringify({ done: before, problems: store.problems, refused, after: done() }));
  await store.dispose();
}

/** Marks topics, one change each, and says when all topics of all windows are there. */
async function mark(prefix: string, own: number, all: number): Promise<void> {
  const { store } = await openStore({}, randomUUID);
  let full: number | undefined;
  const check = () => { if (full === undefined && store.progress.topics.size >= all) full = Date.now(); };
  store.onDidChange(check);
  say('ready');
  await heard();
  let next = 0;
  const started = Date.now();
  await Promise.all(Array.from({ length: 4 }, async () => {
    while (next < own) await store.setTopicState([`${prefix}-${next++}`], 'done');
  }));
  const acknowledged = Date.now();
  while (full === undefined && Date.now() < acknowledged + 60_000) await new Promise((resolve) => setTimeout(resolve, 5));
  say(JSON.stringify({ started, acknowledged, full, seen: store.progress.topics.size, problems: store.problems }));
  await heard();
  await store.dispose();
}

/** Writes and tidies until it is killed. Says `i <n>` before an event gets its number and `a <topic> <at> <id>` when it is kept. */
async function writeUntilKilled(name: string): Promise<void> {
  let issued = 0;
  const { store, journal } = await openStore({ adoptAfter: 0, joinAt: 5, closeAt: 3000, tidyAfter: undefined }, () => {
    say(`i ${issued}`);
    return `${name}-${issued++}`;
  });
  say(`o ${JSON.stringify(store.problems)}`);
  const write = async (lane: number): Promise<never> => {
    for (let n = 0; ; n++) {
      const topics = Array.from({ length: 1 + (n % 3) }, (_, i) => `${name}-${lane}-${(n * 3 + i) % 17}`);
      await store.setTopicState(topics, store.stateOf(topics[0] ?? '') === 'done' ? 'reading' : 'done');
      for (const topic of topics) {
        const event = store.progress.topics.get(topic) as { at: number; id: string } | undefined;
        if (event !== undefined) say(`a ${topic} ${event.at} ${event.id}`);
      }
    }
  };
  const tidy = async (): Promise<never> => {
    for (;;) {
      await journal.tidy();
      say('t');
      await new Promise((resolve) => setTimeout(resolve, 1));
    }
  };
  await Promise.all([write(0), write(1), tidy()]);
}

const tasks: Record<string, () => Promise<void>> = {
  look,
  mark: () => mark(rest[0] ?? '', Number(rest[1]), Number(rest[2])),
  kill: () => writeUntilKilled(rest[0] ?? ''),
};
void tasks[task ?? '']?.();
