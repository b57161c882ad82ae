import { execFile, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { root } from '../paths.js';
import type { Report } from './report.js';
import type { BuiltProject } from './server.js';

/** Clients that come as Go modules: built once, with the network. */
const modules: Readonly<Record<string, string>> = {
  grpcurl: 'github.com/fullstorydev/grpcurl/cmd/grpcurl@v1.9.3',
  ghz: 'github.com/bojand/ghz/cmd/ghz@v0.120.0',
  'grpc-health-probe': 'github.com/grpc-ecosystem/grpc-health-probe@v0.4.60',
};
const buf = '@bufbuild/buf@1.75.0';
const folder = join(root, 'node_modules', '.cache', 'grpc-clients');
const shared = join(root, 'roadmap', 'projects', 'grpc-microservices', 'starters', 'shared');
const exe = process.platform === 'win32' ? '.exe' : '';
const calls = 2000;

interface Ran { readonly status: number | null; readonly text: string }

/** Not synchronously: the program under test writes a line for each call, which has to be read meanwhile, or it stands still. */
async function run(tool: string, args: readonly string[]): Promise<Ran> {
  return await new Promise((resolve) => {
    execFile(tool, args, { encoding: 'utf8', timeout: 120_000, cwd: root, shell: process.platform === 'win32', maxBuffer: 2 ** 26 }, (error, stdout, stderr) => {
      resolve({ status: error === null ? 0 : typeof error.code === 'number' ? error.code : null, text: `${stdout}${stderr}`.trim() || (error?.message ?? '') });
    });
  });
}

/** @throws Error when the client can't be built. */
function client(name: string): string {
  const file = join(folder, name + exe);
  if (existsSync(file)) return file;
  mkdirSync(folder, { recursive: true });
  const { status, stderr } = spawnSync('go', ['install', modules[name]!], { encoding: 'utf8', env: { ...process.env, GOBIN: folder, GOFLAGS: '' } });
  if (status !== 0) throw new Error(`${name} can't be built: ${stderr}`);
  return file;
}

/** grpcurl, buf, grpc-health-probe, ghz and h2load against the catalog of a reference solution. */
export async function checkGrpcClients(built: BuiltProject, language: string, report: Report): Promise<void> {
  const { port } = await built.start({}, undefined, 'catalog');
  const address = `127.0.0.1:${port}`;
  const products = JSON.parse(readFileSync(join(shared, 'data', 'products.json'), 'utf8')) as { id: string; name: string }[];
  const [first] = products.sort((a, b) => a.id < b.id ? -1 : 1);

  const grpcurl = async (...args: string[]): Promise<Ran> => await run(client('grpcurl'), ['-plaintext', ...args]);
  const list = await grpcurl(address, 'list');
  report.holds(`${language}: grpcurl list`, list.text.split('\n').includes('shop.v1.Catalog'), list.text, 'by reflection');
  const got = await grpcurl('-d', JSON.stringify({ id: first!.id }), address, 'shop.v1.Catalog/GetProduct');
  report.holds(`${language}: grpcurl GetProduct`, got.status === 0 && got.text.includes(JSON.stringify(first!.name)), got.text);
  const missing = await grpcurl('-d', '{"id":"nobody"}', address, 'shop.v1.Catalog/GetProduct');
  report.holds(`${language}: grpcurl of an unknown id`, missing.status !== 0 && /Code: NotFound/u.test(missing.text), missing.text, 'NotFound');

  const curl = await run('npx', ['--yes', buf, 'curl', '--protocol', 'grpc', '--http2-prior-knowledge', '-d', '{"page_size":5}', `http://${address}/shop.v1.Catalog/ListProducts`]);
  report.holds(`${language}: buf curl ListProducts`, curl.status === 0 && (curl.text.match(/"id"/gu) ?? []).length === 5, curl.text, '5 messages by reflection');

  const probe = async (...args: string[]): Promise<Ran> => await run(client('grpc-health-probe'), [`-addr=${address}`, ...args]);
  const healthy = await probe('-service=shop.v1.Catalog');
  const unknown = await probe('-service=nobody');
  report.holds(`${language}: grpc-health-probe`, healthy.status === 0 && unknown.status !== 0, `${healthy.text}\n${unknown.text}`, 'SERVING, and no service "nobody"');

  const load = await run(client('ghz'), ['--insecure', '--proto', join(shared, 'proto', 'shop.proto'), '--call', 'shop.v1.Catalog/GetProduct', '-d', JSON.stringify({ id: first!.id }), '-n', String(calls), '-c', '20', address]);
  report.holds(`${language}: ghz`, new RegExp(`\\[OK\\]\\s+${calls} responses`, 'u').test(load.text), load.text, `${/Requests\/sec:\s+([\d.]+)/u.exec(load.text)?.[1] ?? '?'} calls a second`);

  const work = mkdtempSync(join(tmpdir(), 'h2load-'));
  try {
    // A frame of the protocol: not compressed, the length, then the message { id = 1 }.
    const message = Buffer.from([0x0a, first!.id.length, ...Buffer.from(first!.id)]);
    const length = Buffer.alloc(4);
    length.writeUInt32BE(message.length);
    writeFileSync(join(work, 'request'), Buffer.concat([Buffer.from([0]), length, message]));
    const h2load = await run('h2load', ['-n', String(calls), '-c', '4', '-m', '20', '-d', join(work, 'request'), '-H', 'content-type: application/grpc', '-H', 'te: trailers', `http://${address}/shop.v1.Catalog/GetProduct`]);
    report.holds(`${language}: h2load`, h2load.text.includes(`status codes: ${calls} 2xx, 0 3xx, 0 4xx, 0 5xx`), h2load.text.includes('ENOENT') ? 'h2load is not installed: sudo apt install nghttp2-client' : h2load.text, /, ([\d.]+) req\/s/u.exec(h2load.text)?.[1] ?? '');
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}
