import * as vscode from 'vscode';
import { commands } from '../contributions.js';
import { stageWords, type Checks } from './checks.js';

/** While checks run: which stage; a click stops them. */
export function showRunning(checks: Checks): vscode.Disposable {
  const item = vscode.window.createStatusBarItem('backendRoadmap.checking', vscode.StatusBarAlignment.Left, 0);
  item.name = vscode.l10n.t('Backend Roadmap checks');
  item.command = commands.stopChecks;
  const update = (): void => {
    const [run] = checks.running;
    if (run === undefined) {
      item.hide();
      return;
    }
    item.text = `$(sync~spin) ${run.check === undefined ? vscode.l10n.t('Building…') : vscode.l10n.t('Checking {0}', stageWords(run.project, run.check))}`;
    item.tooltip = vscode.l10n.t('Click to stop the checks');
    item.accessibilityInformation = { label: vscode.l10n.t('Checks are running; activate to stop them'), role: 'button' };
    item.show();
  };
  return vscode.Disposable.from(item, checks.onDidChange(update));
}
