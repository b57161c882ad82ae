import assert from 'node:assert/strict';
import fc from 'fast-check';
import { escapeBytes, excerpt, firstDifference } from '../../../src/core/checks/bytes.js';
import { placeIn } from '../../../src/core/checks/location.js';
import { fillArgv, ManifestError, parseManifest } from '../../../src/core/checks/manifest.js';
import type { CompiledProject } from '../../../src/core/checks/project.js';
import { Random } from '../../../src/core/checks/random.js';
import { formatReport } from '../../../src/core/checks/report.js';
import { checksUpTo, currentStage, stageVerdict } from '../../../src/core/checks/standing.js';
import { isNewEnough, leastOf, remedyOf, toolchains, toolsOf, versionIn } from '../../../src/core/checks/toolchains.js';
import { atStage, solutionAtStage } from '../../../src/core/scaffold/stageSource.js';

describe('bytes in a report', () => {
  it('are shown as people read them', () => {
    assert.equal(escapeBytes('+PONG\r\n\t\\\0\x7f\xff"'), '+PONG\\r\\n\\t\\\\\\x00\\x7f\\xff"');
  });

  it('keep the caret over the byte that is meant, however long they are', () => {
    fc.assert(fc.property(fc.string({ unit: 'binary-ascii', minLength: 1, maxLength: 400 }), fc.nat(), (bytes, pick) => {
      const at = pick % bytes.length;
      const { text, column } = excerpt(bytes, at);
      assert.ok(text.slice(column).startsWith(escapeBytes(bytes[at]!)), `${text} at ${column}`);
      assert.ok(text.length < 260);
    }), { numRuns: 2000 });
  });

  it('differ where they first differ, also where one is shorter', () => {
    assert.equal(firstDifference('+PONG\r\n', '+PONG\r\n'), undefined);
    assert.equal(firstDifference('+PONG\n', '+PONG\r\n'), 5);
    assert.equal(firstDifference('+PO', '+PONG'), 3);
  });
});

describe('a report', () => {
  it('says what was sent, received and expected, where it differs, what to do, the seed and the last lines', () => {
    const text = formatReport({
      summary: 'The reply to PING is not the expected one.',
      exchange: { sent: '*1\r\n$4\r\nPING\r\n', received: '+PONG\n', expected: '+PONG\r\n', wrongAt: 5 },
      expected: 'simple string "PONG"', actual: 'nothing', remedy: 'End the line with \\r\\n.', log: ['listening'],
    }, 7);
    assert.equal(text, [
      'The reply to PING is not the expected one.', '',
      '  Sent      *1\\r\\n$4\\r\\nPING\\r\\n',
      '  Received  +PONG\\n',
      '                 ^ the first wrong byte',
      '  Expected  +PONG\\r\\n', '',
      '  Wanted    simple string "PONG"',
      '  Got       nothing', '',
      'What to do: End the line with \\r\\n.',
      'Seed: 7 (the same seed sends the same data again)', '',
      'The program’s last lines:', '  | listening',
    ].join('\n'));
  });
});

describe('random test data', () => {
  it('repeats with its seed and scope, and differs with another', () => {
    const words = (seed: number, scope: string) => { const random = new Random(seed, scope); return [random.word(), random.integer(1, 1000), random.shuffle([1, 2, 3, 4, 5, 6])]; };
    assert.deepEqual(words(1, 'a/b'), words(1, 'a/b'));
    assert.notDeepEqual(words(1, 'a/b'), words(2, 'a/b'));
    assert.notDeepEqual(words(1, 'a/b'), words(1, 'a/c'));
  });

  it('stays in its range and reaches both ends', () => {
    const random = new Random(3);
    const seen = new Set(Array.from({ length: 500 }, () => random.integer(2, 5)));
    assert.deepEqual([...seen].sort(), [2, 3, 4, 5]);
  });
});

describe('the manifest', () => {
  const good = { schema: 2, project: 'p', language: 'go', run: { server: ['{out}/s{exe}'] } };

  it('is read with its defaults', () => {
    assert.deepEqual(parseManifest(JSON.stringify(good)), { ...good, prepare: [], needs: [], build: [], buildTimeoutSec: 300, readyTimeoutSec: 20 });
  });

  it('of an older schema is migrated: what is installed has to be there', () => {
    assert.deepEqual(parseManifest(JSON.stringify({ ...good, schema: 1, prepare: [['npm', 'ci']] })).needs, ['node_modules/typescript']);
    assert.deepEqual(parseManifest(JSON.stringify({ ...good, schema: 1 })).needs, []);
  });

  it('is refused with the reason and what to do', () => {
    for (const [text, words] of [
      ['{', /not valid JSON.*Correct it/u], ['[]', /holds no object/u], ['{}', /no "schema"/u], [JSON.stringify({ ...good, schema: 3 }), /newer version.*Update the extension/u],
      [JSON.stringify({ ...good, run: {} }), /"run".*at least one program/u], [JSON.stringify({ ...good, run: { server: [] } }), /"run\.server"/u],
      [JSON.stringify({ ...good, needs: ['../elsewhere'] }), /"needs\.0".*inside the project/u], [JSON.stringify({ ...good, build: ['go build'] }), /"build\.0"/u],
    ] as const) {
      assert.throws(() => parseManifest(text), (error: unknown) => error instanceof ManifestError && words.test(error.message), text);
    }
  });

  it('fills placeholders in every argument, and refuses unknown ones', () => {
    assert.deepEqual(fillArgv(['{out}/s{exe}', '-x={out}'], { out: '/o', exe: '' }), ['/o/s', '-x=/o']);
    assert.throws(() => fillArgv(['{nope}'], { out: '/o' }), /\{nope\} is no placeholder. Use \{out\}/u);
  });
});

describe('toolchains', () => {
  it('read the versions that tools print', () => {
    const version = (language: string, printed: string) => versionIn(toolchains[language]![0]!, printed);
    assert.deepEqual(version('typescript', 'v22.15.1\n'), [22, 15]);
    assert.deepEqual(version('go', 'go version go1.26.8 linux/amd64'), [1, 26]);
    assert.deepEqual(version('java', 'javac 17.0.15'), [17, 0]);
    assert.deepEqual(version('java', 'javac 21'), [21, 0]);
    assert.deepEqual(version('rust', 'cargo 1.95.0 (f2d3ce0bd 2026-03-21)'), [1, 95]);
    assert.deepEqual(version('python', 'Python 3.11.7'), [3, 11]);
    assert.equal(version('go', 'command not found'), undefined);
  });

  it('compare versions by number', () => {
    const [go] = toolchains['go']!;
    assert.deepEqual([[1, 9], [1, 21], [1, 22], [1, 100], [2, 0]].map((version) => isNewEnough(go!, version as [number, number])), [false, false, true, true, true]);
  });

  it('have one remedy for each operating system', () => {
    for (const tool of Object.values(toolchains).flat()) for (const remedy of Object.values(tool.remedy)) assert.match(remedy, /^Install .*\{least\} or newer.*restart VS Code\.$/u);
  });

  it('ask for the version that the project asks for, never for an older one than we need', () => {
    const least = (language: string, files: Record<string, string>) => leastOf(toolsOf({ language, build: [] }, (file) => files[file])[0]!);
    assert.equal(least('rust', {}), '1.75');
    assert.equal(least('rust', { 'Cargo.toml': '[package]\nname = "shop"\nedition = "2024"\nrust-version = "1.88"\n' }), '1.88');
    assert.equal(least('rust', { 'Cargo.toml': '[package]\nrust-version = "1.60.0"\n' }), '1.75');
    assert.equal(least('rust', { 'Cargo.toml': '# rust-version = "1.99"\n[package]\n' }), '1.75');
    assert.equal(least('go', { 'go.mod': 'module shop\n\ngo 1.24.0\n' }), '1.24');
    const [rust] = toolsOf({ language: 'rust', build: [] }, () => 'rust-version = "1.88"');
    assert.equal(isNewEnough(rust!, [1, 87]), false);
    assert.match(remedyOf(rust!, 'linux'), /^Install Rust 1\.88 or newer with rustup/u);
  });
});

describe('an annotated solution', () => {
  const text = ['//@ file 2', 'always', '//@ stage 3', 'from 3', '//@ stage 4-5', '  4 to 5', '//@ end', '//@ end', '#@ stage 2-2', 'only 2', '#@ end', ''].join('\n');
  const at = (stage: number) => atStage({ path: 'a.ts', text }, stage)?.text;

  it('is what it is after each stage', () => {
    assert.equal(at(1), undefined);
    assert.equal(at(2), 'always\nonly 2\n');
    assert.equal(at(3), 'always\nfrom 3\n');
    assert.equal(at(4), 'always\nfrom 3\n  4 to 5\n');
    assert.equal(at(6), 'always\nfrom 3\n');
    assert.deepEqual(solutionAtStage([{ path: 'a.ts', text }, { path: 'b.ts', text: 'x' }], 1), [{ path: 'b.ts', text: 'x' }]);
  });

  it('names file and line where a mark is wrong', () => {
    for (const [wrong, words] of [
      ['//@ stage 3\nx', / a\.ts:1: "stage" without "end"/u], ['x\n//@ end', / a\.ts:2: "end" without "stage"/u], ['x\n//@ file 2', / a\.ts:2: "file" stands on the first line/u],
      ['//@ stage x\n//@ end', /no span/u], ['//@ stage 5-4\n//@ end', /empty span/u], ['//@ from 3', /"from" is no mark/u],
    ] as const) assert.throws(() => atStage({ path: 'a.ts', text: wrong }, 1), words);
  });
});

describe('the place that output names', () => {
  const own = (path: string) => !path.includes('node_modules');
  for (const [tool, line, place] of [
    ['tsc', 'src/server.ts(12,3): error TS2304: Cannot find name', { path: 'src/server.ts', line: 12, column: 3 }],
    ['go', './internal/server/server.go:7:2: undefined: x', { path: './internal/server/server.go', line: 7, column: 2 }],
    ['javac', 'src/cache/Main.java:9: error: cannot find symbol', { path: 'src/cache/Main.java', line: 9, column: 1 }],
    ['rustc', '   --> src/main.rs:4:10', { path: 'src/main.rs', line: 4, column: 10 }],
    ['python', '  File "server/server.py", line 31', { path: 'server/server.py', line: 31, column: 1 }],
    ['node', '    at talk (file:///home/me/cache/dist/server.js:20:11)', { path: '/home/me/cache/dist/server.js', line: 20, column: 11 }],
  ] as const) {
    it(`of ${tool}`, () => { assert.deepEqual(placeIn(['some other line', line], own), place); });
  }

  it('is none of a library, and none where there is none', () => {
    assert.equal(placeIn(['    at x (/p/node_modules/y.js:1:1)', 'no place: here'], own), undefined);
  });
});

describe('where the learner stands', () => {
  const check = (id: string, measures?: true) => ({ id, title: id, ...(measures && { measures }) });
  const stage = (id: string, ...checks: ReturnType<typeof check>[]) => ({ id, title: id, goal: '', topics: [], html: '', headings: [], hints: [], checks });
  const project: CompiledProject = { id: 'p', title: 'P', stages: [stage('one', check('a')), stage('two', check('b'), check('c', true)), stage('three', check('d'))] };
  const passed = (...stages: string[]) => ({ practice: new Map(stages.map((id) => [id, { stage: `p/${id}`, deed: 'passed' as const, language: 'go', at: 1 }])) });

  it('is at the first stage not passed in the language', () => {
    assert.equal(currentStage(project, 'go', passed()), 1);
    assert.equal(currentStage(project, 'go', passed('one', 'three')), 2);
    assert.equal(currentStage(project, 'rust', passed('one')), 1);
    assert.equal(currentStage(project, 'go', passed('one', 'two', 'three')), 3);
  });

  it('is checked with the stages before, without what measures there', () => {
    assert.deepEqual(checksUpTo(project, 2), ['one/a', 'two/b', 'two/c']);
    assert.deepEqual(checksUpTo(project, 3), ['one/a', 'two/b', 'three/d']);
  });

  it('is passed only when every check is', () => {
    assert.equal(stageVerdict(['a', 'b'], {}), undefined);
    assert.equal(stageVerdict(['a', 'b'], { a: 'passed' }), 'nothingRan');
    assert.equal(stageVerdict(['a', 'b'], { a: 'passed', b: 'passed' }), 'passed');
    assert.equal(stageVerdict(['a', 'b'], { a: 'inconclusive', b: 'failed' }), 'failed');
  });
});
