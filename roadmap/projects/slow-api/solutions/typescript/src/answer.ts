//@ file 10
import { createHash } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import type { Timing } from './timing.js';

/** What a request is answered with. */
export interface Answer { status: number; body: object; headers?: Record<string, string> }

/** Below this, compressing makes more of it. */
const leastToCompress = 512;
const compress = promisify(gzip);

export async function send(request: IncomingMessage, response: ServerResponse, { status, body, headers = {} }: Answer, timing: Timing): Promise<void> {
  const text = JSON.stringify(body);
  const packed = Buffer.byteLength(text) >= leastToCompress && acceptsGzip(request.headers['accept-encoding']);
  const all: Record<string, string | number> = { ...headers, Vary: 'Accept-Encoding' };
  if (status === 200 && request.method === 'GET') {
    // Another representation is another thing: its tag differs.
    const tag = `"${createHash('sha256').update(text).digest('base64url').slice(0, 22)}${packed ? '-gzip' : ''}"`;
    all['ETag'] = tag;
    if (matches(request.headers['if-none-match'], tag)) {
      response.writeHead(304, { ...all, 'Server-Timing': timing.header }).end();
      return;
    }
  }
  const bytes = packed ? await compress(text) : Buffer.from(text);
  if (packed) all['Content-Encoding'] = 'gzip';
  response.writeHead(status, { ...all, 'Content-Type': 'application/json', 'Content-Length': bytes.length, 'Server-Timing': timing.header }).end(bytes);
}

/** RFC 9110, 12.5.3, as far as gzip goes. */
function acceptsGzip(header: string | string[] | undefined): boolean {
  for (const one of String(header ?? '').split(',')) {
    const [name = '', ...parameters] = one.split(';').map((part) => part.trim().toLowerCase());
    if (name === 'gzip') return !parameters.some((parameter) => /^q=0(?:\.0*)?$/.test(parameter));
  }
  return false;
}

function matches(header: string | undefined, tag: string): boolean {
  return (header ?? '').split(',').map((one) => one.trim().replace(/^W\//, '')).some((one) => one === tag || one === '*');
}
