// Given: the shop's goods, read from a file.
import { readFile } from 'node:fs/promises';

/** A row of `data/products.json`. Their order in the file means nothing. */
export interface ProductRow { id: string; name: string; description: string; priceCents: number; stock: number }

/** @throws Error when the file is missing or damaged. */
export async function readProducts(file: string): Promise<ProductRow[]> {
  try {
    const rows: unknown = JSON.parse(await readFile(file, 'utf8'));
    if (!Array.isArray(rows)) throw new Error('it holds no list');
    return rows as ProductRow[];
  } catch (error) {
    throw new Error(`Can't read the products in ${file}: ${error instanceof Error ? error.message : error}. PRODUCTS_FILE names the file.`);
  }
}
