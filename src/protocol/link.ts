import * as v from 'valibot';

/** What any page of ours may ask of the host when a link or a copy button is used. */
export type LinkMessage =
  | { readonly type: 'openTopic'; readonly topic: string }
  | { readonly type: 'openProject'; readonly project: string; readonly stage?: string }
  | { readonly type: 'openExternal'; readonly url: string }
  | { readonly type: 'copyCode'; readonly text: string }
  | { readonly type: 'logError'; readonly message: string };

export const linkLimits = { id: 80, url: 2_048, code: 100_000, error: 2_000 } as const;

export const id = v.pipe(v.string(), v.maxLength(linkLimits.id), v.regex(/^[a-z0-9]+(?:-[a-z0-9]+)*$/));
/** A host name and no credentials: what the person is asked about is what is opened. */
const httpsUrl = v.pipe(
  v.string(),
  v.maxLength(linkLimits.url),
  v.regex(/^https:\/\/[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?(?::\d{1,5})?(?:[/?#][^\s\p{C}"<>\\^`{|}]*)?$/iu),
);

export const linkMessages = [
  v.strictObject({ type: v.literal('openTopic'), topic: id }),
  v.strictObject({ type: v.literal('openProject'), project: id, stage: v.exactOptional(id) }),
  v.strictObject({ type: v.literal('openExternal'), url: httpsUrl }),
  v.strictObject({ type: v.literal('copyCode'), text: v.pipe(v.string(), v.maxLength(linkLimits.code)) }),
  v.strictObject({ type: v.literal('logError'), message: v.pipe(v.string(), v.maxLength(linkLimits.error)) }),
] as const;

/** @returns the value when it is one that the schema allows, or undefined. */
export function valid<T>(schema: v.GenericSchema<unknown, T>, value: unknown): T | undefined {
  const result = v.safeParse(schema, value);
  return result.success ? result.output : undefined;
}
