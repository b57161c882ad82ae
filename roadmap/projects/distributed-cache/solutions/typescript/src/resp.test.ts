//@ file 3
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CommandReader, encode, ProtocolError } from './resp.js';

test('gives whole commands, wherever the stream is cut', () => {
  const bytes = Buffer.from('*2\r\n$4\r\nPING\r\n$7\r\n\r\n\0$5*\xff\r\n*0\r\n*-1\r\n*1\r\n$0\r\n\r\n', 'latin1');
  for (let length = 1; length <= bytes.length; length += 1) {
    const reader = new CommandReader();
    const commands = [];
    for (let start = 0; start < bytes.length; start += length) {
      reader.push(bytes.subarray(start, start + length));
      for (let command = reader.next(); command !== undefined; command = reader.next()) commands.push(command);
    }
    assert.deepEqual(commands.map((words) => words.map((word) => word.toString('latin1'))), [['PING', '\r\n\0$5*\xff'], ['']]);
  }
});

test('refuses what is no length, and one that is too long, before its bytes arrive', () => {
  for (const bytes of ['*1\r\n$abc\r\n', '*1\r\n$-5\r\n', '*1\r\n$1073741825\r\n', '*1\r\n:1\r\n', '*x\r\n', 'PING\r\n']) {
    const reader = new CommandReader();
    reader.push(Buffer.from(bytes));
    assert.throws(() => reader.next(), ProtocolError, bytes);
  }
});

test('encodes a simple string, an error and a bulk string', () => {
  assert.equal(encode({ kind: 'simple', text: 'PONG' }).toString(), '+PONG\r\n');
  assert.equal(encode({ kind: 'error', message: 'ERR no' }).toString(), '-ERR no\r\n');
  assert.equal(encode({ kind: 'bulk', bytes: Buffer.from('grün') }).toString(), '$5\r\ngrün\r\n');
});
