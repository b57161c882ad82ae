import assert from 'node:assert/strict';
import { checksOf } from '../../../src/build/projects/check.js';
import { briefs } from '../../../src/build/projects/brief.js';
import { longestLimitSec } from '../../../src/runner/run.js';

describe('a check', () => {
  for (const project of Object.keys(briefs)) {
    it(`of ${project} asks for no more time than a learner waits`, async () => {
      for (const { id, checks } of (await checksOf(project)).stages) {
        for (const check of checks) assert.ok((check.limitSec ?? 0) <= longestLimitSec, `${id}/${check.id}: ${check.limitSec ?? 0} s`);
      }
    });
  }
});
