import type { CheckContext } from '../../../../src/runner/api.js';

export interface Difference { readonly path: string; readonly wanted: string; readonly got: string }

/** The first place at which two JSON values differ; the order of keys does not count. */
export function firstDifference(got: unknown, wanted: unknown, path = 'the body'): Difference | undefined {
  if (Array.isArray(wanted) && Array.isArray(got)) {
    for (let index = 0; index < Math.min(wanted.length, got.length); index++) {
      const found = firstDifference(got[index], wanted[index], `${path}[${index}]`);
      if (found !== undefined) return found;
    }
    return wanted.length === got.length ? undefined : { path, wanted: `${wanted.length} entries`, got: `${got.length} entries` };
  }
  if (isObject(wanted) && isObject(got)) {
    for (const key of new Set([...Object.keys(wanted), ...Object.keys(got)])) {
      const at = path === 'the body' ? key : `${path}.${key}`;
      if (!(key in got)) return { path: at, wanted: shown(wanted[key]), got: 'nothing' };
      if (!(key in wanted)) return { path: at, wanted: 'nothing', got: shown(got[key]) };
      const found = firstDifference(got[key], wanted[key], at);
      if (found !== undefined) return found;
    }
    return undefined;
  }
  return Object.is(got, wanted) ? undefined : { path, wanted: shown(wanted), got: shown(got) };
}

/** Holds a JSON value against the expected one. */
export function same(t: CheckContext, called: string, got: unknown, wanted: unknown, remedy: string): void {
  const difference = firstDifference(got, wanted);
  t.expect(difference === undefined, () => ({ summary: `${called} is not answered as it should be: ${difference!.path} differs.`, called, expected: difference!.wanted, actual: difference!.got, remedy }));
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function shown(value: unknown): string {
  const text = JSON.stringify(value) ?? 'nothing';
  return text.length > 160 ? `${text.slice(0, 160)}…` : text;
}
