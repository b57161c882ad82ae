import type { CheckedProject } from '../../../../src/runner/api.js';
import { atomic } from './stages/atomic.js';
import { durable } from './stages/durable.js';
import { eviction } from './stages/eviction.js';
import { failover } from './stages/failover.js';
import { fast } from './stages/fast.js';
import { helloResp } from './stages/helloResp.js';
import { manyClients } from './stages/manyClients.js';
import { operate } from './stages/operate.js';
import { parser } from './stages/parser.js';
import { pubsub } from './stages/pubsub.js';
import { replicate } from './stages/replicate.js';
import { shard } from './stages/shard.js';
import { strings } from './stages/strings.js';
import { ttl } from './stages/ttl.js';

export const project: CheckedProject = {
  id: 'distributed-cache',
  stages: [helloResp, manyClients, parser, strings, ttl, atomic, eviction, durable, pubsub, replicate, failover, shard, fast, operate],
};
