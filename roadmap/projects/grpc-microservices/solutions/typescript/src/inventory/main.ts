import { readProducts } from '../shared/products.js';
import { Inventory } from '../shared/proto.js';
import { run } from '../shared/run.js';
import { serveGrpc } from '../shared/server.js';
import { inventory } from './inventory.js';

await run(50052, async (settings) => serveGrpc(settings, Inventory.service, inventory(await readProducts(settings.productsFile))));
