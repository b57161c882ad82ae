import assert from 'node:assert/strict';
import { Folder } from '../unit/journal/folder.js';
import { endAll, WindowProcess } from './windows.js';

const windows = 8;
const each = 1000;

interface Report { readonly started: number; readonly acknowledged: number; readonly full?: number; readonly seen: number; readonly problems: unknown[] }

describe('eight windows', () => {
  after(endAll);

  it('mark a thousand topics each at once, and every one of them sees all within two seconds', async () => {
    const folder = await Folder.make();
    try {
      const all = await Promise.all(Array.from({ length: windows }, (_, i) => WindowProcess.start('mark', folder.root, `w${i}`, String(each), String(windows * each))));
      for (const window of all) assert.equal(await window.line(), 'ready', window.errors);
      for (const window of all) window.tell();
      const reports = await Promise.all(all.map(async (window) => JSON.parse(await window.line() ?? '{}') as Report));
      for (const window of all) window.tell(true);
      await Promise.all(all.map(({ ended }) => ended));

      assert.deepEqual(reports.map(({ seen, problems }) => ({ seen, problems })), reports.map(() => ({ seen: windows * each, problems: [] })));
      const last = Math.max(...reports.map(({ acknowledged }) => acknowledged));
      const delays = reports.map(({ full }) => Math.max(0, (full ?? Infinity) - last));
      console.log(`      written in ${last - Math.min(...reports.map(({ started }) => started))} ms; all seen ${Math.max(...delays)} ms after the last was acknowledged`);
      assert.ok(Math.max(...delays) <= 2000, `seen after ${delays.join(', ')} ms`);

      const { done, problems } = await folder.look();
      assert.equal(done.length, windows * each);
      assert.deepEqual(problems, []);
    } finally {
      await folder.remove();
    }
  });
});
