import { Orders } from '../shared/proto.js';
import { run } from '../shared/run.js';
import { serveGrpc } from '../shared/server.js';
import { orders } from './orders.js';

//@ stage 1-4
await run(50053, async (settings) => serveGrpc(settings, Orders.service, orders()));
//@ end
//@ stage 5
await run(50053, async (settings) => serveGrpc(settings, Orders.service, await orders(settings.dataDir)));
//@ end
