import * as vscode from 'vscode';
import type { TopicState } from '../core/progress/model.js';
import type { Topic } from '../core/roadmap/model.js';

/** Words that several surfaces use, so that one thing has one name everywhere. */
export function stateName(state: TopicState): string {
  switch (state) {
    case 'notStarted': return vscode.l10n.t('Not started');
    case 'reading': return vscode.l10n.t('Reading');
    case 'done': return vscode.l10n.t('Done');
    case 'skipped': return vscode.l10n.t('Skipped');
  }
}

export function minutesOf(topic: Topic): string | undefined {
  return topic.minutes === undefined ? undefined : vscode.l10n.t('{0} min', topic.minutes);
}

export function errorText(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
