import type { CheckedStage } from '../../../../../src/runner/api.js';
import { Client } from '../client.js';
import { bulk, bulks, error, integer, nil, ok, simple } from '../expected.js';

export const strings: CheckedStage = {
  id: 'strings',
  checks: [
    {
      id: 'set-get',
      title: 'keeps a value under its key',
      async run(t) {
        const client = await Client.open(t, await t.start());
        const [key, first, second] = [t.random.word(), t.random.word(20), t.random.word(5)];
        await client.expect(['GET', key], nil, { remedy: 'A key that is not there is the null bulk string $-1\\r\\n, which is not the empty one.' });
        await client.expect(['SET', key, first], ok);
        await client.expect(['GET', key], bulk(first));
        await client.expect(['SET', key, second], ok);
        await client.expect(['GET', key], bulk(second), { remedy: 'SET replaces the value that was there.' });
        await client.expect(['SET', key, ''], ok);
        await client.expect(['GET', key], bulk(''), { remedy: 'An empty value is a value: $0\\r\\n\\r\\n.' });
      },
    },
    {
      id: 'binary',
      title: 'takes any bytes as key and value',
      async run(t) {
        const client = await Client.open(t, await t.start());
        const random = (length: number): string => Array.from({ length }, () => String.fromCharCode(t.random.integer(0, 255))).join('');
        const same = t.random.word(8);
        // As UTF-8 the first two are the same text: each begins with a byte that is no character.
        const keys = [`\x80${same}`, `\xff${same}`, `\xff\x00${random(8)}`, 'a key with \r\n in it', ''];
        const values = keys.map(() => random(40));
        const remedy = 'Keys and values are bytes: do not decode them as text, where different bytes become the same character.';
        for (const [index, key] of keys.entries()) await client.expect(['SET', key, values[index]!], ok, { as: `SET of key ${index + 1}` });
        for (const [index, key] of keys.entries()) await client.expect(['GET', key], bulk(values[index]!), { as: `GET of key ${index + 1}`, remedy });
        await client.expect(['SET', 'Key', 'upper'], ok);
        await client.expect(['GET', 'key'], nil, { remedy: 'Only names of commands are compared without regard to case; keys are not.' });
      },
    },
    {
      id: 'shared',
      title: 'shows every client the same data',
      async run(t) {
        const program = await t.start();
        const [writer, reader] = [await Client.open(t, program), await Client.open(t, program)];
        const [key, value] = [t.random.word(), t.random.word(20)];
        await writer.expect(['SET', key, value], ok);
        await reader.expect(['GET', key], bulk(value), { as: `GET ${key} by another client`, remedy: 'The store belongs to the server, not to a connection.' });
      },
    },
    {
      id: 'del-exists',
      title: 'deletes keys and counts them',
      async run(t) {
        const client = await Client.open(t, await t.start());
        const [a, b] = [t.random.word(), t.random.word()];
        await client.expect(['MSET', a, '1', b, '2'], ok);
        await client.expect(['EXISTS', a, a, 'nowhere'], integer(2), { remedy: 'EXISTS counts its arguments: a key named twice counts twice.' });
        await client.expect(['DEL', a, 'nowhere'], integer(1), { remedy: 'DEL answers how many keys it removed.' });
        await client.expect(['GET', a], nil);
        await client.expect(['EXISTS', a, b], integer(1));
        await client.expect(['DEL', b, b], integer(1), { remedy: 'The second time the key is gone already.' });
      },
    },
    {
      id: 'mget',
      title: 'sets and gets several keys at once',
      async run(t) {
        const client = await Client.open(t, await t.start());
        const [a, b] = [t.random.word(), t.random.word()];
        const [one, two] = [t.random.word(3), t.random.word(12)];
        await client.expect(['MSET', a, one, b, two], ok);
        await client.expect(['MGET', b, 'nowhere', a], bulks(two, null, one), { remedy: 'One value for each key, in the order asked for, and a null for a key that is not there.' });
        await client.expect(['MSET', a], error('ERR', "wrong number of arguments for 'mset' command"));
        await client.expect(['MSET', a, 'x', b], error('ERR', "wrong number of arguments for 'mset' command"), { remedy: 'Keys and values come in pairs; an odd number of arguments is refused, and sets nothing.' });
        await client.expect(['GET', a], bulk(one), { remedy: 'A refused MSET must not have set anything.' });
      },
    },
    {
      id: 'counters',
      title: 'counts in 64 bits',
      async run(t) {
        const client = await Client.open(t, await t.start());
        const key = t.random.word();
        const by = t.random.integer(100, 999);
        await client.expect(['INCR', key], integer(1), { remedy: 'A key that is not there counts from 0.' });
        await client.expect(['INCRBY', key, by], integer(1 + by));
        await client.expect(['DECR', key], integer(by));
        await client.expect(['INCRBY', key, -by - 5], integer(-5));
        await client.expect(['GET', key], bulk('-5'), { remedy: 'A counter is an ordinary value: its decimal digits.' });
        await client.expect(['SET', key, '9223372036854775806'], ok);
        await client.expect(['INCR', key], integer(9223372036854775807n), { remedy: 'Counters are signed 64-bit integers; a double is exact up to 2^53 only.' });
        const overflow = error('ERR', 'increment or decrement would overflow');
        await client.expect(['INCR', key], overflow, { remedy: 'Refuse what would leave the range of a signed 64-bit integer, and leave the value as it was.' });
        await client.expect(['GET', key], bulk('9223372036854775807'));
        await client.expect(['SET', key, '-9223372036854775808'], ok);
        await client.expect(['DECR', key], overflow);
      },
    },
    {
      id: 'not-a-number',
      title: 'refuses to count what is no integer',
      async run(t) {
        const client = await Client.open(t, await t.start());
        const key = t.random.word();
        const refused = error('ERR', 'value is not an integer or out of range');
        for (const value of ['abc', '', '1.5', ' 7', '99999999999999999999']) {
          await client.expect(['SET', key, value], ok, { quiet: true });
          await client.expect(['INCR', key], refused, { as: `INCR of "${value}"`, remedy: 'An integer is an optional - and digits, nothing else, within 64 bits.' });
          await client.expect(['GET', key], bulk(value), { quiet: true, remedy: 'A refused INCR must leave the value as it was.' });
        }
        await client.expect(['INCRBY', key, 'x'], refused);
      },
    },
    {
      id: 'set-options',
      title: 'sets only when there is a key, or when there is none',
      async run(t) {
        const client = await Client.open(t, await t.start());
        const [key, first, second] = [t.random.word(), t.random.word(), t.random.word()];
        await client.expect(['SET', key, first, 'XX'], nil, { remedy: 'XX sets only a key that exists; otherwise the reply is the null bulk string.' });
        await client.expect(['SET', key, first, 'NX'], ok);
        await client.expect(['SET', key, second, 'nx'], nil, { remedy: 'NX sets only a key that does not exist. Options are read without regard to case.' });
        await client.expect(['GET', key], bulk(first));
        await client.expect(['SET', key, second, 'XX'], ok);
        await client.expect(['SET', key, first, 'GET'], bulk(second), { remedy: 'With GET the reply is the value before.' });
        await client.expect(['GET', key], bulk(first));
        await client.expect(['SET', key, 'x', 'NX', 'XX'], error('ERR', 'syntax error'));
        await client.expect(['SET', key, 'x', 'NOPE'], error('ERR', 'syntax error'));
      },
    },
    {
      id: 'errors',
      title: 'answers mistakes with errors, and lives on',
      async run(t) {
        const client = await Client.open(t, await t.start());
        const key = t.random.word();
        await client.expect(['GET'], error('ERR', "wrong number of arguments for 'get' command"), { remedy: 'Check the number of arguments before the command runs. The text names the command in lower case.' });
        await client.expect(['GET', key, key], error('ERR', "wrong number of arguments for 'get' command"));
        await client.expect(['SET', key], error('ERR', "wrong number of arguments for 'set' command"));
        await client.expect(['EXISTS', key], integer(0), { remedy: 'A refused SET must not have created the key.' });
        const unknown = t.random.word(6).toUpperCase();
        await client.expect([unknown, 'a', 'b'], error('ERR', `unknown command '${unknown}'`), { remedy: 'Name the command as it was sent, in single quotes, and keep the connection open.' });
        await client.expect(['PING'], simple('PONG'));
      },
    },
    {
      id: 'type',
      title: 'tells the type of a key',
      async run(t) {
        const client = await Client.open(t, await t.start());
        const key = t.random.word();
        await client.expect(['TYPE', key], simple('none'));
        await client.expect(['SET', key, '1'], ok);
        await client.expect(['TYPE', key], simple('string'), { remedy: 'Everything is a string here, counters too: +string, or +none.' });
      },
    },
  ],
};
