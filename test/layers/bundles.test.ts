import * as assert from 'node:assert/strict';
import { build } from 'esbuild';
import { bundles } from '../../src/build/bundles.js';

describe('the bundles that the extension host loads', () => {
  for (const name of ['node', 'lazy', 'web'] as const) {
    it(`${name}: require the API once at most`, async () => {
      const { outputFiles = [] } = await build({ ...bundles[name], write: false });
      for (const { path, text } of outputFiles) assert.ok(text.split('require("vscode")').length <= 2, `${path} requires the API ${text.split('require("vscode")').length - 1} times, and esbuild copies it each time`);
    });
  }
});
