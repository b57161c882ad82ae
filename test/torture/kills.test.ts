import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { Folder } from '../unit/journal/folder.js';
import { randomFrom } from './random.js';
import { endAll, WindowProcess } from './windows.js';

const kills = Number(process.env['KILLS'] ?? 1000);
const seed = Number(process.env['SEED'] ?? Date.now() % 1_000_000);
const lanes = 4;
/** A window lives for up to so many milliseconds after it has opened: long enough to write, close, join and summarize several times. */
const longestLife = 60;

interface Kept { readonly at: number; readonly id: string }

/** What one line of windows on one folder has been told. */
class Ledger {
  readonly kept = new Map<string, Kept>();
  readonly keptIds = new Set<string>();
  readonly issued = new Map<string, number>();

  note(name: string, said: readonly string[]): void {
    for (const line of said) {
      const [what, topic = '', at, id = ''] = line.split(' ');
      if (what === 'i') this.issued.set(name, Number(topic));
      if (what !== 'a') continue;
      this.keptIds.add(id);
      const before = this.kept.get(topic);
      if (before === undefined || isLater({ at: Number(at), id }, before)) this.kept.set(topic, { at: Number(at), id });
    }
  }

  hasIssued(id: string): boolean {
    const [, name = '', number] = /^(.*)-(\d+)$/.exec(id) ?? [];
    return Number(number) <= (this.issued.get(name) ?? -1);
  }
}

function isLater(a: Kept, b: Kept): boolean {
  return a.at > b.at || (a.at === b.at && a.id > b.id);
}

describe('windows that are killed', () => {
  after(endAll);

  it(`lose nothing that they acknowledged and invent nothing: ${kills} kills, SEED=${seed}`, async () => {
    const totals = { kept: 0, tidied: 0 };
    await Promise.all(Array.from({ length: lanes }, async (_, lane) => {
      const random = randomFrom(seed + lane);
      const folder = await Folder.make();
      const ledger = new Ledger();
      try {
        for (let round = 0; round < kills / lanes; round++) {
          const name = `w${lane}.${round}`;
          const child = await WindowProcess.start('kill', folder.root, name);
          const said: string[] = [];
          // Some are killed while they open, most while they write and tidy.
          if (random() < 0.1) {
            await sleep(random() * 80);
          } else {
            for (let line = await child.line(); line !== undefined; line = await child.line()) {
              said.push(line);
              if (line.startsWith('o ')) break;
            }
            await sleep(random() * longestLife);
          }
          said.push(...await child.kill());
          assert.equal(child.errors, '');
          const opened = said.find((line) => line.startsWith('o '));
          assert.ok(opened === undefined || opened === 'o []', `${name} opened with ${opened}`);
          ledger.note(name, said);
          totals.tidied += said.filter((line) => line === 't').length;
          await check(folder, ledger, name, round % 25 === 24 || round + 1 >= kills / lanes);
        }
        totals.kept += ledger.keptIds.size;
      } finally {
        await folder.remove();
      }
    }));
    console.log(`      ${totals.kept} events acknowledged, all there; tidied ${totals.tidied} times`);
    assert.ok(totals.kept > kills, 'the windows have written');
    assert.ok(totals.tidied > kills / 4, 'the windows have tidied');
  });
});

/** @param all compares every event, not only the one that shows. */
async function check(folder: Folder, ledger: Ledger, name: string, all: boolean): Promise<void> {
  const store = await folder.store();
  assert.deepEqual(store.problems, [], name);
  for (const [topic, kept] of ledger.kept) {
    const shown = store.progress.topics.get(topic) as Kept | undefined;
    assert.ok(shown !== undefined && !isLater(kept, shown), `after ${name}: ${topic} shows ${JSON.stringify(shown)} and ${JSON.stringify(kept)} was acknowledged`);
  }
  for (const [topic, shown] of store.progress.topics) assert.ok(ledger.hasIssued((shown as unknown as Kept).id), `after ${name}: nobody marked ${topic}, which shows ${JSON.stringify(shown)}`);
  if (all) {
    const { events } = JSON.parse(await store.exportJson()) as { events: { id: string }[] };
    const ids = new Set(events.map(({ id }) => id));
    for (const id of ledger.keptIds) assert.ok(ids.has(id), `after ${name}: ${id} was acknowledged and is gone`);
    for (const id of ids) assert.ok(ledger.hasIssued(id), `after ${name}: ${id} was never issued`);
  }
  await store.dispose();
}
