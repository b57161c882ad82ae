import type { HttpAnswer } from './http.js';

/** The durations of a Server-Timing header by their names, in milliseconds; undefined when there is none that can be read. */
export function serverTiming({ headers }: HttpAnswer): ReadonlyMap<string, number> | undefined {
  const header = headers['server-timing'];
  if (header === undefined) return undefined;
  const durations = new Map<string, number>();
  for (const metric of (Array.isArray(header) ? header.join(',') : header).split(',')) {
    const [name = '', ...parameters] = metric.split(';').map((part) => part.trim());
    const duration = parameters.map((parameter) => /^dur\s*=\s*"?(\d+(?:\.\d+)?(?:e[+-]?\d+)?)"?$/iu.exec(parameter)?.[1]).find((text) => text !== undefined);
    if (duration !== undefined) durations.set(name.toLowerCase(), Number(duration));
  }
  return durations;
}
