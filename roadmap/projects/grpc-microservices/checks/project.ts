import type { CheckedProject } from '../../../../src/runner/api.js';
import { unary } from './stages/unary.js';

export const project: CheckedProject = {
  id: 'grpc-microservices',
  stages: [unary],
};
