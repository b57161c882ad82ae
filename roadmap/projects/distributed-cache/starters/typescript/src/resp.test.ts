import assert from 'node:assert/strict';
import { test } from 'node:test';
import { encode, parseCommand } from './resp.js';

test('takes one whole command off the front, and waits for the rest', () => {
  const bytes = Buffer.from('*2\r\n$4\r\nPING\r\n$5\r\nhello\r\n');
  assert.deepEqual(parseCommand(Buffer.concat([bytes, Buffer.from('*1\r\n$4')])), {
    command: [Buffer.from('PING'), Buffer.from('hello')],
    used: bytes.length,
  });
  for (let length = 0; length < bytes.length; length += 1) {
    assert.equal(parseCommand(bytes.subarray(0, length)), undefined, `${length} of ${bytes.length} bytes are no whole command`);
  }
});

test('encodes a simple string, an error and a bulk string', () => {
  assert.equal(encode({ kind: 'simple', text: 'PONG' }).toString(), '+PONG\r\n');
  assert.equal(encode({ kind: 'error', message: 'ERR no' }).toString(), '-ERR no\r\n');
  assert.equal(encode({ kind: 'bulk', bytes: Buffer.from('grün') }).toString(), '$5\r\ngrün\r\n');
});
