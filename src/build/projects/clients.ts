import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Cluster } from 'ioredis';
import { freePorts } from '../../runner/ports.js';
import { solutionFiles } from './folder.js';
import { checkGrpcClients } from './grpcClients.js';
import type { Report } from './report.js';
import { BuiltProject } from './server.js';
import { checkSlowApi, type ClientsOptions } from './slowApi/clients.js';
import { inFolder } from './solutions.js';

/** By project: what holds real clients of its protocol against a reference solution. What is not ours decides whether it is the protocol's language. */
const clients: Readonly<Record<string, (built: BuiltProject, language: string, report: Report) => Promise<void>>> = {
  'distributed-cache': async (built, language, report) => {
    await redisCli(built, language, report);
    await redisBenchmark(built, language, report);
    await redisReplica(built, language, report);
    await clusterClients(built, language, report);
  },
  'grpc-microservices': checkGrpcClients,
};

/** Real clients against the reference solutions. */
export async function checkClients(options: ClientsOptions, report: Report): Promise<void> {
  if (options.project === 'slow-api') await checkSlowApi(options, report);
  const check = clients[options.project];
  if (check === undefined) return;
  for (const language of options.languages) {
    await inFolder(solutionFiles(options.project, language, 14), async (folder) => {
      const built = await BuiltProject.build(folder);
      try {
        await check(built, language, report);
      } finally {
        await built.end();
      }
    });
  }
}

function run(tool: string, args: readonly string[], input = ''): { status: number | null; text: string } {
  const { status, stdout, stderr, error } = spawnSync(tool, args, { encoding: 'utf8', input, timeout: 120_000 });
  return { status, text: error === undefined ? `${stdout}${stderr}`.trim() : error.message };
}

async function redisCli(built: BuiltProject, language: string, report: Report): Promise<void> {
  const { port } = await built.start();
  const cli = (...args: string[]) => run('redis-cli', ['-p', String(port), ...args]).text;
  const talk = run('redis-cli', ['-p', String(port)], 'SET greeting "hello world"\nGET greeting\nINCR visits\nMULTI\nINCR visits\nEXEC\nTTL greeting\n').text;
  report.holds(`${language}: redis-cli`, talk === 'OK\nhello world\n1\nOK\nQUEUED\n2\n-1' && cli('PING') === 'PONG' && cli('DBSIZE') === '2', talk);
}

async function redisBenchmark(built: BuiltProject, language: string, report: Report): Promise<void> {
  const { port } = await built.start();
  const { status, text } = run('redis-benchmark', ['-p', String(port), '-t', 'set,get', '-n', '100000', '-c', '50', '-P', '16', '-q']);
  const rates = [...text.matchAll(/(SET|GET): ([\d.]+) requests per second/gu)].map(([, name, rate]) => `${name!} ${Math.round(Number(rate)).toLocaleString('en-US')}/s`);
  report.holds(`${language}: redis-benchmark -P 16`, status === 0 && rates.length === 2, text, rates.join(', '));
}

async function redisReplica(built: BuiltProject, language: string, report: Report): Promise<void> {
  const leader = await built.start();
  const [port] = await freePorts(1);
  const folder = mkdtempSync(join(tmpdir(), 'redis-'));
  run('redis-cli', ['-p', String(leader.port), 'MSET', 'a', '1', 'b', '2']);
  run('redis-cli', ['-p', String(leader.port), 'SET', 'timed', 'v', 'PX', '60000']);
  const redis = spawn('redis-server', ['--port', String(port!), '--bind', '127.0.0.1', '--save', '', '--dir', folder, '--replicaof', `127.0.0.1 ${leader.port}`], { stdio: 'ignore' });
  const cli = (...args: string[]) => run('redis-cli', ['-p', String(port!), ...args]).text;
  try {
    let got = '';
    for (const deadline = Date.now() + 20_000; Date.now() < deadline && got !== '1'; await sleep(100)) got = cli('GET', 'a');
    run('redis-cli', ['-p', String(leader.port), 'INCRBY', 'counter', '7']);
    for (const deadline = Date.now() + 10_000; Date.now() < deadline && got !== '7'; await sleep(100)) got = cli('GET', 'counter');
    const ttl = Number(cli('TTL', 'timed'));
    report.holds(`${language}: a real redis-server replicates from it`, got === '7' && cli('DBSIZE') === '4' && ttl > 30 && ttl <= 60, `counter ${got}, DBSIZE ${cli('DBSIZE')}, TTL ${ttl}\n${cli('INFO', 'replication')}`);
  } finally {
    redis.kill('SIGKILL');
    await new Promise((resolve) => redis.once('close', resolve));
    rmSync(folder, { recursive: true, force: true, maxRetries: 10 });
  }
}

async function clusterClients(built: BuiltProject, language: string, report: Report): Promise<void> {
  const ports = await freePorts(3);
  const nodes = ports.map((port, index) => `127.0.0.1:${port}=${['0-5460', '5461-10922', '10923-16383'][index]!}`).join(',');
  for (const port of ports) await built.start({ CLUSTER_NODES: nodes }, port);
  const cli = (node: number, ...args: string[]) => run('redis-cli', ['-c', '-p', String(ports[node]!), ...args]).text;
  const told = [cli(0, 'SET', 'foo', 'bar'), cli(2, 'GET', 'foo'), cli(1, 'GET', 'foo')];
  report.holds(`${language}: redis-cli -c over three nodes`, told.join() === 'OK,bar,bar', told.join('\n'));
  const cluster = new Cluster([{ host: '127.0.0.1', port: ports[0]! }], { enableReadyCheck: false, redisOptions: { enableReadyCheck: false } });
  try {
    await Promise.all(Array.from({ length: 300 }, (_, index) => cluster.set(`key:${index}`, index)));
    const values = await Promise.all(Array.from({ length: 300 }, (_, index) => cluster.get(`key:${index}`)));
    const right = values.filter((value, index) => value === String(index)).length;
    report.holds(`${language}: ioredis cluster`, right === 300, `${right} of 300 keys`, '300 keys');
  } catch (error) {
    report.failed(`${language}: ioredis cluster`, (error as Error).message);
  } finally {
    cluster.disconnect();
  }
}
