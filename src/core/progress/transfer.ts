import type { TopicId } from '../roadmap/model.js';
import { format, schema } from './lines.js';
import type { Progress, ProgressEvent, TopicState } from './model.js';
import { asEvent } from './state.js';

/** The name to suggest for an exported file. */
export const exportName = 'backend-roadmap-progress.json';

export type ImportFault =
  /** Not JSON: another file, or a cut or edited copy. */
  | { readonly kind: 'notJson'; readonly detail: string }
  /** JSON, but not an export of this extension. */
  | { readonly kind: 'notProgress' }
  /** Exported by a newer version of the extension, which has to be installed first. */
  | { readonly kind: 'newer'; readonly schema: number }
  /** `where` is the place in the file, such as `events[3]`. */
  | { readonly kind: 'malformed'; readonly where: string };

/** A file that can't be imported. Nothing was changed. */
export class ImportError extends Error {
  override readonly name = 'ImportError';

  constructor(readonly fault: ImportFault) {
    super(fault.kind === 'malformed' ? `malformed: ${fault.where}` : fault.kind);
  }
}

/** By name: the class exists once in every bundle that holds this file. */
export function isImportError(error: unknown): error is ImportError {
  return error instanceof Error && error.name === 'ImportError';
}

/** One readable file: first what the learner would look for, then every record, for an exact merge. */
export function encodeExport(progress: Progress, records: readonly unknown[], now: number): string {
  const when = (at: number) => new Date(at).toISOString();
  const topics = [...progress.topics].filter(([, { state }]) => state !== 'notStarted').sort(([, a], [, b]) => a.at - b.at);
  const lines = (entries: readonly string[], open: string, close: string) => entries.length === 0 ? open + close : `${open}\n    ${entries.join(',\n    ')}\n  ${close}`;
  const fields: [string, string][] = [
    ['format', JSON.stringify(format)],
    ['schema', String(schema)],
    ['exportedAt', JSON.stringify(when(now))],
    ['topics', lines(topics.map(([id, { state, at }]) => `${JSON.stringify(id)}: { "state": "${state}", "since": "${when(at)}" }`), '{', '}')],
    ['languages', JSON.stringify(progress.languages ?? [])],
    ['cardsAnswered', String(progress.answers.size)],
    ['stagesPassed', lines([...progress.practice.values()].filter(({ deed }) => deed === 'passed').sort((a, b) => a.at - b.at).map(({ stage, language, at }) => `{ "stage": ${JSON.stringify(stage)}, "language": ${JSON.stringify(language)}, "since": "${when(at)}" }`), '[', ']')],
    ['events', lines(records.map((record) => JSON.stringify(record)), '[', ']')],
  ];
  return `{\n${fields.map(([name, value]) => `  "${name}": ${value}`).join(',\n')}\n}\n`;
}

/** @returns the records of an exported file. @throws {ImportError} */
export function decodeExport(text: string): object[] {
  let file: { format?: unknown; schema?: unknown; events?: unknown } | null;
  try {
    file = JSON.parse(text.replace(/^\uFEFF/, '')) as typeof file;
  } catch (error) {
    throw new ImportError({ kind: 'notJson', detail: error instanceof Error ? error.message : String(error) });
  }
  if (typeof file !== 'object' || file?.format !== format) throw new ImportError({ kind: 'notProgress' });
  if (typeof file.schema !== 'number') throw new ImportError({ kind: 'malformed', where: 'schema' });
  if (file.schema > schema) throw new ImportError({ kind: 'newer', schema: file.schema });
  if (!Array.isArray(file.events)) throw new ImportError({ kind: 'malformed', where: 'events' });
  return file.events.map((record: unknown, index) => {
    if (!isRecord(record) || (isKnown(record) && asEvent(record) === undefined)) throw new ImportError({ kind: 'malformed', where: `events[${index}]` });
    return record;
  });
}

/** What any record has, of whatever version. */
export function isRecord(value: unknown): value is { readonly id: string; readonly at: number; readonly type: string } {
  const record = value as Record<string, unknown> | null;
  return typeof record === 'object' && typeof record?.['id'] === 'string' && typeof record['at'] === 'number' && typeof record['type'] === 'string';
}

const ownTypes: Readonly<Record<ProgressEvent['type'], true>> = { topic: true, answer: true, languages: true, practice: true, reset: true, resetUndone: true };

function isKnown(record: { readonly type: string; readonly v?: unknown }): boolean {
  return Object.hasOwn(ownTypes, record.type) && (record.v === undefined || record.v === 1);
}

/** What an import would do; pass it to `importEvents`. */
export interface ImportPreview {
  /** What is not in the store yet. */
  readonly records: readonly object[];
  readonly topics: readonly { readonly topic: TopicId; readonly from: TopicState; readonly to: TopicState }[];
  readonly cards: number;
  readonly languages: boolean;
  readonly stages: number;
  /** Topics and cards that the file has and a reset in force hides; undo it to see them. */
  readonly hidden: { readonly count: number; readonly reset: string } | undefined;
}

/** One of each record, in the order of their stamps. */
export function distinct(values: readonly unknown[]): object[] {
  const byId = new Map<string, { readonly id: string; readonly at: number }>();
  for (const value of values) {
    if (!isRecord(value)) continue;
    const held = byId.get(value.id);
    if (held === undefined || JSON.stringify(value) > JSON.stringify(held)) byId.set(value.id, value);
  }
  return [...byId.values()].sort((a, b) => a.at - b.at || (a.id < b.id ? -1 : 1));
}
