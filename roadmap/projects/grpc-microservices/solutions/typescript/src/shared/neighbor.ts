//@ file 3
//@ stage 3-9
import { credentials, Metadata, type Client, type MethodDefinition, type ServiceClientConstructor, type ServiceError } from '@grpc/grpc-js';
//@ end
//@ stage 10
import { connectivityState, credentials, Metadata, type Client, type MethodDefinition, type ServiceClientConstructor, type ServiceError } from '@grpc/grpc-js';
//@ end
//@ stage 3-5
import type { Call } from './call.js';
//@ end
//@ stage 6
import { stillWanted, type Call } from './call.js';
//@ end
import { CallError } from './errors.js';
//@ stage 7
import { retrying } from './retry.js';
//@ end
//@ stage 12
import { inject } from './trace.js';
//@ end

//@ stage 9
interface Options {
  /** Stands around each attempt. */
  readonly guard?: <T>(attempt: () => Promise<T>) => Promise<T>;
  //@ stage 11
  /** Metadata to send. */
  readonly headers?: Readonly<Record<string, string>>;
  //@ end
}

//@ end
/** Another service, of which this program is a client. It need not be there yet: the channel connects when it is used. */
export class Neighbor {
  //@ stage 3-9
  private readonly client: Client;

  constructor(private readonly service: ServiceClientConstructor, address: string) {
    this.client = new service(address, credentials.createInsecure());
  }
  //@ end
  //@ stage 10
  /** One long-lived channel a replica. */
  private readonly replicas: readonly Client[];
  private turn = 0;

  /** @param addresses `host:port`, several with commas */
  constructor(private readonly service: ServiceClientConstructor, addresses: string) {
    // Back after a second at most: by default the time between attempts to connect grows to two minutes.
    const options = { 'grpc.initial_reconnect_backoff_ms': 200, 'grpc.max_reconnect_backoff_ms': 1000 };
    this.replicas = addresses.split(',').map((address) => new service(address.trim(), credentials.createInsecure(), options));
  }

  /** The next replica in turn that is not known to be down. Addresses may be names, for which the library's own round robin needs one name for all. */
  private next(): Client {
    let replica: Client;
    for (let tried = 0; ; tried++) {
      replica = this.replicas[this.turn++ % this.replicas.length]!;
      // Asking also makes it try to connect again.
      if (replica.getChannel().getConnectivityState(true) !== connectivityState.TRANSIENT_FAILURE || tried >= this.replicas.length) return replica;
    }
  }
  //@ end

  //@ stage 3-5
  /** @throws CallError with the code with which the call ended. */
  async call<Response>(method: string, request: object, call?: Call): Promise<Response> {
    const { path, requestSerialize, responseDeserialize } = this.service.service[method] as MethodDefinition<object, Response>;
    return await new Promise<Response>((resolve, reject) => {
      const sent = this.client.makeUnaryRequest(path, requestSerialize, responseDeserialize, request, new Metadata(), {}, (error: ServiceError | null, response) => {
        call?.signal.removeEventListener('abort', cancel);
        if (error === null) resolve(response!);
        else reject(new CallError(error.code, error.details));
      });
      const cancel = (): void => sent.cancel();
      call?.signal.addEventListener('abort', cancel, { once: true });
    });
  }
  //@ end
  //@ stage 6-6
  /** In the time that the caller has left. @throws CallError with the code with which the call ended. */
  async call<Response>(method: string, request: object, call: Call): Promise<Response> {
    return await this.attempt(method, request, call);
  }
  //@ end
  //@ stage 7-8
  /** In the time that the caller has left, again if that may help. @throws CallError with the code with which the last attempt ended. */
  async call<Response>(method: string, request: object, call: Call): Promise<Response> {
    return await retrying(call, () => this.attempt<Response>(method, request, call));
  }
  //@ end
  //@ stage 9
  /**
   * In the time that the caller has left, again if that may help.
   * @throws CallError with the code with which the last attempt ended, or what the guard throws.
   */
  //@ stage 9-10
  async call<Response>(method: string, request: object, call: Call, { guard = (attempt) => attempt() }: Options = {}): Promise<Response> {
    return await retrying(call, () => guard(() => this.attempt<Response>(method, request, call)));
  }
  //@ end
  //@ stage 11
  async call<Response>(method: string, request: object, call: Call, { guard = (attempt) => attempt(), headers = {} }: Options = {}): Promise<Response> {
    return await retrying(call, () => guard(() => this.attempt<Response>(method, request, call, headers)));
  }
  //@ end
  //@ end
  //@ stage 6

  //@ stage 6-10
  private async attempt<Response>(method: string, request: object, call: Call): Promise<Response> {
  //@ end
  //@ stage 11
  private async attempt<Response>(method: string, request: object, call: Call, headers: Readonly<Record<string, string>>): Promise<Response> {
  //@ end
    stillWanted(call);
    const { path, requestSerialize, responseDeserialize } = this.service.service[method] as MethodDefinition<object, Response>;
    const { deadline, signal } = call;
    const metadata = new Metadata();
    //@ stage 11
    for (const [name, value] of Object.entries(headers)) metadata.set(name, value);
    //@ end
    //@ stage 12
    inject(call.trace, (name, value) => metadata.set(name, value));
    //@ end
    return await new Promise<Response>((resolve, reject) => {
      //@ stage 6-9
      const sent = this.client.makeUnaryRequest(path, requestSerialize, responseDeserialize, request, metadata, { deadline }, (error: ServiceError | null, response) => {
      //@ end
      //@ stage 10
      const sent = this.next().makeUnaryRequest(path, requestSerialize, responseDeserialize, request, metadata, { deadline }, (error: ServiceError | null, response) => {
      //@ end
        signal.removeEventListener('abort', cancel);
        if (error === null) resolve(response!);
        //@ stage 6-6
        else reject(new CallError(error.code, error.details));
        //@ end
        //@ stage 7
        else reject(new CallError(error));
        //@ end
      });
      const cancel = (): void => sent.cancel();
      signal.addEventListener('abort', cancel, { once: true });
    });
  }
  //@ end
}
