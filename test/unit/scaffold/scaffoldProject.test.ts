import assert from 'node:assert/strict';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import Module from 'node:module';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import type { ScaffoldDeps, ScaffoldPreset, ScaffoldResult } from '../../../src/vscode/scaffold/scaffoldProject.js';
import { DiskLocation, diskFileSystem } from '../../support/diskFileSystem.js';

/** What a step shows when it asks. */
interface Shown { title: string; step: number; totalSteps: number; back: boolean; labels: string[]; active: string | undefined; value: string | undefined; problem: string | undefined }
type Answer = { pick: string } | { type: string } | 'accept' | 'back' | 'hide';

const back = { back: true };
class Place extends DiskLocation {
  readonly scheme = 'file';
  get fsPath(): string { return this.path; }
  override with(change: { readonly path: string }): this { return new Place(change.path) as this; }
  override toString(): string { return `file://${this.path}`; }
}

/** Plays the person: each step that opens is noted, then answered by the next answer. */
class Person {
  readonly shown: Shown[] = [];
  readonly messages: string[] = [];
  readonly commands: unknown[][] = [];
  trusted = true;
  writable: boolean | undefined = true;
  roots: { name: string; uri: Place }[] = [];
  answers: Answer[] = [];
  button: string | undefined;
  previewFails = false;
  cancelAfter = Infinity;

  readonly vscode = {
    l10n: { t: (text: string, ...args: unknown[]) => text.replace(/\{(\d+)\}/gu, (_, index: string) => String(args[Number(index)])) },
    QuickInputButtons: { Back: back },
    QuickPickItemKind: { Separator: -1 },
    ProgressLocation: { Notification: 15 },
    Uri: { joinPath: (uri: Place, ...names: string[]) => uri.with({ path: [uri.path, ...names].join('/') }) },
    commands: { executeCommand: (...args: unknown[]) => {
      this.commands.push(args);
      return this.previewFails && args[0] === 'markdown.showPreview' ? Promise.reject(new Error('command not found')) : Promise.resolve();
    } },
    workspace: Object.defineProperties({ fs: { ...diskFileSystem(), isWritableFileSystem: () => this.writable } }, {
      isTrusted: { get: () => this.trusted },
      workspaceFolders: { get: () => (this.roots.length === 0 ? undefined : this.roots) },
    }),
    window: {
      createQuickPick: () => this.input(),
      createInputBox: () => this.input(),
      showInformationMessage: (...args: string[]) => this.message(args),
      showWarningMessage: (...args: string[]) => this.message(args),
      showErrorMessage: (...args: string[]) => this.message(args),
      showTextDocument: (uri: Place) => { this.commands.push(['showTextDocument', uri]); return Promise.resolve(); },
      withProgress: (_options: unknown, task: (progress: unknown, token: unknown) => unknown) => {
        let reports = 0;
        const token = { get isCancellationRequested() { return reports >= limit; } };
        const limit = this.cancelAfter;
        return task({ report: () => { reports += 1; } }, token);
      },
    },
  };

  message(args: string[]): Promise<string | undefined> {
    this.messages.push(args[0]!);
    return Promise.resolve(args.slice(1).find((label) => label === this.button));
  }

  input(): unknown {
    const on: Record<string, ((value: unknown) => void)[]> = {};
    const event = (name: string) => (listener: (value: unknown) => void) => { (on[name] ??= []).push(listener); return { dispose: () => undefined }; };
    const fire = (name: string, value?: unknown): void => { on[name]?.forEach((listener) => { listener(value); }); };
    const input = {
      title: '', step: 0, totalSteps: 0, buttons: [] as unknown[], value: undefined as string | undefined, validationMessage: undefined as string | undefined,
      items: [] as { label: string }[], activeItems: [] as { label: string }[], selectedItems: [] as { label: string }[],
      onDidAccept: event('accept'), onDidTriggerButton: event('button'), onDidHide: event('hide'), onDidChangeValue: event('value'),
      dispose: () => undefined,
      show: () => {
        this.shown.push({
          title: input.title, step: input.step, totalSteps: input.totalSteps, back: input.buttons.includes(back),
          labels: input.items.map(({ label }) => label), active: input.activeItems[0]?.label, value: input.value, problem: input.validationMessage,
        });
        queueMicrotask(() => {
          for (;;) {
            const answer = this.answers.shift();
            assert.ok(answer !== undefined, `no answer to ${JSON.stringify(this.shown.at(-1))}`);
            if (answer === 'back') { fire('button', back); return; }
            if (answer === 'hide') { fire('hide'); return; }
            if (answer === 'accept') {
              input.selectedItems = input.activeItems;
              fire('accept');
              // A text with a problem is not taken: the box stays open for the next answer.
              if ((input.validationMessage ?? '') === '') return;
              continue;
            }
            if ('type' in answer) { input.value = answer.type; fire('value', answer.type); this.shown.at(-1)!.problem = input.validationMessage; continue; }
            const item = input.items.find(({ label }) => label.includes(answer.pick));
            assert.ok(item, `${answer.pick} is not among ${input.items.map(({ label }) => label).join('; ')}`);
            input.selectedItems = [item];
            fire('accept');
            // Something that can't be chosen leaves the list open for the next answer.
            if ('value' in item) return;
          }
        });
      },
    };
    return input;
  }
}

describe('scaffold project', () => {
  let person: Person;
  let outer: string;
  let scaffoldProject: (deps: ScaffoldDeps, preset?: ScaffoldPreset) => Promise<ScaffoldResult>;
  const loader = Module as unknown as { _load: (request: string, ...rest: unknown[]) => unknown };
  const load = loader._load.bind(Module);

  before(async () => {
    // One stand-in for the whole suite: the module under test is loaded once and asks whoever plays at the time.
    person = new Person();
    const current = Object.defineProperties({}, Object.fromEntries(Object.keys(person.vscode).map((name) => [
      name, { enumerable: true, get: () => (person.vscode as Record<string, unknown>)[name] },
    ])));
    loader._load = (request, ...rest) => (request === 'vscode' ? current : load(request, ...rest));
    ({ scaffoldProject } = await import('../../../src/vscode/scaffold/scaffoldProject.js'));
  });
  after(() => { loader._load = load; });
  beforeEach(() => {
    person = new Person();
    outer = mkdtempSync(join(tmpdir(), 'scaffold-'));
    addRoot('work');
  });
  afterEach(() => {
    assert.deepEqual(person.answers, [], 'answers that nobody asked for');
    rmSync(outer, { recursive: true, force: true });
  });

  function addRoot(name: string): string {
    const path = join(outer, name);
    mkdirSync(path);
    person.roots.push({ name, uri: new Place(path) });
    return path;
  }

  const files = ['README.md', 'src/main.ts', '.gitignore'].map((path) => ({ path, text: `text of ${path}` }));
  const read: string[] = [];
  const project = (id: string, starters: string[]) => ({ id, title: `Title of ${id}`, starters, stages: 14 });
  const deps: ScaffoldDeps = {
    content: { readJson: (path) => { read.push(path); return Promise.resolve({ files }); } },
    roadmap: { projects: [project('bare', []), project('cache', ['typescript', 'go']), project('other', ['go'])] },
    log: { info: () => undefined, error: () => undefined },
  };
  const scaffold = (answers: Answer[], preset?: ScaffoldPreset): Promise<ScaffoldResult> => { person.answers = answers; return scaffoldProject(deps, preset); };
  const path = (...names: string[]): string => join(outer, ...names);

  it('asks for project, language, folder, shows the files, writes them and opens the README', async () => {
    const result = await scaffold([{ pick: 'cache' }, { pick: 'Go' }, { pick: 'sub-folder' }, 'accept', 'accept']);
    assert.ok(result.type === 'created');
    assert.equal(result.folder.path, path('work/cache'));
    assert.equal(read.at(-1), 'starters/cache.go.json');
    for (const file of files) assert.equal(readFileSync(path('work/cache', file.path), 'utf8'), file.text);
    assert.deepEqual(person.commands.map(([name, uri]) => [name, (uri as Place).path]), [['markdown.showPreview', path('work/cache/README.md')]]);
    assert.deepEqual(person.messages, []);

    assert.deepEqual(person.shown.map(({ title, step, totalSteps, back }) => [title, step, totalSteps, back]), [
      ['Scaffold Project', 1, 4, false],
      ['Scaffold Project: Title of cache', 2, 4, true],
      ['Scaffold Project: Title of cache in Go', 3, 4, true],
      ['Scaffold Project: Title of cache in Go', 3, 4, true],
      ['Scaffold Project: Title of cache in Go', 4, 4, true],
    ]);
    assert.deepEqual(person.shown[0]!.labels, ['Title of cache', 'Title of other']);
    assert.deepEqual(person.shown[1]!.labels, ['TypeScript', 'Go']);
    assert.equal(person.shown[3]!.value, 'cache');
    assert.deepEqual(person.shown[4]!.labels, ['$(check) Create 3 files in work/cache', 'Files', '$(file) cache/README.md', '$(file) cache/src/main.ts', '$(file) cache/.gitignore']);
    assert.equal(person.shown[4]!.active, person.shown[4]!.labels[0]);
  });

  it('leaves out what is decided already', async () => {
    const result = await scaffold([{ pick: 'itself' }, { pick: 'main.ts' }, { pick: 'Create' }], { project: 'cache', language: 'typescript' });
    assert.equal(result.type, 'created');
    assert.ok(existsSync(path('work/src/main.ts')));
    assert.deepEqual(person.shown.map(({ step, totalSteps, back }) => [step, totalSteps, back]), [[1, 2, false], [2, 2, true]]);
  });

  it('goes back through every step, and starts there with what was chosen', async () => {
    const result = await scaffold([
      { pick: 'cache' }, { pick: 'Go' }, { pick: 'sub-folder' }, 'back', { pick: 'itself' }, 'back', 'back', 'back', 'accept', 'back', { pick: 'other' }, 'accept', 'hide',
    ]);
    assert.deepEqual(result, { type: 'cancelled' });
    assert.deepEqual(person.shown.map(({ step, active, value }) => [step, value ?? active]), [
      [1, 'Title of cache'], [2, 'TypeScript'], [3, '$(new-folder) New sub-folder of work…'], [3, 'cache'], [3, '$(new-folder) New sub-folder of work…'],
      [4, '$(check) Create 3 files in work'], [3, '$(new-folder) New sub-folder of work…'], [2, 'Go'], [1, 'Title of cache'], [2, 'Go'],
      [1, 'Title of cache'], [2, 'Go'], [3, '$(new-folder) New sub-folder of work…'],
    ]);
    assert.equal(person.shown[7]!.title, 'Scaffold Project: Title of cache');
    assert.equal(person.shown[8]!.title, 'Scaffold Project');
    assert.equal(existsSync(path('work/README.md')), false);
  });

  it('writes nothing when a step is closed', async () => {
    for (const answers of [['hide'], ['accept', 'hide'], ['accept', 'accept', 'hide'], ['accept', 'accept', 'accept', 'hide'], ['accept', 'accept', 'accept', 'accept', 'hide']] as Answer[][]) {
      assert.deepEqual(await scaffold(answers), { type: 'cancelled' });
      assert.equal(existsSync(path('work/cache')), false);
    }
  });

  it('shows what is in the way, and offers a sub-folder with a free name', async () => {
    writeFileSync(path('work/readme.md'), 'mine');
    mkdirSync(path('work/cache'));
    const result = await scaffold([{ pick: 'itself' }, { pick: 'readme.md' }, { pick: 'Use a new sub-folder' }, 'accept', 'accept'], { project: 'cache', language: 'go' });
    assert.ok(result.type === 'created');
    assert.equal(result.folder.path, path('work/cache-2'));
    assert.equal(readFileSync(path('work/readme.md'), 'utf8'), 'mine');
    assert.deepEqual(person.shown[1]!.labels, ['$(new-folder) Use a new sub-folder of work…', '$(folder) Choose another folder…', 'In the way', '$(warning) readme.md']);
  });

  it('goes back to the folders from a conflict', async () => {
    writeFileSync(path('work/README.md'), 'mine');
    addRoot('second');
    const result = await scaffold([{ pick: 'work itself' }, { pick: 'Choose another' }, { pick: 'second itself' }, 'accept'], { project: 'cache', language: 'go' });
    assert.ok(result.type === 'created');
    assert.equal(basename(result.folder.path), 'second');
    assert.deepEqual(person.shown[0]!.labels, [
      'work', '$(new-folder) New sub-folder of work…', '$(folder) work itself', 'second', '$(new-folder) New sub-folder of second…', '$(folder) second itself',
    ]);
  });

  it('does not accept a name that is not safe', async () => {
    for (const name of ['', '..', 'a/b', 'CON', 'x.', '.git']) {
      assert.deepEqual(await scaffold([{ pick: 'sub-folder' }, { type: name }, 'accept', 'hide'], { project: 'cache', language: 'go' }), { type: 'cancelled' });
      assert.notEqual(person.shown.at(-1)!.problem ?? '', '', name);
    }
  });

  it('refuses an untrusted workspace and offers to manage trust', async () => {
    person.trusted = false;
    person.button = 'Manage Workspace Trust';
    assert.deepEqual(await scaffold([]), { type: 'refused', reason: 'untrusted' });
    await Promise.resolve();
    assert.match(person.messages[0]!, /Restricted Mode/u);
    assert.deepEqual(person.commands, [['workbench.trust.manage']]);
  });

  it('offers to open a folder where none is open', async () => {
    person.roots = [];
    person.button = 'Open Folder…';
    assert.deepEqual(await scaffold([]), { type: 'refused', reason: 'noFolder' });
    await Promise.resolve();
    assert.deepEqual(person.commands, [['vscode.openFolder']]);
  });

  it('says that a project has no starter', async () => {
    assert.deepEqual(await scaffold([], { project: 'bare' }), { type: 'refused', reason: 'noStarter' });
    assert.equal(person.messages.length, 1);
  });

  it('offers no folder that can’t be written to', async () => {
    person.writable = false;
    assert.deepEqual(await scaffold(['hide'], { project: 'cache', language: 'go' }), { type: 'cancelled' });
    assert.deepEqual(person.shown[0]!.labels, ['$(lock) work']);
  });

  it('takes everything away when cancelled while it writes', async () => {
    person.cancelAfter = 2;
    assert.equal((await scaffold(['accept', 'accept', 'accept'], { project: 'cache', language: 'go' })).type, 'cancelled');
    assert.equal(existsSync(path('work/cache')), false);
    assert.deepEqual(person.messages, ['Scaffolding was cancelled. Nothing was left behind.']);
  });

  it('opens the README as text where there is no preview', async () => {
    person.previewFails = true;
    await scaffold(['accept', 'accept', 'accept'], { project: 'cache', language: 'go' });
    assert.deepEqual(person.commands.map(([name]) => name), ['markdown.showPreview', 'showTextDocument']);
  });

  it('says why a starter can’t be read', async () => {
    person.answers = ['accept', 'accept'];
    const broken = { ...deps, content: { readJson: () => Promise.reject(new Error('no such file')) } };
    assert.deepEqual(await scaffoldProject(broken, { project: 'cache', language: 'go' }), { type: 'failed' });
    assert.deepEqual(person.messages, ['The project could not be scaffolded: no such file']);
  });
});
