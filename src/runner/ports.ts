import { randomInt } from 'node:crypto';
import { createSocket } from 'node:dgram';
import { createServer } from 'node:net';

/**
 * Below the ports from which Linux (32768), macOS and Windows (49152) choose one for a connection or for who asks for any: in that range
 * the checks' own connections would take a port between our finding it free and the program's binding it.
 */
const range = [20_000, 32_000] as const;

/** TCP ports of the loopback address that are free, all different; none is given twice while this process runs, by no runner. @throws Error when there are none. */
export async function freePorts(count: number, [first, last]: readonly [number, number] = range): Promise<number[]> {
  const ports: number[] = [];
  for (let tries = 0; ports.length < count; tries++) {
    if (tries > 1000 + 10 * count) throw new Error(`No free port was found between ${first} and ${last}.`);
    const port = randomInt(first, last);
    if (await reserve(port)) ports.push(port);
  }
  return ports;
}

/**
 * Holds the UDP port of the same number until this process ends. A program's TCP is not hindered by it, but other runners see that the
 * port is taken: without it two of them may find it free at the same time, and one would talk to the program of the other.
 */
async function reserve(port: number): Promise<boolean> {
  const hold = createSocket('udp4').unref();
  const held = await new Promise<boolean>((resolve) => { hold.once('error', () => { resolve(false); }).bind({ port, address: '127.0.0.1', exclusive: true }, () => { resolve(true); }); });
  if (held && await isFree(port)) return true;
  hold.close();
  return false;
}

async function isFree(port: number): Promise<boolean> {
  const server = createServer();
  const free = await new Promise<boolean>((resolve) => { server.once('error', () => { resolve(false); }).listen({ port, host: '127.0.0.1', exclusive: true }, () => { resolve(true); }); });
  if (free) await new Promise((resolve) => server.close(resolve));
  return free;
}
