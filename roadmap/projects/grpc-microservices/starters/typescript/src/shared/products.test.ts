import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { readProducts } from './products.js';

let folder: string;
before(async () => { folder = await mkdtemp(join(tmpdir(), 'products-')); });
after(async () => { await rm(folder, { recursive: true }); });

async function write(name: string, text: string): Promise<string> {
  const file = join(folder, name);
  await writeFile(file, text);
  return file;
}

test('reads a price beyond 32 bits', async () => {
  const row = { id: 'p1', name: 'Büste', description: '', priceCents: 9_007_199_254_740_991, stock: 3 };
  assert.deepEqual(await readProducts(await write('products.json', JSON.stringify([row]))), [row]);
});

test('says which file is missing or damaged', async () => {
  for (const file of [join(folder, 'missing.json'), await write('cut.json', '[{ "id": "p1"'), await write('none.json', '{ "id": "p1" }')]) {
    await assert.rejects(readProducts(file), (error: Error) => error.message.includes(file));
  }
});
