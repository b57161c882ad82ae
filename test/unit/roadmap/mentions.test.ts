import assert from 'node:assert/strict';
import { findMentions, maxLines } from '../../../src/core/roadmap/mentions.js';

const find = (...lines: string[]) => findMentions(lines.length, (line) => lines[line] ?? '');

describe('mentions of topics in code', () => {
  for (const line of ['// roadmap: io-and-ipc', '  # roadmap: io-and-ipc', '-- roadmap: io-and-ipc', '/* roadmap: io-and-ipc */', ' * Roadmap: io-and-ipc', '<!-- roadmap: io-and-ipc -->', '; roadmap:io-and-ipc', '% roadmap: io-and-ipc', 'read(fd) // roadmap: io-and-ipc, see there']) {
    it(`finds one in ${line}`, () => assert.deepEqual(find('', line), [{ line: 1, topic: 'io-and-ipc' }]));
  }

  for (const line of ['roadmap: io-and-ipc', 'const roadmap: Roadmap = load()', '// roadmap:', '// the roadmap says', '// roadmap: ../../etc']) {
    it(`finds none in ${line}`, () => assert.deepEqual(find(line), []));
  }

  it('stops at a bounded number of lines and passes over very long ones', () => {
    let read = 0;
    findMentions(10 ** 9, () => { read++; return ''; });
    assert.equal(read, maxLines);
    assert.deepEqual(find(`// roadmap: go ${'x'.repeat(600)}`), []);
  });
});
