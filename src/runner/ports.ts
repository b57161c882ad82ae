import { randomInt } from 'node:crypto';
import { createServer } from 'node:net';

/**
 * Below the ports from which Linux (32768), macOS and Windows (49152) choose one for a connection or for who asks for any: in that range
 * the checks' own connections would take a port between our finding it free and the program's binding it.
 */
const [first, last] = [20_000, 32_000];
const given = new Set<number>();

/** Ports of the loopback address that are free, all different; none is given twice by this process. @throws Error when there are none. */
export async function freePorts(count: number): Promise<number[]> {
  const ports: number[] = [];
  for (let tries = 0; ports.length < count; tries++) {
    if (tries > 1000 + 10 * count) throw new Error(`No free port was found between ${first} and ${last}.`);
    const port = randomInt(first, last);
    if (given.has(port) || !(await isFree(port))) continue;
    given.add(port);
    ports.push(port);
  }
  return ports;
}

async function isFree(port: number): Promise<boolean> {
  const server = createServer();
  const free = await new Promise<boolean>((resolve) => { server.once('error', () => { resolve(false); }).listen({ port, host: '127.0.0.1', exclusive: true }, () => { resolve(true); }); });
  if (free) await new Promise((resolve) => server.close(resolve));
  return free;
}
