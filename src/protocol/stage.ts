import * as v from 'valibot';
import type { StageStanding } from '../core/notes/stagePage.js';
import { id, linkMessages, valid, type LinkMessage } from './link.js';

/** What a stage's page may ask of the host. Nothing else is heard. */
export type StageToHost = LinkMessage
  /** The page listens; the host answers with `standing`. */
  | { readonly type: 'ready' }
  | { readonly type: 'check' }
  | { readonly type: 'stop' }
  | { readonly type: 'scaffold' }
  | { readonly type: 'solution' }
  /** A hint was opened; from 1. */
  | { readonly type: 'hint'; readonly number: number };

/** What the host may tell a stage's page. */
export interface ToStage { readonly type: 'standing'; readonly standing: StageStanding }

/** What the page keeps in `vscode.setState`, and so what the panel serializer is given. */
export interface SavedStage { readonly stage: string; readonly scroll: number }

const stageId = v.pipe(v.string(), v.maxLength(170), v.regex(/^[a-z0-9-]+\/[a-z0-9-]+$/));

const toHost = v.variant('type', [
  ...linkMessages,
  v.strictObject({ type: v.literal('ready') }),
  v.strictObject({ type: v.literal('check') }),
  v.strictObject({ type: v.literal('stop') }),
  v.strictObject({ type: v.literal('scaffold') }),
  v.strictObject({ type: v.literal('solution') }),
  v.strictObject({ type: v.literal('hint'), number: v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(99)) }),
]);

const toStage = v.strictObject({
  type: v.literal('standing'),
  standing: v.strictObject({
    state: v.picklist(['absent', 'ready', 'running']),
    words: v.pipe(v.string(), v.maxLength(300)),
    passed: v.boolean(),
    verdicts: v.record(id, v.picklist(['passed', 'failed', 'timedOut', 'couldNotRun', 'nothingRan', 'inconclusive'])),
    solution: v.boolean(),
  }),
});

const savedStage = v.object({ stage: stageId, scroll: v.pipe(v.number(), v.finite(), v.minValue(0)) });

/** @returns the message, or undefined when it is not one that a stage's page may send. */
export function parseStageToHost(value: unknown): StageToHost | undefined {
  return valid(toHost, value);
}

/** @returns the message, or undefined when it is not one that the host sends. */
export function parseToStage(value: unknown): ToStage | undefined {
  return valid(toStage, value);
}

/** @returns the saved state of a stage's page, or undefined when it is none. */
export function parseSavedStage(value: unknown): SavedStage | undefined {
  return valid(savedStage, value);
}
