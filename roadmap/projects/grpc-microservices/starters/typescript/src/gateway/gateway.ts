// roadmap: authentication-authorization
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { Settings } from '../shared/run.js';

/** Resolves when the gateway listens, rejects when it can't. */
export async function serveGateway({ host, port }: Settings): Promise<void> {
  // TODO (stage 11): answer GET /products/{id}, POST /orders and GET /orders/{id}.
  const server = createServer((request, response) => {
    request.resume();
    response.writeHead(501, { 'Content-Type': 'application/json' }).end('{ "error": { "code": "UNIMPLEMENTED", "message": "The gateway is built in stage 11." } }\n');
  });
  server.listen(port, host);
  await once(server, 'listening');
}
