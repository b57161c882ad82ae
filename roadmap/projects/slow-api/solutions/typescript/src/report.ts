//@ file 9
import { pbkdf2 } from 'node:crypto';
import { promisify } from 'node:util';
import type { StatusLine } from './orders.js';

const derive = promisify(pbkdf2);

/** The figures of a report with a signature that is expensive to forge. */
export async function makeReport(statuses: readonly StatusLine[]): Promise<object> {
  return { statuses, signature: await signReport(formatReport(statuses)) };
}

function formatReport(statuses: readonly StatusLine[]): string {
  return statuses.map(({ status, orders, total_cents }) => `${status}:${orders}:${total_cents}\n`).join('');
}

/** In a thread of Node's pool: the event loop goes on. */
async function signReport(text: string): Promise<string> {
  return (await derive(text, 'orders-report', 300_000, 32, 'sha512')).toString('hex');
}
