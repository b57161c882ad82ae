import { status, type ClientDuplexStream, type MethodDefinition, type ServiceClientConstructor } from '@grpc/grpc-js';
import type { CheckContext, Program } from '../../../../src/runner/api.js';
import { Caller } from './client.js';
import { reflections } from './contract.js';

interface Response {
  readonly fileDescriptorResponse: { readonly fileDescriptorProto: readonly Buffer[] } | null;
  readonly listServicesResponse: { readonly service: readonly { readonly name: string }[] } | null;
}

/** The reflection service of a program, in the version that it has. */
export class Reflection {
  private constructor(private readonly t: CheckContext, private readonly caller: Caller, private readonly service: ServiceClientConstructor) {}

  /** @throws Failure when the program has no version of it. */
  static async open(t: CheckContext, program: Program): Promise<Reflection> {
    for (const service of reflections) {
      const found = new Reflection(t, new Caller(t, program, service), service);
      if (await found.#ask({ listServices: '*' }) !== status.UNIMPLEMENTED) return found;
    }
    t.expect(false, () => ({ summary: 'The program has no reflection service.', called: 'grpc.reflection.v1.ServerReflection/ServerReflectionInfo', expected: 'the service grpc.reflection.v1.ServerReflection, or v1alpha', actual: 'UNIMPLEMENTED', remedy: 'Register the reflection service of the gRPC project: with it, grpcurl and others need no schema.' }));
    throw new Error('unreachable');
  }

  async services(): Promise<string[]> {
    const response = await this.#answer({ listServices: '*' });
    return (response.listServicesResponse?.service ?? []).map(({ name }) => name);
  }

  /** The descriptors of the files that define a symbol, as they came; none for an unknown one. */
  async filesOf(symbol: string): Promise<string[]> {
    const response = await this.#answer({ fileContainingSymbol: symbol });
    return (response.fileDescriptorResponse?.fileDescriptorProto ?? []).map((bytes) => Buffer.from(bytes).toString('latin1'));
  }

  async #answer(request: object): Promise<Response> {
    const answer = await this.#ask(request);
    this.t.expect(typeof answer === 'object', () => ({ summary: 'The reflection stream ended without an answer.', called: `ServerReflectionInfo ${JSON.stringify(request)}`, expected: 'a response', actual: `the status ${status[answer as status]}`, remedy: 'Answer each request of the stream, errors with an error_response, and go on.' }));
    return answer as Response;
  }

  /** The first answer, or the code with which the stream ended instead. */
  async #ask(request: object): Promise<Response | status> {
    const { path, requestSerialize, responseDeserialize } = this.service.service['ServerReflectionInfo'] as MethodDefinition<object, Response>;
    const call: ClientDuplexStream<object, Response> = this.caller.client.makeBidiStreamRequest(path, requestSerialize, responseDeserialize, { deadline: Date.now() + 10_000 });
    try {
      return await new Promise((resolve) => {
        call.on('data', resolve).on('error', () => { /* told by the status */ }).on('status', ({ code }) => { resolve(code); });
        call.write(request);
      });
    } finally {
      call.cancel();
    }
  }
}
