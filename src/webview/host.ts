import { limits, parseSavedNote, parseToHost, parseToNote, type SavedNote, type ToHost, type ToNote } from '../protocol/note.js';

/** The one way out of the page. What the protocol doesn't allow is dropped here already. */
export interface Host {
  post(message: ToHost): void;
  listen(listener: (message: ToNote) => void): void;
  read(): SavedNote | undefined;
  write(saved: SavedNote): void;
}

export function connect(): Host {
  const api = acquireVsCodeApi();
  const post = (message: ToHost): void => {
    const allowed = parseToHost(message);
    if (allowed !== undefined) api.postMessage(allowed);
  };
  const log = (reason: unknown): void => post({ type: 'logError', message: String(reason instanceof Error ? (reason.stack ?? reason.message) : reason).slice(0, limits.error) });
  addEventListener('error', (event) => log(event.error ?? event.message));
  addEventListener('unhandledrejection', (event) => log(event.reason));
  return {
    post,
    listen: (listener) => addEventListener('message', (event: MessageEvent<unknown>) => {
      const message = parseToNote(event.data);
      if (message !== undefined) listener(message);
    }),
    read: () => parseSavedNote(api.getState()),
    write: (saved) => void api.setState(saved),
  };
}
