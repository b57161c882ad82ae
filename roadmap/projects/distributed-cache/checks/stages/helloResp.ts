import type { CheckedStage } from '../../../../../src/runner/api.js';
import { Client } from '../client.js';
import { bulk, simple } from '../expected.js';
import { command } from '../resp.js';

export const helloResp: CheckedStage = {
  id: 'hello-resp',
  checks: [
    {
      id: 'ping',
      title: 'answers PING',
      async run(t) {
        const client = await Client.open(t, await t.start());
        await client.expect(['PING'], simple('PONG'));
      },
    },
    {
      id: 'same-connection',
      title: 'answers again and again on one connection',
      async run(t) {
        const client = await Client.open(t, await t.start());
        for (let count = 1; count <= 20; count++) {
          await client.expect(['PING'], simple('PONG'), { as: `PING number ${count}`, quiet: true, remedy: 'Read and answer in a loop until the client leaves.' });
        }
        t.step('✔ 20 × PING on one connection');
      },
    },
    {
      id: 'whole-command',
      title: 'answers when the whole command has arrived, not before',
      async run(t) {
        const client = await Client.open(t, await t.start());
        const bytes = command('PING');
        const word = bytes.indexOf('PING');
        const remedy = 'Keep the bytes of an unfinished command until the rest has arrived: one read may give half a command.';
        // Within the lengths, within the word, and before the line end behind it.
        for (const cut of [t.random.integer(1, word - 1), t.random.integer(word + 1, word + 3), t.random.integer(word + 4, bytes.length - 1)]) {
          client.send(bytes.slice(0, cut));
          await client.silent(100, remedy);
          client.send(bytes.slice(cut));
          await client.expectReply(simple('PONG'), { as: `PING in two pieces (${cut} and ${bytes.length - cut} bytes)`, remedy });
        }
      },
    },
    {
      id: 'any-case',
      title: 'takes a command’s name in any case',
      async run(t) {
        const client = await Client.open(t, await t.start());
        for (const name of ['ping', 'Ping', 'pInG']) await client.expect([name], simple('PONG'), { remedy: 'Compare names of commands without regard to case.' });
      },
    },
    {
      id: 'argument',
      title: 'answers PING with its argument',
      async run(t) {
        const client = await Client.open(t, await t.start());
        for (const length of [t.random.integer(3, 9), t.random.integer(20, 60), 1]) {
          const word = t.random.word(length);
          await client.expect(['PING', word], bulk(word), { remedy: 'PING with an argument answers that argument as a bulk string: $, its length in bytes, \\r\\n, the bytes, \\r\\n.' });
        }
      },
    },
    {
      id: 'next-client',
      title: 'serves the next client when the first has left',
      async run(t) {
        const program = await t.start();
        const first = await Client.open(t, program);
        await first.expect(['PING'], simple('PONG'), { as: 'the first client’s PING' });
        first.end();
        await first.expectClosed('Close your side when the client has closed its own: a read that gives no bytes is the end.');
        const second = await Client.open(t, program);
        await second.expect(['PING'], simple('PONG'), { as: 'the second client’s PING', remedy: 'Accept in a loop: when a client has left, the next one is served.' });
      },
    },
  ],
};
