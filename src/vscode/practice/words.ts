import * as vscode from 'vscode';
import type { Verdict } from '../../core/checks/verdict.js';

/** A verdict in the editor's display language. */
export function verdictWords(verdict: Verdict): string {
  switch (verdict) {
    case 'passed': return vscode.l10n.t('Passed');
    case 'failed': return vscode.l10n.t('Failed');
    case 'timedOut': return vscode.l10n.t('Timed out');
    case 'couldNotRun': return vscode.l10n.t('Could not run');
    case 'nothingRan': return vscode.l10n.t('Not run');
    case 'inconclusive': return vscode.l10n.t('Inconclusive');
  }
}
