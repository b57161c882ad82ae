import { status } from '@grpc/grpc-js';
import type { CheckContext, CheckedStage, Program } from '../../../../../src/runner/api.js';
import { Caller } from '../client.js';
import { Health } from '../contract.js';
import { productsFile, randomProducts } from '../products.js';
import { Reflection } from '../reflection.js';

interface HealthResponse { readonly status: string }

const catalog = async (t: CheckContext): Promise<Program> => await t.start({ program: 'catalog', variables: await productsFile(t, randomProducts(t, 5)) });
const register = 'Register the health service of the gRPC project, with the service’s full name (shop.v1.Catalog) and the empty name, which stands for the whole program.';

export const health: CheckedStage = {
  id: 'health',
  checks: [
    {
      id: 'check',
      title: 'says of each service whether it serves, and NOT_FOUND of one that it does not know',
      async run(t) {
        const client = new Caller(t, await catalog(t), Health);
        for (const service of ['', 'shop.v1.Catalog']) await client.expectOk<HealthResponse>('Check', { service }, { status: 'SERVING' }, { remedy: register });
        await client.expectCode('Check', { service: `shop.v1.${t.random.word(6)}` }, status.NOT_FOUND, { remedy: 'A service that is not registered is NOT_FOUND: an orchestrator that asks for the wrong name has to notice.' });
      },
    },
    {
      id: 'watch',
      title: 'streams the state of a service, and goes on',
      async run(t) {
        const client = new Caller(t, await catalog(t), Health);
        for (const [service, state] of [['shop.v1.Catalog', 'SERVING'], [`shop.v1.${t.random.word(6)}`, 'SERVICE_UNKNOWN']] as const) {
          const stream = client.stream<HealthResponse>('Watch', { service });
          const first = await stream.expectMessage(`the state of ${service}`, 'Watch sends the present state at once, and a new message at each change. Of a service that it does not know it sends SERVICE_UNKNOWN: it may come later.');
          t.expect(first.status === state, () => ({ summary: `Watch says ${first.status} of ${service}.`, called: `Watch {"service":"${service}"}`, expected: state, actual: first.status, remedy: register }));
          const more = await stream.next(400);
          t.expect(more === undefined, () => ({ summary: more === 'end' ? 'The stream of Watch ended after its first message.' : 'Watch sent another message although nothing has changed.', called: `Watch {"service":"${service}"}`, expected: 'a stream that stays open and silent', actual: more === 'end' ? stream.endWords : JSON.stringify(more), remedy: 'Leave the stream open until the caller ends it, and send only changes.' }));
          t.step(`✔ Watch ${service} → ${state}, and the stream stays open`);
        }
      },
    },
    {
      id: 'reflection',
      title: 'describes its services to clients that have no schema',
      async run(t) {
        const reflection = await Reflection.open(t, await catalog(t));
        const services = await reflection.services();
        t.expect(services.includes('shop.v1.Catalog'), () => ({ summary: 'Reflection does not list the catalog.', called: 'ServerReflectionInfo {"list_services":"*"}', expected: 'a list with shop.v1.Catalog', actual: services.join(', ') || 'an empty list', remedy: 'Register the reflection service with all services of the program.' }));
        t.step(`✔ the services: ${services.join(', ')}`);
        const files = await reflection.filesOf('shop.v1.Catalog');
        const missing = ['GetProduct', 'ListProducts'].filter((method) => !files.some((file) => file.includes(method)));
        t.expect(missing.length === 0, () => ({ summary: 'The description of shop.v1.Catalog is not complete.', called: 'ServerReflectionInfo {"file_containing_symbol":"shop.v1.Catalog"}', expected: 'a file descriptor with GetProduct and ListProducts', actual: files.length === 0 ? 'none' : `one without ${missing.join(' and ')}`, remedy: 'Give the reflection service the descriptors of shop.proto; the generated code, or the loader, has them.' }));
        const unknown = await reflection.filesOf(`shop.v1.${t.random.word(6)}`);
        t.expect(unknown.length === 0, () => ({ summary: 'Reflection describes a service that does not exist.', expected: 'an error response', actual: `${unknown.length} file descriptors`, remedy: 'Use the gRPC project’s own reflection service.' }));
        t.step('✔ it describes shop.v1.Catalog, and answers an error for an unknown name');
      },
    },
  ],
};
