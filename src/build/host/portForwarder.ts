import { createServer, request } from 'node:http';
import type { AddressInfo } from 'node:net';

/** What code-server's front end does, which does not run here: it lets the page reach a port that an extension serves. */
export interface PortForwarder {
  /** An address in which `{{port}}` stands for the extension's port. */
  readonly template: string;
  close(): void;
}

/** Answers `GET /PORT/PATH` with what this machine's PORT answers to `GET /PATH`. */
export async function forwardPorts(): Promise<PortForwarder> {
  const server = createServer((incoming, outgoing) => {
    const [, port, path] = /^\/(\d{1,5})(\/.*)$/.exec(incoming.url ?? '') ?? [];
    const fail = (status: number): void => { outgoing.writeHead(status).end(); };
    if (incoming.method !== 'GET' || port === undefined || Number(port) > 65_535) { fail(404); return; }
    request({ host: '127.0.0.1', port, path }, (answer) => {
      outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(outgoing);
    }).once('error', () => { fail(502); }).end();
  });
  await new Promise<void>((resolve, reject) => server.once('error', reject).listen(0, '127.0.0.1', resolve));
  server.unref();
  return {
    template: `http://127.0.0.1:${(server.address() as AddressInfo).port}/{{port}}/`,
    close: () => { server.close(); server.closeAllConnections(); },
  };
}
