import assert from 'node:assert/strict';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { freePorts } from '../../../src/runner/ports.js';

describe('free ports', () => {
  it('are those that neither a server nor another runner has, each given once', async () => {
    const [server, runner] = [createServer(), createSocket('udp4')];
    try {
      const [first] = await freePorts(1, [19_000, 19_990]);
      await once(server.listen(first! + 1, '127.0.0.1'), 'listening');
      await once(runner.bind(first! + 2, '127.0.0.1'), 'listening');
      assert.deepEqual((await freePorts(2, [first!, first! + 5])).sort(), [first! + 3, first! + 4]);
      await assert.rejects(freePorts(1, [first!, first! + 5]), /No free port/u);
    } finally {
      server.close();
      runner.close();
    }
  });

  it('can be listened on', async () => {
    const [port] = await freePorts(1);
    const server = createServer();
    await once(server.listen(port, '127.0.0.1'), 'listening');
    server.close();
  });
});
