import { Orders } from '../shared/proto.js';
import { run } from '../shared/run.js';
import { serveGrpc } from '../shared/server.js';
import { orders } from './orders.js';

await run(50053, async (settings) => {
  await serveGrpc(settings, Orders.service, orders());
});
