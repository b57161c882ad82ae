import type { CheckedProject } from '../../../../src/runner/api.js';
import { balance } from './stages/balance.js';
import { breaker } from './stages/breaker.js';
import { deadlines } from './stages/deadlines.js';
import { drain } from './stages/drain.js';
import { gateway } from './stages/gateway.js';
import { health } from './stages/health.js';
import { idempotency } from './stages/idempotency.js';
import { inventory } from './stages/inventory.js';
import { load } from './stages/load.js';
import { retries } from './stages/retries.js';
import { saga } from './stages/saga.js';
import { stream } from './stages/stream.js';
import { trace } from './stages/trace.js';
import { unary } from './stages/unary.js';

export const project: CheckedProject = {
  id: 'grpc-microservices',
  stages: [unary, health, stream, inventory, saga, deadlines, retries, idempotency, breaker, balance, gateway, trace, drain, load],
};
