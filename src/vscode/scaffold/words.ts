import * as vscode from 'vscode';
import type { PathProblem } from '../../core/scaffold/path.js';
import type { Obstacle } from '../../core/scaffold/plan.js';
import { errorText } from '../words.js';
import type { FailureReason } from './write.js';

export function wordsForName(problem: PathProblem): string {
  switch (problem) {
    case 'empty':
    case 'emptySegment': return vscode.l10n.t('Give the folder a name.');
    case 'absolute':
    case 'backslash':
    case 'reservedCharacter': return vscode.l10n.t('A folder name can’t hold any of / \\ < > : " | ? *');
    case 'dotSegment': return vscode.l10n.t('“.” and “..” mean other folders. Choose a name.');
    case 'controlCharacter': return vscode.l10n.t('The name holds a character that can’t be seen.');
    case 'reservedName': return vscode.l10n.t('Windows keeps this name for a device. Choose another, so that the project works everywhere.');
    case 'endsInDotOrSpace': return vscode.l10n.t('Windows drops a dot or a space at the end. Choose a name without.');
    case 'gitFolder': return vscode.l10n.t('This name belongs to git.');
    case 'tooLong': return vscode.l10n.t('The name is too long.');
  }
}

/** A line of the list of what is in the way. */
export function wordsForObstacle(obstacle: Obstacle): { readonly label: string; readonly description: string } {
  const { code, path, existing } = obstacle;
  switch (code) {
    case 'exists': return { label: existing, description: existing === path
      ? vscode.l10n.t('is there already')
      : vscode.l10n.t('is there already and differs from {0} in spelling only', path) };
    case 'notAFolder': return { label: existing, description: vscode.l10n.t('is in the way: {0} needs its own folder', path) };
    case 'symbolicLink': return { label: existing, description: vscode.l10n.t('is a symbolic link, which may lead out of the folder') };
  }
}

export function wordsForFailure(reason: FailureReason, path: string, error: unknown): string {
  switch (reason) {
    case 'exists': return vscode.l10n.t('{0} was created by another program in the meantime.', path);
    case 'symbolicLink': return vscode.l10n.t('{0} lies behind a symbolic link, which may lead out of the folder.', path);
    case 'notAFolder': return vscode.l10n.t('A folder on the way to {0} is missing or is not a folder.', path);
    case 'error': return vscode.l10n.t('{0} could not be written: {1}', path, errorText(error));
  }
}
