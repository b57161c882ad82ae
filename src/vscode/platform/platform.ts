import type * as vscode from 'vscode';
import type { CheckRunner, Clock, ContentSource, Ids } from '../../core/ports.js';
import type { EventLog } from '../../core/progress/log.js';

export interface PlatformChecks {
  /** @param extension the extension's own folder. */
  checkRunner(extension: vscode.Uri): CheckRunner;
  /** Ends what runners of windows that were killed have left behind. @param folder where runs list what they start. @returns how many processes. */
  endLeftovers(folder: vscode.Uri): Promise<number>;
}

/** What differs between the node and the web worker extension host. */
export interface Platform {
  readonly clock: Clock;
  readonly ids: Ids;
  /** The machine that programs run on has Windows. */
  readonly isWindows: boolean;
  /** False in the browser: there is no machine to run a command on. */
  readonly hasTerminal: boolean;
  /** @param folder the extension's compiled content. */
  contentSource(folder: vscode.Uri): ContentSource;
  /** @param folder where this machine keeps the extension's data; it may not exist yet. */
  eventLog(folder: vscode.Uri): EventLog;
  /** What runs a learner's programs, loaded when it is needed; absent in the browser, where there is nothing to run them. */
  readonly loadChecks?: () => Promise<PlatformChecks>;
  /**
   * Shows a self-contained page in the person's browser, on whichever machine that browser runs.
   * @returns false when this host can't, so that the caller offers to save the page instead.
   */
  openInBrowser(html: string): Promise<boolean>;
}
