import type { CheckedStage } from '../../../../../src/runner/api.js';
import { Client } from '../client.js';
import { array, error, integer, ok, simple } from '../expected.js';
import type { Reply } from '../resp.js';
import { grewLess, memoryOf } from './parser.js';

const bulkOf = (bytes: string): Reply => ({ kind: 'bulk', bytes });
const integerOf = (value: number): Reply => ({ kind: 'integer', value: BigInt(value) });
const subscribed = (channel: string, count: number) => array(bulkOf('subscribe'), bulkOf(channel), integerOf(count));
const message = (channel: string, text: string) => array(bulkOf('message'), bulkOf(channel), bulkOf(text));

export const pubsub: CheckedStage = {
  id: 'pubsub',
  checks: [
    {
      id: 'deliver',
      title: 'delivers what is published to every subscriber of the channel',
      async run(t) {
        const program = await t.start();
        const [first, second, elsewhere, publisher] = await Promise.all(Array.from({ length: 4 }, () => Client.open(t, program))) as [Client, Client, Client, Client];
        const [channel, other] = [t.random.word(), t.random.word()];
        await publisher.expect(['PUBLISH', channel, 'nobody hears'], integer(0), { remedy: 'PUBLISH answers how many clients received the message.' });
        await first.expect(['SUBSCRIBE', channel], subscribed(channel, 1), { remedy: 'The acknowledgement is an array of three: subscribe, the channel, and how many channels this client has now.' });
        await second.expect(['SUBSCRIBE', channel], subscribed(channel, 1));
        await elsewhere.expect(['SUBSCRIBE', other], subscribed(other, 1));
        const texts = Array.from({ length: 20 }, (_, index) => `${index}:${t.random.word(12)}`);
        await publisher.expectAll(texts.map((text) => ['PUBLISH', channel, text]), integer(2));
        for (const client of [first, second]) {
          for (const text of texts) await client.expectReply(message(channel, text), { as: `message ${text}`, unasked: true, quiet: true, remedy: 'A message is an array of three: message, the channel, the text. Messages of a channel keep their order.' });
        }
        t.step('✔ 20 messages reached both subscribers in order');
        await elsewhere.silent(50, 'A subscriber of another channel gets nothing.');
      },
    },
    {
      id: 'several-channels',
      title: 'counts channels and leaves them one by one',
      async run(t) {
        const program = await t.start();
        const [client, publisher] = [await Client.open(t, program), await Client.open(t, program)];
        const [a, b] = [t.random.word(), t.random.word()];
        client.send(`*3\r\n$9\r\nSUBSCRIBE\r\n$8\r\n${a}\r\n$8\r\n${b}\r\n`);
        await client.expectReply(subscribed(a, 1), { as: `SUBSCRIBE ${a} ${b}, first acknowledgement`, remedy: 'One acknowledgement for each channel.' });
        await client.expectReply(subscribed(b, 2), { as: `SUBSCRIBE ${a} ${b}, second acknowledgement` });
        await client.expect(['UNSUBSCRIBE', a], array(bulkOf('unsubscribe'), bulkOf(a), integerOf(1)));
        await publisher.expect(['PUBLISH', a, 'x'], integer(0));
        await publisher.expect(['PUBLISH', b, 'y'], integer(1));
        await client.expectReply(message(b, 'y'), { as: 'the message on the channel that is left', unasked: true });
        await client.expect(['UNSUBSCRIBE', b], array(bulkOf('unsubscribe'), bulkOf(b), integerOf(0)));
        await client.expect(['PING'], simple('PONG'), { remedy: 'Without a channel the connection is an ordinary one again: PING answers +PONG.' });
      },
    },
    {
      id: 'subscriber-mode',
      title: 'takes few commands from a subscriber',
      async run(t) {
        const client = await Client.open(t, await t.start());
        const channel = t.random.word();
        await client.expect(['SUBSCRIBE', channel], subscribed(channel, 1));
        await client.expect(['GET', 'k'], error('ERR', "Can't execute 'get'"), { remedy: 'A RESP2 client that has subscribed reads messages; only SUBSCRIBE, UNSUBSCRIBE, PING and QUIT are allowed.' });
        await client.expect(['PING'], array(bulkOf('pong'), bulkOf('')), { remedy: 'For a subscriber PING answers an array: pong and the argument, or an empty string.' });
        await client.expect(['PING', 'hi'], array(bulkOf('pong'), bulkOf('hi')));
      },
    },
    {
      id: 'gone-subscriber',
      title: 'forgets a subscriber that has left',
      async run(t) {
        const program = await t.start();
        const [stays, leaves, vanishes, publisher] = await Promise.all(Array.from({ length: 4 }, () => Client.open(t, program))) as [Client, Client, Client, Client];
        const channel = t.random.word();
        for (const client of [stays, leaves, vanishes]) await client.expect(['SUBSCRIBE', channel], subscribed(channel, 1), { quiet: true });
        await publisher.expect(['PUBLISH', channel, 'all'], integer(3));
        leaves.end();
        vanishes.reset();
        let last = 0n;
        const dropped = await t.until(3000, async () => {
          const reply = await publisher.call('PUBLISH', channel, 'still');
          last = reply.kind === 'integer' ? reply.value : -1n;
          return last === 1n ? true : undefined;
        });
        t.expect(dropped === true, () => ({ summary: 'Subscribers that have left are still counted after 3 s.', expected: 'integer 1', actual: `integer ${last}`, remedy: 'When a connection ends, by a close or a reset, take it out of every channel.' }));
        t.step('✔ PUBLISH counts the one that stayed');
      },
    },
    {
      id: 'slow-subscriber',
      title: 'lets no slow subscriber stall the others',
      limitSec: 60,
      memoryMb: 400,
      async run(t) {
        const program = await t.start();
        const [slow, healthy, publisher] = await Promise.all(Array.from({ length: 3 }, () => Client.open(t, program))) as [Client, Client, Client];
        const channel = t.random.word();
        await slow.expect(['SUBSCRIBE', channel], subscribed(channel, 1), { quiet: true });
        await healthy.expect(['SUBSCRIBE', channel], subscribed(channel, 1), { quiet: true });
        slow.pause();
        const before = await memoryOf(program);
        const text = 'm'.repeat(1500);
        const batches = 100;
        t.step('one subscriber stops reading; 100,000 messages of 1.5 kB are published');
        for (let batch = 0; batch < batches; batch++) {
          const commands = Array.from({ length: 1000 }, (_, index) => ['PUBLISH', channel, `${batch * 1000 + index}:${text}`]);
          const [replies] = await Promise.all([
            publisher.pipeline(commands, { within: 10_000, remedy: 'Publishing never waits for a subscriber: queue the message for each and go on.' }),
            (async () => {
              for (let index = 0; index < 1000; index++) {
                await healthy.expectReply(message(channel, `${batch * 1000 + index}:${text}`), { as: `message ${batch * 1000 + index} to the healthy subscriber`, unasked: true, within: 15_000, quiet: true, remedy: 'What one subscriber does not read must not keep messages from another, nor lose them.' });
              }
            })(),
          ]);
          const refused = replies.find((reply) => reply.kind !== 'integer');
          t.expect(refused === undefined, () => ({ summary: 'PUBLISH was refused.', expected: 'integer 1 or 2', actual: refused!.kind, remedy: 'A slow subscriber is no reason to refuse a message to the others.' }));
        }
        t.step('✔ the healthy subscriber got all of them, in order');
        await grewLess(t, program, before, 96 * 1024 * 1024, 'Bound what you keep for a client that does not read: Redis closes a subscriber whose output reaches 32 MB.');
        const other = await Client.open(t, program);
        await other.expect(['SET', 'k', 'v'], ok, { as: 'SET of another client' });
      },
    },
  ],
};
