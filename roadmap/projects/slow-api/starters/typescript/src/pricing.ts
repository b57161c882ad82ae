import { request } from 'node:http';
import type { Item } from './orders.js';

/** What an order costs today, in cents. @throws when the pricing service does not answer as it should. */
export async function quote(pricingUrl: string, orderId: number, items: readonly Item[]): Promise<number> {
  const body = JSON.stringify({ order_id: orderId, items: items.map(({ sku, qty }) => ({ sku, qty })) });
  return await new Promise((resolve, reject) => {
    const call = request(`${pricingUrl}/quotes`, {
      method: 'POST', agent: false, headers: { 'Content-Type': 'application/json', 'Content-Length': Buffer.byteLength(body), Connection: 'close' },
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
    call.on('error', reject).setNoDelay(false);
    call.flushHeaders();
    // The body follows once the head is on its way.
    call.once('socket', (socket) => {
      if (socket.connecting) socket.once('connect', () => { setImmediate(() => { call.end(body); }); });
      else setImmediate(() => { call.end(body); });
    });
  });
}
