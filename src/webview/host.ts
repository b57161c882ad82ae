import { parseSavedNote, parseToHost, parseToNote, type SavedNote, type ToHost, type ToNote } from '../protocol/note.js';
import { linkLimits, type LinkMessage } from '../protocol/link.js';
import { parseSavedStage, parseStageToHost, parseToStage, type SavedStage, type StageToHost, type ToStage } from '../protocol/stage.js';

/** The one way out of a page. What its protocol doesn't allow is dropped here already. */
export interface PageHost<Out, In, Saved> {
  post(message: Out): void;
  listen(listener: (message: In) => void): void;
  read(): Saved | undefined;
  write(saved: Saved): void;
}

export type Host = PageHost<ToHost, ToNote, SavedNote>;
export type StageHost = PageHost<StageToHost, ToStage, SavedStage>;

interface Parsers<Out, In, Saved> {
  readonly out: (value: unknown) => Out | undefined;
  readonly in: (value: unknown) => In | undefined;
  readonly saved: (value: unknown) => Saved | undefined;
}

export function connectNote(): Host {
  return connect({ out: parseToHost, in: parseToNote, saved: parseSavedNote });
}

export function connectStage(): StageHost {
  return connect({ out: parseStageToHost, in: parseToStage, saved: parseSavedStage });
}

function connect<Out, In, Saved>(parse: Parsers<Out | LinkMessage, In, Saved>): PageHost<Out | LinkMessage, In, Saved> {
  const api = acquireVsCodeApi();
  const post = (message: Out | LinkMessage): void => {
    const allowed = parse.out(message);
    if (allowed !== undefined) api.postMessage(allowed);
  };
  const log = (reason: unknown): void => post({ type: 'logError', message: String(reason instanceof Error ? (reason.stack ?? reason.message) : reason).slice(0, linkLimits.error) });
  addEventListener('error', (event) => log(event.error ?? event.message));
  addEventListener('unhandledrejection', (event) => log(event.reason));
  return {
    post,
    listen: (listener) => addEventListener('message', (event: MessageEvent<unknown>) => {
      const message = parse.in(event.data);
      if (message !== undefined) listener(message);
    }),
    read: () => parse.saved(api.getState()),
    write: (saved) => void api.setState(saved),
  };
}
