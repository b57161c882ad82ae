import * as vscode from 'vscode';
import { commands, settings } from './contributions.js';
import type { Session } from './session.js';

/** "12/55" in the status bar; a click opens what is next. */
export function createStatusBar(session: Session): vscode.Disposable {
  const item = vscode.window.createStatusBarItem('backendRoadmap.progress', vscode.StatusBarAlignment.Right, 90);
  item.name = vscode.l10n.t('Backend Roadmap progress');
  item.command = commands.openNext;

  const update = () => {
    const ready = session.current;
    const enabled = vscode.workspace.getConfiguration(settings.section).get<boolean>(settings.statusBar, true);
    if (ready === undefined || !enabled) {
      item.hide();
      return;
    }
    const { done, total } = ready.standing.total;
    const next = ready.standing.upNext();
    item.text = `$(mortar-board) ${done}/${total}`;
    item.tooltip = next === undefined
      ? vscode.l10n.t('Backend roadmap: {0} of {1} topics done', done, total)
      : vscode.l10n.t('Backend roadmap: {0} of {1} topics done. Open next: {2}', done, total, next.title);
    item.accessibilityInformation = { label: item.tooltip };
    item.show();
  };

  session.ready().then(update, () => item.hide());
  return vscode.Disposable.from(
    item,
    session.onDidChange(update),
    vscode.workspace.onDidChangeConfiguration((event) => { if (event.affectsConfiguration(settings.section)) update(); }),
  );
}
