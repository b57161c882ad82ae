import type * as vscode from 'vscode';
import type { Clock, ContentSource, Ids } from '../../core/ports.js';
import type { EventLog } from '../../core/progress/log.js';

/** What differs between the node and the web worker extension host. */
export interface Platform {
  readonly clock: Clock;
  readonly ids: Ids;
  /** False in the browser: there is no machine to run a command on. */
  readonly hasTerminal: boolean;
  /** @param folder the extension's compiled content. */
  contentSource(folder: vscode.Uri): ContentSource;
  /** @param folder where this machine keeps the extension's data; it may not exist yet. */
  eventLog(folder: vscode.Uri): EventLog;
  /**
   * Shows a self-contained page in the person's browser, on whichever machine that browser runs.
   * @returns false when this host can't, so that the caller offers to save the page instead.
   */
  openInBrowser(html: string): Promise<boolean>;
}
