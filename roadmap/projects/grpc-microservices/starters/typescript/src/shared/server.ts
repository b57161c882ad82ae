// Given: a gRPC server that listens. Every program but the gateway uses it.
import { Server, ServerCredentials, type ServiceDefinition, type UntypedServiceImplementation } from '@grpc/grpc-js';
import type { Settings } from './run.js';

/** Resolves when the server listens, rejects when it can't. A method that `implementation` lacks answers UNIMPLEMENTED. */
export async function serveGrpc({ host, port }: Settings, service: ServiceDefinition, implementation: UntypedServiceImplementation): Promise<void> {
  const server = new Server();
  server.addService(service, implementation);
  // TODO (stage 2): register the health and reflection services. The packages are there: grpc-health-check and @grpc/reflection.
  await new Promise<void>((resolve, reject) => {
    server.bindAsync(`${host}:${port}`, ServerCredentials.createInsecure(), (error) => { if (error === null) resolve(); else reject(error); });
  });
}
