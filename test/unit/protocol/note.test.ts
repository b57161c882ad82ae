import assert from 'node:assert/strict';
import { limits, parseSavedNote, parseToHost, parseToNote, type ToHost, type ToNote } from '../../../src/protocol/note.js';

const toHost: readonly ToHost[] = [
  { type: 'ready' },
  { type: 'setState', state: 'done' },
  { type: 'quarterRead' },
  { type: 'openTopic', topic: 'posix-basics' },
  { type: 'openProject', project: 'distributed-cache' },
  { type: 'openProject', project: 'distributed-cache', stage: 'ping' },
  { type: 'openExternal', url: 'https://www.postgresql.org/docs/current/mvcc.html?a=b#c' },
  { type: 'runCommand', index: 0 },
  { type: 'copyCode', text: 'echo hello\n' },
  { type: 'answer', card: 'fork-copies-lazily', right: true },
  { type: 'answer', card: 'fork-copies-lazily', right: false, given: '0,2' },
  { type: 'navigate', to: 'back' },
  { type: 'print' },
  { type: 'logError', message: 'TypeError: x' },
];

const toNote: readonly ToNote[] = [
  { type: 'progress', state: 'reading', answers: {} },
  { type: 'progress', state: 'done', answers: { 'one-card': { right: true }, 'other-card': { right: false, given: 'x' } } },
  { type: 'navigation', navigation: { back: true, forward: false } },
  { type: 'navigation', navigation: { back: true, forward: false, previous: { id: 'a', title: 'A' }, next: { id: 'b', title: 'B' } } },
];

describe('Protocol between note and host', () => {
  for (const message of toHost) it(`hears ${JSON.stringify(message)}`, () => assert.deepEqual(parseToHost(message), message));
  for (const message of toNote) it(`hears ${JSON.stringify(message)}`, () => assert.deepEqual(parseToNote(message), message));

  const refusedByHost: readonly unknown[] = [
    undefined, null, 0, '', 'ready', [], {}, { type: 'eval' }, { type: '__proto__' }, { type: 'constructor' },
    { type: 'ready', extra: 1 },
    { type: 'setState', state: 'finished' }, { type: 'setState' }, { type: 'setState', state: 'toString' },
    { type: 'openTopic', topic: '../../etc/passwd' }, { type: 'openTopic', topic: 'A' }, { type: 'openTopic', topic: '' }, { type: 'openTopic', topic: 'a'.repeat(limits.id + 1) }, { type: 'openTopic', topic: 'a--b' }, { type: 'openTopic', topic: 'a\n' }, { type: 'openTopic', topic: ['a'] },
    { type: 'openProject', project: 'a', stage: 'B' },
    { type: 'runCommand', index: -1 }, { type: 'runCommand', index: 0.5 }, { type: 'runCommand', index: '0' }, { type: 'runCommand', index: Number.NaN }, { type: 'runCommand', index: 0, code: 'rm -rf /' }, { type: 'runCommand', index: limits.commands + 1 },
    { type: 'copyCode', text: 'x'.repeat(limits.code + 1) },
    { type: 'answer', card: 'a', right: 'yes' }, { type: 'answer', card: 'a/b', right: true }, { type: 'answer', card: 'a', right: true, given: 'x'.repeat(limits.given + 1) },
    { type: 'navigate', to: 'https://example.com' },
    { type: 'logError', message: 'x'.repeat(limits.error + 1) },
    ...[
      'http://example.com', 'javascript:alert(1)', 'JaVaScRiPt:alert(1)', ' https://example.com', 'https:example.com', 'https:///example.com', '//example.com', 'https://user:secret@example.com/', 'https://example.com@evil.example/',
      'https://exa mple.com', 'https://example.com/\nx', 'https://example.com/\u0000', 'https://example.com/\u202Eexe', 'https://example.com/<script>', 'https://example.com/"x', 'https://example.com/\\x', 'https://-x', 'https://', 'file:///etc/passwd', 'command:workbench.action.quit', 'vscode://x/y', 'data:text/html,x',
      `https://example.com/${'a'.repeat(limits.url)}`, 1, null,
    ].map((url) => ({ type: 'openExternal', url })),
  ];
  for (const value of refusedByHost) it(`the host does not hear ${JSON.stringify(value)?.slice(0, 80) ?? 'undefined'}`, () => assert.equal(parseToHost(value), undefined));

  const refusedByNote: readonly unknown[] = [
    undefined, null, {}, { type: 'ready' },
    { type: 'progress', state: 'done' }, { type: 'progress', state: 'done', answers: { 'A B': { right: true } } }, { type: 'progress', state: 'done', answers: { a: { right: 1 } } }, { type: 'progress', state: 'done', answers: { a: { right: true, html: '<b>' } } },
    { type: 'progress', state: 'done', answers: Object.fromEntries(Array.from({ length: limits.answers + 1 }, (_, index) => [`card-${index}`, { right: true }])) },
    { type: 'navigation', navigation: { back: true } }, { type: 'navigation', navigation: { back: true, forward: false, next: { id: 'b' } } }, { type: 'navigation', navigation: { back: true, forward: false, next: { id: 'b', title: 'x'.repeat(limits.title + 1) } } },
  ];
  for (const value of refusedByNote) it(`the note does not hear ${JSON.stringify(value)?.slice(0, 80) ?? 'undefined'}`, () => assert.equal(parseToNote(value), undefined));

  it('does not let an answer reach the prototype', () => {
    const parsed = parseToNote(JSON.parse('{"type":"progress","state":"done","answers":{"__proto__":{"right":true}}}'));
    assert.ok(parsed === undefined || (parsed.type === 'progress' && Object.keys(parsed.answers).length === 0));
    assert.equal(({} as { right?: unknown }).right, undefined);
  });

  it('reads what a page saved, and only that', () => {
    const saved = { topic: 'a', scroll: 120, visited: [{ topic: 'b', scroll: 3 }], drafts: { 'one-card': 'begun' } };
    assert.deepEqual(parseSavedNote(saved), saved);
    assert.equal(parseSavedNote({ ...saved, scroll: -1 }), undefined);
    assert.equal(parseSavedNote({ ...saved, topic: '../x' }), undefined);
    assert.equal(parseSavedNote(undefined), undefined);
  });
});
