import assert from 'node:assert/strict';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { filesOf, foreignImports, pureRooms, wrongRoomImports } from '../../src/build/layers.js';

describe('layers', () => {
  for (const room of pureRooms) {
    it(`${room} reaches neither the editor nor Node, by any chain of imports`, async () => {
      const files = await filesOf(room);
      assert.ok(files.length > 0);
      assert.deepEqual(await foreignImports(files), []);
    });
  }

  it('every import between rooms is an allowed one', async () => {
    const files = (await Promise.all(['core', 'protocol', 'webview', 'runner', 'vscode'].map(filesOf))).flat();
    assert.deepEqual(await wrongRoomImports([...files, 'src/extension.ts', 'src/extension.web.ts']), []);
  });

  it('the web entry reaches nothing of Node', async () => {
    const reached = await foreignImports(['src/extension.web.ts']);
    assert.deepEqual(reached.filter(({ to }) => to !== 'vscode'), []);
  });

  describe('the guard itself', () => {
    let folder: string;
    before(async () => {
      folder = await mkdtemp(join(tmpdir(), 'layers-'));
      const files = {
        'src/core/a.ts': "import './b.js';",
        'src/core/b.ts': "import 'hidden';",
        'src/core/c.ts': "import '../vscode/d.js';",
        'src/vscode/d.ts': "import * as vscode from 'vscode'; console.log(vscode);",
        'node_modules/hidden/index.js': "require('fs');",
        'node_modules/hidden/package.json': '{"name":"hidden","main":"index.js"}',
      };
      for (const [path, text] of Object.entries(files)) {
        await mkdir(join(folder, path, '..'), { recursive: true });
        await writeFile(join(folder, path), text);
      }
    });
    after(() => rm(folder, { recursive: true, force: true }));

    it('sees Node behind a package', async () => {
      assert.deepEqual(await foreignImports(['src/core/a.ts'], folder), [{ from: 'node_modules/hidden/index.js', to: 'node:fs' }]);
    });

    it('sees the editor behind another room, and the wrong room', async () => {
      assert.deepEqual(await foreignImports(['src/core/c.ts'], folder), [{ from: 'src/vscode/d.ts', to: 'vscode' }]);
      assert.deepEqual(await wrongRoomImports(['src/core/c.ts'], folder), [{ from: 'src/core/c.ts', to: 'src/vscode/d.ts' }]);
    });
  });
});
