import type { Exit } from './checks/outcome.js';
import type { RunnerEvent, RunRequest } from './checks/protocol.js';
/** What the core needs from outside. Each host gives its own. */
export interface Clock {
  /** Milliseconds since the epoch. */
  now(): number;
}

export interface Ids {
  /** A string that no other call on any machine returns. */
  next(): string;
}

/** The compiled content of the extension. */
export interface ContentSource {
  /** @param path relative to the content folder, `/`-separated. @throws when the file is missing or unreadable. */
  readJson(path: string): Promise<unknown>;
}

/** Asks for an end; VS Code's `CancellationToken` is one. */
export interface Cancellation {
  readonly isCancellationRequested: boolean;
  onCancellationRequested(listener: () => void): { dispose(): unknown };
}

/** Runs checks outside the extension host. Web has none. */
export interface CheckRunner {
  /** Resolves when the run has ended, however it ended; cancelling ends it and everything that it started. */
  run(request: Omit<RunRequest, 'secret'>, take: (event: RunnerEvent) => void, cancellation: Cancellation): Promise<Exit>;
}
