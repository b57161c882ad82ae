import type { CheckedProject } from '../../../../src/runner/api.js';
import { helloResp } from './stages/helloResp.js';

export const project: CheckedProject = {
  id: 'distributed-cache',
  stages: [helloResp],
};
