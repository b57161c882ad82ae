import assert from 'node:assert/strict';
import fc from 'fast-check';
import { checksum, decodeLine, decodePiece, encodeHeader, encodeLine, faultOf } from '../../../src/core/progress/lines.js';

const value = fc.jsonValue({ maxDepth: 2 }).filter((v) => JSON.stringify(v) !== JSON.stringify(-0));

describe('lines of the event log', () => {
  it('come back as they were, in ASCII, one line each', () => {
    fc.assert(fc.property(fc.oneof(value, fc.string({ unit: 'binary' })), (v) => {
      const line = encodeLine(v);
      assert.match(line, /^[\x20-\x7e]+\n$/);
      assert.deepEqual(decodeLine(line, 0, line.length - 1), JSON.parse(JSON.stringify(v)));
    }), { numRuns: 1000 });
  });

  it('with one character changed are never taken for good', () => {
    const line = encodeLine({ id: 'a1', at: 1_700_000_000_000, type: 'topic', topic: 'caching', state: 'done' });
    for (let i = 0; i < line.length - 1; i++) {
      for (let code = 0; code < 256; code++) {
        if (code === line.charCodeAt(i)) continue;
        const changed = line.slice(0, i) + String.fromCharCode(code) + line.slice(i + 1);
        assert.equal(decodeLine(changed, 0, changed.length - 1), undefined, changed);
      }
    }
  });

  it('cut or joined anywhere are never taken for good', () => {
    const [a, b] = [encodeLine({ id: 'a', at: 1, type: 'reset' }), encodeLine({ id: 'b', at: 2, type: 'reset' })];
    for (let from = 0; from < a.length; from++) {
      for (let to = 0; to < b.length; to++) {
        const joined = a.slice(0, from) + b.slice(to);
        const { records } = decodePiece(joined, false);
        for (const record of records) assert.ok(['a', 'b'].includes((record as { id: string }).id));
      }
    }
  });

  it('have a sum that two places tell apart', () => {
    assert.equal(checksum(''), 0x811c9dc5);
    assert.equal(checksum('foobar'), 0xbf9cf968);
    assert.equal(checksum('xxfoobarxx', 2, 8), 0xbf9cf968);
  });

  it('make a file whose faults are named', () => {
    const fault = (text: string) => faultOf(decodePiece(text, true));
    const line = encodeLine({ id: 'a', at: 1, type: 'reset' });
    assert.equal(fault(encodeHeader() + line), undefined);
    assert.equal(fault(encodeHeader()), undefined);
    assert.equal(fault(''), 'empty');
    assert.equal(fault('{"some":"json"}\n'), 'foreign');
    assert.equal(fault('\x00\x01\x02'), 'foreign');
    assert.equal(fault('\n\n\n'), 'foreign');
    assert.equal(fault(line), 'damaged');
    assert.equal(fault(encodeHeader() + line.replace('a', 'b')), 'damaged');
    assert.equal(fault(encodeHeader(2) + line), 'damaged');
    assert.equal(fault(encodeHeader().slice(0, -1)), 'cutOff');
    assert.equal(fault(encodeHeader().slice(0, 5)), 'cutOff');
    assert.equal(fault(encodeHeader() + line + 'x'), 'cutOff');
  });
});
