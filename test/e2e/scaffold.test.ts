import * as assert from 'node:assert/strict';
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { temporaryFolder } from '../../src/build/host/temporary.js';
import { takePicture, useEditor } from './editor.js';

const command = 'Backend Roadmap: Scaffold Project';
const nameOfSubfolder = 'Name of the sub-folder of orders-service';
const files = (folder: string): string[] => readdirSync(folder, { recursive: true, encoding: 'utf8' }).sort();

describe('Scaffold Project', () => {
  const editor = useEditor();

  it('asks for project, language and folder, shows every file, and opens the README when they are written', async () => {
    const before = files(editor.workspace);
    const workbench = await editor.open();
    const { quickInput } = workbench;
    await workbench.runCommand(command);
    await quickInput.asks('Which project?');
    await quickInput.pick('A distributed cache');
    await quickInput.asks('Which language?');
    assert.deepEqual(await quickInput.labels(), ['Go', 'Java', 'Python', 'Rust', 'TypeScript']);
    await takePicture(workbench, 'scaffold-picker');
    await quickInput.pick('Go');
    await quickInput.asks('Which folder takes the project?');
    await quickInput.pick(/^\s*New sub-folder of orders-service…/);
    await quickInput.asks(nameOfSubfolder);
    await quickInput.enter('my-cache');
    await quickInput.asks('These files will be created. Nothing that exists is changed.');
    const preview = await quickInput.labels();
    await takePicture(workbench, 'scaffold-preview');
    assert.deepEqual(files(editor.workspace), before, 'a preview writes nothing');
    await quickInput.pick(/^\s*Create \d+ files in orders-service\/my-cache/);
    await workbench.editorTab(/README\.md/).waitFor();

    const written = files(join(editor.workspace, 'my-cache')).filter((path) => statSync(join(editor.workspace, 'my-cache', path)).isFile());
    assert.equal(preview[0]?.trim(), `Create ${written.length} files in orders-service/my-cache`);
    for (const path of preview.slice(1).map((label) => label.trim()).filter((label) => label.includes('/'))) assert.ok(existsSync(join(editor.workspace, path)), path);
    assert.deepEqual(files(editor.workspace).filter((path) => !path.startsWith('my-cache')), before);
    assert.equal(existsSync(join(editor.workspace, 'my-cache', '.git')), false);
  });

  it('leaves no trace when it is cancelled at any step', async () => {
    const before = files(editor.workspace);
    const workbench = await editor.open();
    const { quickInput } = workbench;
    const steps = [
      () => quickInput.pick('A distributed cache'),
      () => quickInput.pick('TypeScript'),
      () => quickInput.pick(/^\s*New sub-folder of/),
      () => quickInput.enter('cancelled'),
    ];
    const asked = ['Which project?', 'Which language?', 'Which folder takes the project?', nameOfSubfolder, 'These files will be created. Nothing that exists is changed.'];
    for (let reached = 0; reached <= steps.length; reached++) {
      await workbench.runCommand(command);
      for (let step = 0; step <= reached; step++) {
        await quickInput.asks(asked[step]!);
        if (step < reached) await steps[step]!();
      }
      await quickInput.cancel();
    }
    assert.deepEqual(files(editor.workspace), before);
  });

  it('starts from the Projects view, and says what is in the way instead of writing over it', async () => {
    const readme = readFileSync(join(editor.workspace, 'README.md'), 'utf8');
    const before = files(editor.workspace);
    const workbench = await editor.open();
    await workbench.openViewContainer('Backend Roadmap');
    const projects = await workbench.openView('Projects');
    const project = workbench.treeItem('Project A distributed cache', projects);
    await project.hover();
    await project.getByRole('button', { name: 'Scaffold Project' }).click();
    const { quickInput } = workbench;
    await quickInput.asks('Which language?');
    await quickInput.pick('TypeScript');
    await quickInput.asks('Which folder takes the project?');
    await quickInput.pick(/^\s*orders-service itself/);
    await quickInput.asks('Nothing was written: orders-service is not free for these files');
    assert.ok((await quickInput.labels()).some((label) => label.includes('README.md')));
    await takePicture(workbench, 'scaffold-conflict');
    assert.deepEqual(files(editor.workspace), before);
    await quickInput.pick(/^\s*Use a new sub-folder of orders-service…/);
    await quickInput.asks(nameOfSubfolder);
    await quickInput.enter('cache');
    await quickInput.pick(/^\s*Create \d+ files in orders-service\/cache/);
    await workbench.editorTab(/README\.md/).waitFor();
    assert.equal(readFileSync(join(editor.workspace, 'README.md'), 'utf8'), readme);
  });

  it('offers every folder of a workspace that has several', async () => {
    const folder = temporaryFolder();
    for (const name of ['one', 'two']) mkdirSync(join(folder, name));
    const workspaceFile = join(folder, 'both.code-workspace');
    writeFileSync(workspaceFile, JSON.stringify({ folders: [{ path: 'one' }, { path: 'two' }] }));
    const workbench = await editor.open({ workspaceFile });
    const { quickInput } = workbench;
    await workbench.runCommand(command);
    await quickInput.asks('Which project?');
    await quickInput.pick('A distributed cache');
    await quickInput.asks('Which language?');
    await quickInput.pick('Python');
    await quickInput.asks('Which folder takes the project?');
    await quickInput.pick(/^\s*two itself/);
    await quickInput.pick(/^\s*Create \d+ files in two/);
    await workbench.editorTab(/README\.md/).waitFor();
    assert.deepEqual(files(join(folder, 'one')), []);
    assert.ok(existsSync(join(folder, 'two', 'backend-roadmap.json')));
  });
});

describe('Scaffold Project without a folder', () => {
  const editor = useEditor(() => ({ workspace: '' }));

  it('says that one is needed, and opens the dialog for it', async () => {
    const workbench = await editor.open();
    await workbench.runCommand(command);
    await workbench.answerNotification('A project is written into an open folder, and none is open.', 'Open Folder…');
    await workbench.quickInput.widget.waitFor();
  });
});
