import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { bundleFile, l10nBundle } from '../../src/build/l10n.js';
import { noteStrings } from '../../src/core/notes/strings.js';

describe('translation', () => {
  it('has every text of the code in its bundle: run  npm run l10n  after changing one', async () => {
    assert.equal(await readFile(bundleFile, 'utf8'), await l10nBundle());
  });

  it('finds texts of the editor’s side and of the note page', async () => {
    const bundle = JSON.parse(await l10nBundle()) as Record<string, string>;
    assert.equal(bundle['Up next'], 'Up next');
    for (const text of Object.values(noteStrings)) assert.equal(bundle[text], text);
  });
});
