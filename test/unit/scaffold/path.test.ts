import assert from 'node:assert/strict';
import { posix, win32 } from 'node:path';
import fc from 'fast-check';
import { collisionKey, longestName, longestPath, problemOfName, problemOfPath } from '../../../src/core/scaffold/path.js';

function visible(text: string): string {
  return JSON.stringify(text).replace(/[^ -~]/gu, (character) => `\\u{${character.codePointAt(0)!.toString(16)}}`);
}

describe('scaffold paths', () => {
  const refused: [string, string][] = [
    ['', 'empty'], ['/etc/passwd', 'absolute'], ['C:/x', 'absolute'], ['c:x', 'absolute'], ['//server/share', 'absolute'],
    ['..', 'dotSegment'], ['../x', 'dotSegment'], ['a/../../x', 'dotSegment'], ['a/./b', 'dotSegment'], ['．．/x', 'dotSegment'],
    ['a\\..\\b', 'backslash'], ['\\\\server\\share', 'backslash'], ['a/＼b', 'backslash'],
    ['a//b', 'emptySegment'], ['a/', 'emptySegment'],
    ['a\0b', 'controlCharacter'], ['a\nb', 'controlCharacter'], ['a\u007fb', 'controlCharacter'], ['a\u202eb', 'controlCharacter'], ['a\ud800', 'controlCharacter'],
    ...[...'<>:"|?*'].map((character): [string, string] => [`a/b${character}c`, 'reservedCharacter']),
    ['file.txt:stream', 'reservedCharacter'], ['a／b', 'reservedCharacter'],
    ['CON', 'reservedName'], ['a/nul', 'reservedName'], ['Aux.txt', 'reservedName'], ['nul.tar.gz', 'reservedName'], ['com1', 'reservedName'],
    ['COM¹', 'reservedName'], ['lpt³.log', 'reservedName'], ['prn/x', 'reservedName'], ['con .txt', 'reservedName'], ['CONIN$', 'reservedName'], ['ＣＯＮ', 'reservedName'],
    ['a.', 'endsInDotOrSpace'], ['a /b', 'endsInDotOrSpace'], ['...', 'endsInDotOrSpace'],
    ['.git', 'gitFolder'], ['.git/hooks/pre-commit', 'gitFolder'], ['a/.GIT/config', 'gitFolder'], ['git~1/config', 'gitFolder'], ['.g\u200cit/config', 'controlCharacter'],
    [`${'a/'.repeat(longestPath / 2)}bc`, 'tooLong'],
  ];
  for (const [path, problem] of refused) {
    it(`refuses ${visible(path).slice(0, 40)}: ${problem}`, () => { assert.equal(problemOfPath(path), problem); });
  }

  it('accepts the names that projects have', () => {
    for (const path of ['README.md', '.gitignore', '.github/workflows/ci.yml', '.devcontainer/devcontainer.json', 'src/com10.ts', 'console.ts', 'grün/日本.txt', 'a b', '..a', 'a..b', 'auxiliary.c']) {
      assert.equal(problemOfPath(path), undefined, path);
    }
  });

  it('counts the bytes of a name', () => {
    assert.equal(problemOfName('a'.repeat(longestName)), undefined);
    assert.equal(problemOfName('a'.repeat(longestName + 1)), 'tooLong');
    assert.equal(problemOfName('ü'.repeat(128)), 'tooLong');
  });

  it('takes names for one file that any system does', () => {
    for (const [a, b] of [['README', 'readme'], ['grün', 'gru\u0308n'], ['ſ', 'S'], ['Straße', 'STRASSE'], ['\u212aelvin', 'kelvin'], ['ﬁle', 'file']] as const) {
      assert.equal(collisionKey(a), collisionKey(b), `${a} ${b}`);
    }
    assert.notEqual(collisionKey('a'), collisionKey('b'));
  });

  const hostile = fc.array(fc.oneof(
    fc.constantFrom('..', '.', '', '/', '\\', 'C:', 'c:', 'a', 'b.txt', '~', ' ', '\0', '．．', '／', '%2e%2e', 'nul', '.git', 'ü', '\u0301'),
    fc.string({ unit: 'binary', maxLength: 6 }),
  ), { maxLength: 8 }).chain((parts) => fc.constantFrom('/', '\\', '').map((separator) => parts.join(separator)));

  it('accepts no path that leaves the folder, on POSIX or on Windows, in any Unicode form', () => {
    fc.assert(fc.property(hostile, (path) => {
      if (problemOfPath(path) !== undefined) return;
      for (const form of [path, path.normalize('NFC'), path.normalize('NFD'), path.normalize('NFKC')]) {
        for (const [system, root] of [[posix, '/folder/inside'], [win32, 'D:\\folder\\inside']] as const) {
          const resolved = system.resolve(root, form);
          assert.ok(resolved.startsWith(root + system.sep), `${JSON.stringify(path)} → ${resolved}`);
          assert.equal(system.isAbsolute(form), false);
          // Nothing of it is normalised away: what is checked is what is written.
          assert.equal(system.relative(root, resolved).split(system.sep).join('/'), form);
        }
      }
    }), { numRuns: 5000 });
  });
});
