import { Inconclusive, type CheckContext, type CheckedStage, type Program } from '../../../../../src/runner/api.js';
import { Client } from '../client.js';
import { bulk, error, simple } from '../expected.js';
import { command } from '../resp.js';

const megabyte = 1024 * 1024;

export const parser: CheckedStage = {
  id: 'parser',
  checks: [
    {
      id: 'byte-by-byte',
      title: 'takes a command that arrives byte by byte',
      async run(t) {
        const client = await Client.open(t, await t.start());
        const word = t.random.word(10);
        for (const byte of command('PING', word)) {
          client.send(byte);
          await t.sleep(1);
        }
        await client.expectReply(bulk(word), { as: `PING ${word}, one byte at a time`, remedy: 'One read is not one command. Collect bytes until a command is whole; the parser must be able to stop anywhere.' });
      },
    },
    {
      id: 'pipeline',
      title: 'answers commands that arrive in one piece, in order',
      async run(t) {
        const client = await Client.open(t, await t.start());
        const words = [t.random.word(3), t.random.word(30), t.random.word(7)];
        client.send(words.map((word) => command('PING', word)).join(''));
        for (const [index, word] of words.entries()) {
          await client.expectReply(bulk(word), { as: `PING ${word} (${index + 1} of 3 in one piece)`, remedy: 'After one command look at once for the next in what has arrived, and answer in the order of the commands.' });
        }
        const remedy = 'Behind a whole command there may be the beginning of the next one: keep it until the rest arrives.';
        client.send(command('PING', 'whole') + command('PING', 'half').slice(0, 9));
        await client.expectReply(bulk('whole'), { as: 'the whole command before half a one', remedy });
        client.send(command('PING', 'half').slice(9));
        await client.expectReply(bulk('half'), { as: 'PING half, of which 9 bytes came behind the command before', remedy });
      },
    },
    {
      id: 'binary',
      title: 'keeps every byte of a value, \\r\\n and \\0 among them',
      async run(t) {
        const client = await Client.open(t, await t.start());
        const remedy = 'A bulk string is as long as its length says, whatever is in it. Never search for its end, and never decode it as text.';
        await client.expect(['PING', '\x00\r\n\xff$*\r\n'], bulk('\x00\r\n\xff$*\r\n'), { remedy });
        const all = t.random.shuffle(Array.from({ length: 256 }, (_, byte) => String.fromCharCode(byte))).join('');
        await client.expect(['PING', all], bulk(all), { as: 'PING with all 256 bytes', remedy });
        await client.expect(['PING', ''], bulk(''), { as: 'PING with an empty argument', remedy: 'An empty bulk string is $0\\r\\n\\r\\n.' });
      },
    },
    {
      id: 'large',
      title: 'takes 10 MB in pieces of 64 kB',
      limitSec: 40,
      memoryMb: 300,
      async run(t) {
        const client = await Client.open(t, await t.start());
        const block = Array.from({ length: 4096 }, () => String.fromCharCode(t.random.integer(0, 255))).join('');
        const value = block.repeat(10 * megabyte / block.length);
        const bytes = command('PING', value);
        const started = Date.now();
        for (let at = 0; at < bytes.length; at += 65_536) {
          client.send(bytes.slice(at, at + 65_536));
          if (at % megabyte === 0) await t.sleep(1);
        }
        await client.expectReply(bulk(value), {
          as: 'PING with 10 MB', within: 10_000,
          remedy: 'Do not copy or search all that has arrived each time a piece comes: note how many bytes are missing, and collect until they are there.',
        });
        t.step(`10 MB there and back in ${Date.now() - started} ms`);
      },
    },
    {
      id: 'empty-commands',
      title: 'ignores empty commands',
      async run(t) {
        const client = await Client.open(t, await t.start());
        client.send(`*0\r\n*-1\r\n${command('PING')}`);
        await client.expectReply(simple('PONG'), { as: 'PING after *0 and *-1', remedy: 'An array of no elements, or a null array, is a command of nothing: skip it without an answer.' });
      },
    },
    {
      id: 'bad-lengths',
      title: 'refuses bytes that are no RESP, and closes',
      async run(t) {
        const program = await t.start();
        const remedy = 'After bytes that are no RESP nothing on this connection makes sense: answer -ERR Protocol error: …, then close it.';
        for (const [bytes, words] of [['*1\r\n$abc\r\n', 'invalid bulk length'], ['*1\r\n$-5\r\n', 'invalid bulk length'], ['*abc\r\n', 'invalid multibulk length']] as const) {
          const client = await Client.open(t, program);
          client.send(bytes);
          await client.expectReply(error('ERR', `Protocol error: ${words}`), { as: JSON.stringify(bytes), remedy });
          await client.expectClosed('Close the connection after the protocol error.');
        }
        const other = await Client.open(t, program);
        await other.expect(['PING'], simple('PONG'), { as: 'PING of the next client' });
      },
    },
    {
      id: 'huge-length',
      title: 'does not trust a length of more than 512 MB',
      async run(t) {
        const program = await t.start();
        const client = await Client.open(t, program);
        await client.expect(['PING'], simple('PONG'), { quiet: true });
        const before = await memoryOf(program);
        client.send('*2\r\n$4\r\nPING\r\n$1073741825\r\n');
        await client.expectReply(error('ERR', 'Protocol error: invalid bulk length'), {
          as: 'a bulk string of 1 GiB', remedy: 'Refuse a length above 512 MB (536,870,912 bytes, Redis’s own limit) when you read it, before any memory is asked for.',
        });
        await client.expectClosed('Close the connection after the protocol error.');
        await grewLess(t, program, before, 64 * megabyte, 'Take memory as bytes arrive, not as a client announces them.');
      },
    },
  ],
};

export async function memoryOf(program: Program): Promise<number> {
  const bytes = await program.memory();
  if (bytes === undefined) throw new Inconclusive({ summary: 'The system does not tell how much memory the program uses.', remedy: 'Run this check on a machine where it does.' });
  return bytes;
}

/** The program's resident memory has not grown by more than `limit` bytes since it was `before`. */
export async function grewLess(t: CheckContext, program: Program, before: number, limit: number, remedy: string): Promise<void> {
  const grown = await memoryOf(program) - before;
  const inMegabytes = (bytes: number): string => `${Math.round(bytes / megabyte)} MB`;
  t.expect(grown <= limit, () => ({ summary: `The program’s memory grew by ${inMegabytes(grown)}.`, expected: `at most ${inMegabytes(limit)}`, actual: inMegabytes(grown), remedy }));
  t.step(`✔ memory grew by ${inMegabytes(Math.max(0, grown))} of at most ${inMegabytes(limit)}`);
}
