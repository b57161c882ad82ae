import type { CheckContext } from '../../../../src/runner/api.js';
import type { Client } from './client.js';
import { describe } from './resp.js';

/** The fields of an `INFO` reply: `name:value` lines. */
export async function info(t: CheckContext, client: Client, section?: string): Promise<ReadonlyMap<string, string>> {
  const reply = await client.call(...section === undefined ? ['INFO'] : ['INFO', section]);
  t.expect(reply.kind === 'bulk' && reply.bytes !== null, () => ({
    summary: 'INFO did not answer a bulk string.', expected: 'bulk string of lines name:value, each ended by \\r\\n', actual: describe(reply), remedy: 'INFO is one bulk string: lines "# Section" and "name:value".',
  }));
  const text = reply.kind === 'bulk' ? reply.bytes ?? '' : '';
  return new Map(text.split(/\r?\n/u).filter((line) => line.includes(':') && !line.startsWith('#')).map((line) => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 1)]));
}

/** Waits until a field of `INFO` has a value. */
export async function infoBecomes(t: CheckContext, client: Client, section: string, field: string, wanted: string, within: number, remedy: string): Promise<void> {
  let last: string | undefined;
  const became = await t.until(within, async () => {
    last = (await info(t, client, section)).get(field);
    return last === wanted ? true : undefined;
  });
  t.expect(became === true, () => ({
    summary: `INFO ${section}${client.whose} does not say ${field}:${wanted} within ${within / 1000} s.`, expected: `${field}:${wanted}`, actual: last === undefined ? `no field ${field}` : `${field}:${last}`, remedy,
  }));
  t.step(`✔ INFO ${section} says ${field}:${wanted}`);
}
