import { readProducts } from '../shared/products.js';
import { Catalog } from '../shared/proto.js';
import { run } from '../shared/run.js';
import { serveGrpc } from '../shared/server.js';
import { catalog } from './catalog.js';

await run(50051, async (settings) => {
  await serveGrpc(settings, Catalog.service, catalog(await readProducts(settings.productsFile)));
});
