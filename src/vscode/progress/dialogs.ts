import * as vscode from 'vscode';
import { exportName, type ImportPreview } from '../../core/progress/transfer.js';
import type { Services } from '../commands/services.js';
import { commands } from '../contributions.js';
import type { Ready } from '../session.js';
import { stateName } from '../words.js';
import { wordsForError } from './problems.js';

/** Saves all progress as one readable file that can be imported again. */
export async function exportProgress({ session }: Services): Promise<void> {
  const { store } = await session.ready();
  const folder = vscode.workspace.workspaceFolders?.[0]?.uri;
  const target = await vscode.window.showSaveDialog({
    title: vscode.l10n.t('Export progress'),
    filters: { JSON: ['json'] },
    ...(folder === undefined ? {} : { defaultUri: vscode.Uri.joinPath(folder, exportName) }),
  });
  if (target === undefined) return;
  await vscode.workspace.fs.writeFile(target, new TextEncoder().encode(await store.exportJson()));
  void vscode.window.showInformationMessage(vscode.l10n.t('Your progress was exported to {0}.', vscode.workspace.asRelativePath(target)));
}

/** Merges an exported file into the progress here, after showing what would change. Nothing is overwritten. */
export async function importProgress({ session, log }: Services, file?: unknown): Promise<void> {
  const ready = await session.ready();
  const [source] = file instanceof vscode.Uri ? [file] : await vscode.window.showOpenDialog({ title: vscode.l10n.t('Import progress'), filters: { JSON: ['json'] }, canSelectMany: false }) ?? [];
  if (source === undefined) return;
  const name = vscode.workspace.asRelativePath(source);
  try {
    const preview = await ready.store.previewImport(new TextDecoder().decode(await vscode.workspace.fs.readFile(source)));
    if (preview.records.length === 0) {
      void vscode.window.showInformationMessage(vscode.l10n.t('{0} holds nothing that is not here already.', name));
      return;
    }
    if (!await confirmImport(ready, preview, name)) return;
    await ready.store.importEvents(preview);
    void vscode.window.showInformationMessage(vscode.l10n.t('{0} was merged into your progress.', name));
  } catch (error) {
    log.error(error instanceof Error ? error : String(error));
    void vscode.window.showErrorMessage(vscode.l10n.t('{0} was not imported: {1}', name, wordsForError(error)));
  }
}

/** The preview: what would change, one line a topic, under the one action. */
async function confirmImport({ outline }: Ready, preview: ImportPreview, name: string): Promise<boolean> {
  const merge: vscode.QuickPickItem = {
    label: `$(check) ${vscode.l10n.t('Merge into my progress')}`,
    description: vscode.l10n.t('topics: {0} · answers: {1} · stages: {2} · nothing is overwritten', preview.topics.length, preview.cards, preview.stages),
    alwaysShow: true,
  };
  const hidden = preview.hidden === undefined ? [] : [{ label: `$(info) ${vscode.l10n.t('{0} entries stay hidden by your last reset; undo the reset to see them', preview.hidden.count)}` }];
  const topics = preview.topics.map(({ topic, from, to }) => ({ label: outline.topic(topic)?.title ?? topic, description: `${stateName(from)} → ${stateName(to)}` }));
  const picked = await vscode.window.showQuickPick([merge, ...hidden, { label: vscode.l10n.t('What would change'), kind: vscode.QuickPickItemKind.Separator }, ...topics], { title: vscode.l10n.t('Import {0}', name), placeHolder: vscode.l10n.t('See what would change, then merge') });
  return picked === merge;
}

/** Starts over, after asking and after a backup; the reset can be undone for ever. */
export async function resetProgress({ session, log }: Services): Promise<void> {
  const { store, standing } = await session.ready();
  const reset = vscode.l10n.t('Reset');
  const answer = await vscode.window.showWarningMessage(
    vscode.l10n.t('Reset all progress?'),
    { modal: true, detail: vscode.l10n.t('{0} of {1} topics are done. A backup is kept and you can undo this at any time.', standing.total.done, standing.total.total) },
    reset,
  );
  if (answer !== reset) return;
  try {
    const { backup } = await store.reset();
    const undo = vscode.l10n.t('Undo');
    const next = await vscode.window.showInformationMessage(vscode.l10n.t('Your progress was reset. A backup is in {0}.', backup), undo);
    if (next === undo) await vscode.commands.executeCommand(commands.undoReset);
  } catch (error) {
    log.error(error instanceof Error ? error : String(error));
    void vscode.window.showErrorMessage(vscode.l10n.t('Your progress was not reset: {0}', wordsForError(error)));
  }
}

export async function undoReset({ session, log }: Services): Promise<void> {
  const { store } = await session.ready();
  const id = store.resetInForce;
  if (id === undefined) return;
  try {
    await store.undoReset(id);
    void vscode.window.showInformationMessage(vscode.l10n.t('Your progress is back.'));
  } catch (error) {
    log.error(error instanceof Error ? error : String(error));
    void vscode.window.showErrorMessage(vscode.l10n.t('The reset was not undone: {0}', wordsForError(error)));
  }
}
