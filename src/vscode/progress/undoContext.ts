import * as vscode from 'vscode';
import { contextKeys } from '../contributions.js';
import type { Session } from '../session.js';

/** Offers Undo Progress Reset wherever a reset is in force: in every window, and after a restart. */
export function offerUndo(session: Session): vscode.Disposable {
  let offered = false;
  const update = () => {
    const inForce = session.current?.store.resetInForce !== undefined;
    if (inForce !== offered) void vscode.commands.executeCommand('setContext', contextKeys.resetCanBeUndone, inForce);
    offered = inForce;
  };
  session.ready().then(update, () => undefined);
  return session.onDidChange(update);
}
