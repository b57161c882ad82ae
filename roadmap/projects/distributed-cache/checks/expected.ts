import { describe, encode, type Reply } from './resp.js';

/** What a reply is held against. */
export interface Expected {
  /** With its type, as a report names it. */
  readonly words: string;
  /** Absent where more than one reply is right. */
  readonly bytes?: string;
  matches(reply: Reply): boolean;
}

/** Exactly this reply. */
export function exactly(reply: Reply): Expected {
  const bytes = encode(reply);
  return { words: describe(reply), bytes, matches: (got) => encode(got) === bytes };
}

export const simple = (text: string): Expected => exactly({ kind: 'simple', text });
export const ok = simple('OK');
export const bulk = (bytes: string | number): Expected => exactly({ kind: 'bulk', bytes: String(bytes) });
export const nil = exactly({ kind: 'bulk', bytes: null });
export const integer = (value: number | bigint): Expected => exactly({ kind: 'integer', value: BigInt(value) });
export const bulks = (...items: readonly (string | null)[]): Expected => exactly({ kind: 'array', items: items.map((bytes) => ({ kind: 'bulk', bytes })) });
export const array = (...items: readonly Reply[]): Expected => exactly({ kind: 'array', items });

/** An integer of which only the range is certain, such as a time that runs. */
export function integerBetween(least: number, most: number): Expected {
  return { words: `integer from ${least} to ${most}`, matches: (got) => got.kind === 'integer' && got.value >= least && got.value <= most };
}

/** An error whose first word is `code` and whose text holds `part`; how it goes on is the server's own. */
export function error(code: string, part = ''): Expected {
  return {
    words: `error that begins with ${code}${part === '' ? '' : ` and says "${part}"`}`,
    matches: (got) => got.kind === 'error' && (got.text === code || got.text.startsWith(`${code} `)) && got.text.includes(part),
  };
}

/** An error of which clients read the whole line. */
export const errorLine = (text: string): Expected => exactly({ kind: 'error', text });

/** Any reply that `matches`, described by `words`. */
export function thatIs(words: string, matches: (reply: Reply) => boolean): Expected {
  return { words, matches };
}
