import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { CheckContext } from '../../../../src/runner/api.js';
import type { Product } from './contract.js';

/** A row of the file that PRODUCTS_FILE names. */
export interface ProductRow extends Product { readonly stock: number }

/** Products that no program has seen before, in the order of their ids. */
export function randomProducts(t: CheckContext, count: number, stock?: number): ProductRow[] {
  const prefix = t.random.word(4);
  return Array.from({ length: count }, (_, index) => ({
    id: `${prefix}${String(index + 1).padStart(4, '0')}`, name: `${t.random.pick(['Mug', 'Lamp', 'Scarf', 'Kettle', 'Büste', '扇子'])} ${t.random.word(5)}`,
    description: `${t.random.word(8)} ${t.random.word(12)}`, priceCents: t.random.integer(1, 90_000), stock: stock ?? t.random.integer(0, 99),
  }));
}

/** Writes products in any order. @returns the variable that names the file. */
export async function productsFile(t: CheckContext, products: readonly ProductRow[]): Promise<{ PRODUCTS_FILE: string }> {
  const file = join(await t.dataDir(), 'products.json');
  await writeFile(file, JSON.stringify(t.random.shuffle(products)));
  return { PRODUCTS_FILE: file };
}

/** What GetProduct answers for a row. */
export function productOf({ id, name, description, priceCents }: ProductRow): Product {
  return { id, name, description, priceCents };
}
