import type { CheckedStage } from '../../../../../src/runner/api.js';
import { Client } from '../client.js';
import { bulk, simple } from '../expected.js';
import { command } from '../resp.js';

const oneByOne = 'One client must not keep the server from the others: give each its own thread or task, or use non-blocking sockets with an event loop.';
const halfCommand = 'Half a command of one client is no business of the others: what has arrived of it waits in a buffer of its own connection, and nobody waits with it. Give each client its own thread or task, or use non-blocking sockets with an event loop.';

export const manyClients: CheckedStage = {
  id: 'many-clients',
  checks: [
    {
      id: 'idle-clients',
      title: 'answers one client while 190 others say nothing',
      async run(t) {
        const program = await t.start();
        const clients = [];
        for (let count = 0; count < 200; count++) clients.push(await Client.open(t, program));
        t.step('200 clients are connected, 190 of them idle');
        for (const client of t.random.shuffle(clients).slice(0, 10)) await client.expect(['PING'], simple('PONG'), { quiet: true, as: 'PING of one of 200 clients', remedy: `${oneByOne} Nor may there be a limit of so few.` });
        t.step('✔ 10 of them were answered');
      },
    },
    {
      id: 'half-command',
      title: 'is not held up by a client that stops in the middle of a command',
      async run(t) {
        const program = await t.start();
        const slow = await Client.open(t, program);
        const word = t.random.word(12);
        const bytes = command('PING', word);
        const cut = t.random.integer(5, bytes.length - 3);
        slow.send(bytes.slice(0, cut));
        t.step(`one client has sent ${cut} of ${bytes.length} bytes and waits`);
        const other = await Client.open(t, program);
        await other.expect(['PING'], simple('PONG'), { as: 'another client’s PING meanwhile', within: 1000, remedy: halfCommand });
        slow.send(bytes.slice(cut));
        await slow.expectReply(bulk(word), { as: 'the command that was finished later', remedy: 'Keep what has arrived of a command with its own connection, until the rest is there.' });
      },
    },
    {
      id: 'together',
      title: 'gives each of 100 clients its own answer',
      async run(t) {
        const program = await t.start();
        const clients = await Promise.all(Array.from({ length: 100 }, () => Client.open(t, program)));
        const words = clients.map(() => t.random.word(t.random.integer(4, 40)));
        for (const [index, client] of clients.entries()) client.send(command('PING', words[index]!));
        for (const [index, client] of clients.entries()) {
          await client.expectReply(bulk(words[index]!), { as: `client ${index + 1}’s PING ${words[index]!}`, quiet: true, remedy: 'Buffers and parser state belong to one connection each: nothing of them may be shared between clients.' });
        }
        t.step('✔ 100 clients at once, each with its own word');
      },
    },
    {
      id: 'vanishing-client',
      title: 'lives on when a client vanishes in the middle of a command',
      async run(t) {
        const program = await t.start();
        const witness = await Client.open(t, program);
        for (let count = 1; count <= 5; count++) {
          const vanishing = await Client.open(t, program);
          vanishing.send(command('PING', t.random.word()).slice(0, t.random.integer(1, 15)));
          // Time to read it: a reset that comes together with data may look like a polite end.
          await t.sleep(50);
          vanishing.reset();
          await t.sleep(100);
          await witness.expect(['PING'], simple('PONG'), { as: `another client’s PING (after reset ${count} of 5)`, quiet: true, remedy: 'A reset (ECONNRESET) is a client’s way of leaving: handle the error, close that connection, and go on.' });
        }
        t.step('✔ 5 clients were reset, and others are still answered');
        const late = await Client.open(t, program);
        await late.expect(['PING'], simple('PONG'), { as: 'a new client’s PING' });
      },
    },
  ],
};
