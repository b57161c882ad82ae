import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../../paths.js';
import type { Report } from '../report.js';
import type { RunningApi } from './api.js';

interface Golden { readonly request: GoldenRequest; readonly status: number; readonly body: string }
interface GoldenRequest { readonly method?: string; readonly path: string; readonly headers?: Readonly<Record<string, string>>; readonly body?: string }

const file = join(root, 'test', 'projects', 'slow-api', 'golden.json');

/** Every kind of answer that the API gives as it was handed over, to the same data: seed 7, 2000 customers, 5000 orders. */
const requests: readonly GoldenRequest[] = [
  ...['/healthz', '/orders?limit=3', '/orders', '/orders?limit=4&sort=total', '/orders?limit=2&status=open', '/orders?limit=3&after=4000', '/orders?limit=3&after=17&sort=total&status=shipped', '/orders?limit=2&after=999999999', '/orders?limit=2&after=2', '/orders?limit=120',
    '/orders?limit=0', '/orders?limit=', '/orders?limit=-1', '/orders?limit=1.5', '/orders?limit=1234567890', '/orders?limit=2&limit=zwei', '/orders?after=', '/orders?after=x', '/orders?status=', '/orders?status=lost', '/orders?sort=', '/orders?sort=up', '/orders?sort=up&status=lost&after=x&limit=0',
    '/orders/1', '/orders/5000', '/orders/0', '/orders/999999', '/orders/1234567890', '/orders/x', '/orders/', '/orders/1/items', '/orders/1/orders',
    '/customers/1/orders', '/customers/2000/orders', '/customers/2001/orders', '/customers/1', '/customers?email=CUSTOMER.17@example.org', '/customers?email=Customer.18%40Example.ORG', '/customers?email=nobody', '/customers?email=', '/customers',
    '/top', '/top?limit=3', '/top?limit=0', '/top?city=Z%C3%BCrich', '/top?city=S%C3%A3o+Paulo&limit=2', '/top?city=Atlantis', '/top?city=&limit=1', '/report', '/', '/nothing', '/healthz/'].map((path) => ({ path })),
  { path: '/top?limit=2', headers: { Authorization: 'Bearer staff' } }, { path: '/top?limit=2', headers: { Authorization: 'Bearer guest' } },
  ...['', '{', 'null', '[]', '7', '{"customer_id":1}', '{"customer_id":1,"items":[]}', '{"customer_id":1,"items":{}}', '{"customer_id":"1","items":[{"sku":"A","qty":1,"price_cents":1}]}', '{"customer_id":1,"items":[{"sku":"a","qty":1,"price_cents":1}]}', '{"customer_id":1,"items":[{"sku":"A","qty":0,"price_cents":1}]}',
    '{"customer_id":1,"items":[{"sku":"A","qty":1,"price_cents":1000001}]}', '{"customer_id":1,"items":[null]}', '{"customer_id":1,"items":[{"sku":"A","qty":1.5,"price_cents":1}]}', '{"customer_id":2001,"items":[{"sku":"A","qty":1,"price_cents":1}]}',
    '{"customer_id":7,"items":[{"sku":"A-1","qty":100,"price_cents":1000000},{"sku":"B","qty":1,"price_cents":0}],"note":"more than is asked for"}'].map((body) => ({ method: 'POST', path: '/orders', body, headers: { 'Content-Type': 'application/json' } })),
  { method: 'DELETE', path: '/orders/1' }, { method: 'PUT', path: '/top' }, { method: 'POST', path: '/healthz' }, { path: '/orders/5001' },
];

/** Holds every answer of a starter against the kept one, byte by byte. @param update keeps them instead. */
export async function checkGolden(name: string, { url, pricing }: RunningApi, update: boolean, report: Report): Promise<void> {
  const answers: Golden[] = [];
  for (const request of requests) answers.push(await ask(url, request));
  await pricing.close();
  answers.push(await ask(url, { path: '/orders/2' }));
  if (update) writeFileSync(file, `${JSON.stringify(answers, null, 1)}\n`);
  const kept = existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) as Golden[] : [];
  const wrong = answers.flatMap((answer, index) => JSON.stringify(answer) === JSON.stringify(kept[index]) ? [] : [`${answer.request.method ?? 'GET'} ${answer.request.path} ${answer.request.body ?? ''}\n  kept ${kept[index]?.status} ${kept[index]?.body}\n  now  ${answer.status} ${answer.body}`]);
  report.holds(`${name}: the starter’s answers, byte by byte`, wrong.length === 0 && kept.length === answers.length, `${wrong.length} of ${answers.length} differ (${kept.length} are kept):\n${wrong.slice(0, 3).join('\n')}`, `${answers.length} requests`);
}

async function ask(url: string, request: GoldenRequest): Promise<Golden> {
  const response = await fetch(url + request.path, { method: request.method ?? 'GET', ...(request.headers !== undefined && { headers: request.headers }), ...(request.body !== undefined && { body: request.body }) });
  const body = await response.text();
  const type = response.headers.get('content-type') ?? '';
  if (!type.startsWith('application/json')) throw new Error(`${request.path} is of the type ${type}`);
  // The time at which this run stored the order.
  return { request, status: response.status, body: body.replace(/("id": 5001,\s+"status": "open",\s+"created_at": )"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ"/u, '$1"now"') };
}
