import type { CheckedProject } from '../../../../src/runner/api.js';
import { prepare } from './prepare.js';
import { cache } from './stages/cache.js';
import { doNotBlock } from './stages/doNotBlock.js';
import { findTheHotSpot } from './stages/findTheHotSpot.js';
import { indexes } from './stages/indexes.js';
import { keepAlive } from './stages/keepAlive.js';
import { measure } from './stages/measure.js';
import { nPlusOne } from './stages/nPlusOne.js';
import { pagination } from './stages/pagination.js';
import { payload } from './stages/payload.js';
import { pool } from './stages/pool.js';
import { proveIt } from './stages/proveIt.js';
import { readTheWire } from './stages/readTheWire.js';
import { resilience } from './stages/resilience.js';
import { sameAnswers } from './stages/sameAnswers.js';
import { setUp } from './world.js';

export const project: CheckedProject = {
  id: 'slow-api',
  stages: [measure, readTheWire, findTheHotSpot, nPlusOne, indexes, pagination, pool, keepAlive, doNotBlock, payload, cache, resilience, sameAnswers, proveIt],
  setUp,
  prepare,
};
