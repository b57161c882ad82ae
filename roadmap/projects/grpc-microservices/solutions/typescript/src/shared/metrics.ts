//@ file 12
import { once } from 'node:events';
import { createServer } from 'node:http';
import { Histogram, register } from 'prom-client';

/** OpenTelemetry's rpc.server.call.duration, under the name that Prometheus gives it, with the bounds that both advise. */
const duration = new Histogram({
  name: 'rpc_server_call_duration_seconds', help: 'How long calls to this program took.',
  labelNames: ['rpc_system_name', 'rpc_method', 'rpc_response_status_code'],
  buckets: [0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10],
});

/** @param method `shop.v1.Orders/CreateOrder` */
export function observe(method: string, code: string, seconds: number): void {
  duration.observe({ rpc_system_name: 'grpc', rpc_method: method, rpc_response_status_code: code }, seconds);
}

/** Answers GET /metrics on METRICS_PORT; does nothing without that variable. */
export async function serveMetrics(host: string): Promise<void> {
  const port = process.env.METRICS_PORT;
  if (port === undefined) return;
  const server = createServer(async (request, response) => {
    request.resume();
    if (request.url !== '/metrics') response.writeHead(404).end();
    else response.writeHead(200, { 'Content-Type': register.contentType }).end(await register.metrics());
  });
  server.listen(Number(port), host);
  await once(server, 'listening');
}
