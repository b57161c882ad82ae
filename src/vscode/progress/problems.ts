import * as vscode from 'vscode';
import { isStoreError, type StoreProblem } from '../../core/progress/log.js';
import { isImportError, type ImportFault } from '../../core/progress/transfer.js';
import { commands } from '../contributions.js';
import { errorText } from '../words.js';

/** What happened to stored progress, why, and what to do. */
export function wordsForProblem(problem: StoreProblem): string {
  switch (problem.kind) {
    case 'damaged': return vscode.l10n.t('{0} was damaged. {1} changes in it were recovered, {2} were lost.{3}', problem.file, problem.saved, problem.lost, asideWords(problem.aside));
    case 'cutOff': return vscode.l10n.t('{0} ends in the middle of a change, as after a power cut. {1} changes in it were recovered.{2}', problem.file, problem.saved, asideWords(problem.aside));
    case 'empty': return vscode.l10n.t('{0} was empty. The other files were used.{1}', problem.file, asideWords(problem.aside));
    case 'foreign': return vscode.l10n.t('{0} is not a progress file. The other files were used.{1}', problem.file, asideWords(problem.aside));
    case 'newerFile': return vscode.l10n.t('{0} was written by a newer version of this extension and is left as it is. Update the extension here to see what is in it.', problem.file);
    case 'newerEvents': return vscode.l10n.t('{0} changes come from a newer version of this extension. They are kept; update the extension here to see them.', problem.count);
    case 'summary': return vscode.l10n.t('{0} was damaged and has been made again from the recorded changes. Nothing is lost.', problem.file);
    case 'unreadable': return vscode.l10n.t('{0} could not be read ({1}). Check its permissions, then reload the window; it was not changed.', problem.file, problem.code);
    case 'readOnly': return vscode.l10n.t('Progress can be shown but not saved: {0} can’t be written ({1}). Check its permissions, then reload the window.', problem.file, problem.code);
    case 'sync': return problem.reason === 'newer'
      ? vscode.l10n.t('Settings Sync holds progress from a newer version of this extension. It is left as it is; update the extension here to use it.')
      : vscode.l10n.t('The progress in Settings Sync is not readable and is left as it is. The progress on this machine is used.');
  }
}

/** Why a change was not saved, and what to do. */
export function wordsForError(error: unknown): string {
  if (isImportError(error)) return wordsForFault(error.fault);
  if (!isStoreError(error)) return errorText(error);
  switch (error.kind) {
    case 'diskFull': return vscode.l10n.t('the disk that holds {0} is full. Free some space and try again.', error.file);
    case 'readOnly': return vscode.l10n.t('{0} can’t be written. Check its permissions and try again.', error.file);
    case 'failed': return vscode.l10n.t('writing {0} failed. The log says more.', error.file);
  }
}

function wordsForFault(fault: ImportFault): string {
  switch (fault.kind) {
    case 'notJson': return vscode.l10n.t('it is not a JSON file ({0}). Choose a file that Export Progress wrote.', fault.detail);
    case 'notProgress': return vscode.l10n.t('it was not written by Export Progress. Choose one that was.');
    case 'newer': return vscode.l10n.t('a newer version of this extension wrote it. Update the extension here and import it again.');
    case 'malformed': return vscode.l10n.t('the entry {0} is not readable. Export again on the other machine, or remove that entry from the file.', fault.where);
  }
}

/** Tells a problem with stored progress; only to the log when nothing is lost and nothing is to do. */
export function reportProblem(problem: StoreProblem, log: vscode.LogOutputChannel): void {
  const words = wordsForProblem(problem);
  if (problem.kind === 'summary' || problem.kind === 'sync' || problem.kind === 'empty') {
    log.warn(words);
    return;
  }
  log.error(words);
  const show = vscode.l10n.t('Show Log');
  void vscode.window.showWarningMessage(vscode.l10n.t('Backend Roadmap: {0}', words), show).then((answer) => {
    if (answer === show) void vscode.commands.executeCommand(commands.showLog);
  });
}

function asideWords(aside: string | undefined): string {
  return aside === undefined ? '' : ' ' + vscode.l10n.t('A copy is kept as {0}.', aside);
}
