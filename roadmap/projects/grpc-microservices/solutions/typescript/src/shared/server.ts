import { Server, ServerCredentials, type ServiceDefinition, type UntypedServiceImplementation } from '@grpc/grpc-js';
//@ stage 2
import { ReflectionService } from '@grpc/reflection';
import { HealthImplementation } from 'grpc-health-check';
import { definitions } from './proto.js';
//@ end
//@ stage 12
import { serveMetrics } from './metrics.js';
//@ end
//@ stage 1-12
import type { Settings } from './run.js';
//@ end
//@ stage 13
import type { Settings, Stop } from './run.js';
import { running } from './running.js';
//@ end

//@ stage 1-12
/** Resolves when the server listens, rejects when it can't. A method that `implementation` lacks answers UNIMPLEMENTED. */
export async function serveGrpc({ host, port }: Settings, service: ServiceDefinition, implementation: UntypedServiceImplementation): Promise<void> {
//@ end
//@ stage 13
/** Resolves with how to stop it when the server listens, rejects when it can't. A method that `implementation` lacks answers UNIMPLEMENTED. */
export async function serveGrpc({ host, port }: Settings, service: ServiceDefinition, implementation: UntypedServiceImplementation): Promise<Stop> {
//@ end
  const server = new Server();
  server.addService(service, implementation);
  //@ stage 2
  const name = Object.values(service)[0]!.path.split('/')[1]!;
  // The empty name stands for the whole server.
  const health = new HealthImplementation({ '': 'SERVING', [name]: 'SERVING' });
  health.addToServer(server);
  new ReflectionService(definitions, { services: [name] }).addToServer(server);
  //@ end
  //@ stage 12
  await serveMetrics(host);
  //@ end
  await new Promise<void>((resolve, reject) => {
    server.bindAsync(`${host}:${port}`, ServerCredentials.createInsecure(), (error) => { if (error === null) resolve(); else reject(error); });
  });
  //@ stage 13
  return async (graceMs) => {
    for (const each of ['', name]) health.setStatus(each, 'NOT_SERVING');
    // Accepts nothing any more, and tells those who are connected to go elsewhere (GOAWAY).
    const closed = new Promise<void>((resolve) => server.tryShutdown(() => resolve()));
    // Streams that watch never end by themselves: when the last other call has ended they get a moment, for its answer to be sent.
    await Promise.race([closed, running.none(graceMs).then(() => Promise.race([closed, soon()]))]);
    server.forceShutdown();
  };
  //@ end
}
//@ stage 13

function soon(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 200));
}
//@ end
