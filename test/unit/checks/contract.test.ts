import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { shopProto } from '../../../roadmap/projects/grpc-microservices/checks/contract.js';
import { root } from '../../../src/build/paths.js';

describe('the contract of grpc-microservices', () => {
  it('is the same for learners and for the checks', () => {
    const given = readFileSync(join(root, 'roadmap/projects/grpc-microservices/starters/shared/proto/shop.proto'), 'utf8').replaceAll('\r\n', '\n');
    assert.equal(shopProto, given);
  });
});
