import { randomBytes } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import * as vscode from 'vscode';

const keepMs = 60_000;

/**
 * Serves one page on the loopback interface under an address that can't be guessed, for a minute, and opens it. VS Code
 * forwards the port when the browser is on another machine than this extension host.
 */
export async function openInBrowser(html: string): Promise<boolean> {
  const path = `/${randomBytes(16).toString('hex')}.html`;
  const server = createServer((request, response) => {
    if (request.method !== 'GET' || request.url !== path) {
      response.writeHead(404).end();
      return;
    }
    response.writeHead(200, { 'content-type': 'text/html; charset=utf-8', 'cache-control': 'no-store', 'referrer-policy': 'no-referrer', connection: 'close' }).end(html);
  });
  await new Promise<void>((resolve, reject) => server.once('error', reject).listen(0, '127.0.0.1', resolve));
  server.unref();
  setTimeout(() => server.close(), keepMs).unref();
  const { port } = server.address() as AddressInfo;
  return vscode.env.openExternal(vscode.Uri.parse(`http://127.0.0.1:${port}${path}`));
}
