import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Random } from '../../../../src/core/checks/random.js';
import { fillArgv } from '../../../../src/core/checks/manifest.js';
import { Program } from '../../../../src/runner/program.js';
import { Blocked, freePorts, type Run } from '../../../../src/runner/api.js';
import { urlOf } from './database/cluster.js';
import { Databases } from './database/databases.js';
import { download } from './database/download.js';
import { findInstallation } from './database/installation.js';
import { given } from './database/open.js';
import { ports } from './slowRequest.js';
import { capture } from './wire/capture.js';
import { DatabaseWire } from './wire/databaseWire.js';
import { PricingService } from './wire/pricing.js';
import { Tap } from './wire/tap.js';

/** Sees to a database, and records the captures of this learner's project. @param agreed to the database's download. */
export async function prepare(run: Run, agreed: boolean): Promise<void> {
  if (given() === undefined && findInstallation(run.out) === undefined) await download(run, agreed);
  const folder = join(run.root, 'captures');
  if (existsSync(join(folder, 'slow-request.pcap')) && existsSync(join(folder, 'nagle.pcap'))) {
    // Answers were read from them.
    run.tell('The captures are there already, and stay as they are. To record new ones, remove the folder captures and prepare again.');
    return;
  }
  await mkdir(folder, { recursive: true });
  run.tell('Recording captures/slow-request.pcap …');
  await writeFile(join(folder, 'slow-request.pcap'), await recordSlowRequest(run));
  run.tell('Recording captures/nagle.pcap …');
  await writeFile(join(folder, 'nagle.pcap'), await recordNagle());
  run.tell('The project is prepared.');
}

/** The project as it was handed over, asked for a list of orders and a few customers, seen on all three wires. */
async function recordSlowRequest(run: Run): Promise<Buffer> {
  const { baseline } = run;
  if (baseline === undefined) throw new Error('There is nothing to record: the starter was not built.');
  const random = new Random(run.seed, 'capture');
  const databases = await Databases.open(run);
  const { cluster } = databases;
  const name = await databases.create({ customers: random.integer(300, 700), orders: random.integer(700, 1400) }, false);
  const wire = await DatabaseWire.open({ host: cluster.host, port: cluster.port, roundTripMs: 1, record: true });
  const pricing = await PricingService.open({ record: true });
  const [port] = await freePorts(1);
  const program = new Program({
    argv: fillArgv(Object.values(baseline.manifest.run)[0]!, baseline.tools), root: baseline.root, port: port!, register: run.register,
    variables: { HOST: '127.0.0.1', PORT: String(port), DATA_DIR: await mkdtemp(join(run.scratch, 'data-')), ROADMAP_STAGE: '2', DATABASE_URL: urlOf(cluster, name, wire.port), PRICING_URL: pricing.url },
  });
  try {
    await program.listening(baseline.manifest.readyTimeoutSec);
    // Drivers load what they need with their first statements: that is not what is to be read.
    await ask(program.port, '/orders?limit=1');
    await settled(wire);
    for (const recordings of [wire.recordings, pricing.recordings]) recordings.length = 0;
    const tap = await Tap.open(program.port);
    await ask(tap.port, `/orders?limit=${random.integer(15, 40)}`);
    for (let left = random.integer(1, 4); left > 0; left--) await ask(tap.port, `/customers/${random.integer(1, 300)}/orders`);
    await ask(tap.port, `/orders/${random.integer(1, 700)}`);
    await settled(wire);
    await tap.close();
    return capture([{ port: ports.api, recordings: tap.recordings }, { port: ports.database, recordings: wire.recordings }, { port: ports.pricing, recordings: pricing.recordings }]);
  } finally {
    await program.stop();
    await Promise.all([wire.close(), pricing.close()]);
    await databases.drop(name);
  }
}

/** Waits until the connections to the database are closed, which is behind the answer. */
async function settled(wire: DatabaseWire): Promise<void> {
  for (const deadline = Date.now() + 2000; wire.open > 0 && Date.now() < deadline;) await sleep(10);
  await sleep(20);
}

/** One request over a connection of its own. */
async function ask(port: number, path: string): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    const socket = connect({ port, host: '127.0.0.1', noDelay: true }, () => { socket.write(`GET ${path} HTTP/1.1\r\nHost: api\r\nConnection: close\r\n\r\n`); });
    let text = '';
    socket.setEncoding('latin1').on('data', (piece: string) => { text += piece; }).on('error', reject).on('close', () => {
      if (text.startsWith('HTTP/1.1 200')) resolve();
      else reject(new Blocked({ summary: `The project as it was handed over answers GET ${path} with ${text.split('\r\n')[0] || 'nothing'}.`, remedy: 'Please report it: the captures can’t be recorded.' }));
    });
  });
}

/** Twenty calls of the pricing service over one kept connection, each in two small writes with Nagle's algorithm on. */
async function recordNagle(): Promise<Buffer> {
  const pricing = await PricingService.open({ record: true });
  const socket = connect({ port: pricing.port, host: '127.0.0.1', noDelay: false });
  await new Promise<void>((resolve, reject) => { socket.once('connect', resolve).once('error', reject); });
  try {
    for (let id = 1; id <= 20; id++) {
      const body = JSON.stringify({ order_id: id, items: [{ sku: 'SKU-0042', qty: 3 }] });
      const answered = new Promise((resolve) => socket.once('data', resolve));
      socket.write(`POST /quotes HTTP/1.1\r\nHost: pricing\r\nContent-Type: application/json\r\nContent-Length: ${Buffer.byteLength(body)}\r\n\r\n`);
      // A turn of the event loop later, so that it is a write of its own.
      await new Promise((resolve) => { setImmediate(resolve); });
      socket.write(body);
      await answered;
    }
    const closed = new Promise((resolve) => socket.once('close', resolve));
    socket.end();
    await closed;
    return capture([{ port: ports.pricing, recordings: pricing.recordings }]);
  } finally {
    await pricing.close();
  }
}
