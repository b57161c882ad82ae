//@ file 8
import { Agent, request } from 'node:http';
import type { Item } from './orders.js';

/** The pricing service. */
export class Pricing {
  /** Keeps connections, and sends small writes at once (noDelay is Node's default). */
  readonly #agent = new Agent({ keepAlive: true, maxSockets: 4 });
  //@ stage 12
  /** The last live quotes, by order. */
  readonly #known = new Map<number, number>();
  //@ end

  //@ stage 8-11
  constructor(private readonly url: string) {}
  //@ end
  //@ stage 12
  constructor(private readonly url: string, private readonly timeoutMs: number) {}

  /** What an order costs today, in cents, or did when it was last asked for; undefined when that is not known. */
  async quoteOrKnown(orderId: number, items: readonly Item[]): Promise<{ cents: number; live: boolean } | undefined> {
    try {
      const cents = await this.quote(orderId, items);
      this.#known.delete(orderId);
      this.#known.set(orderId, cents);
      if (this.#known.size > 10_000) this.#known.delete(this.#known.keys().next().value!);
      return { cents, live: true };
    } catch {
      const cents = this.#known.get(orderId);
      return cents === undefined ? undefined : { cents, live: false };
    }
  }
  //@ end

  /** What an order costs today, in cents. @throws when the pricing service does not answer as it should. */
  async quote(orderId: number, items: readonly Item[]): Promise<number> {
    const body = JSON.stringify({ order_id: orderId, items: items.map(({ sku, qty }) => ({ sku, qty })) });
    return await new Promise((resolve, reject) => {
      const call = request(`${this.url}/quotes`, {
        method: 'POST', agent: this.#agent, headers: { 'Content-Type': 'application/json', 'Content-Length': Buffer.byteLength(body) },
        //@ stage 12
        // For all of it: the waiting for a free connection, too.
        signal: AbortSignal.timeout(this.timeoutMs),
        //@ end
      }, (response) => {
        let text = '';
        response.setEncoding('utf8').on('data', (piece: string) => { text += piece; }).on('error', reject).on('end', () => {
          try {
            if (response.statusCode !== 200) throw new Error(`the pricing service answered ${response.statusCode}`);
            resolve((JSON.parse(text) as { total_cents: number }).total_cents);
          } catch (error) {
            reject(error as Error);
          }
        });
      });
      // Head and body in one write.
      call.on('error', reject).end(body);
    });
  }
}
