import * as vscode from 'vscode';
import { commands, contextKeys } from '../contributions.js';
import { wordsForError } from '../progress/problems.js';
import { errorText } from '../words.js';
import type { Command, Services } from './services.js';

const fileName = 'backend-roadmap-progress.json';
const undoKey = 'lastReset';

/** Saves all progress as one readable file that can be imported again. */
export function exportProgress({ session }: Services): Command {
  return {
    id: commands.exportProgress,
    execute: async () => {
      const { store } = await session.ready();
      const folder = vscode.workspace.workspaceFolders?.[0]?.uri;
      const target = await vscode.window.showSaveDialog({
        title: vscode.l10n.t('Export progress'),
        filters: { JSON: ['json'] },
        ...(folder === undefined ? {} : { defaultUri: vscode.Uri.joinPath(folder, fileName) }),
      });
      if (target === undefined) return;
      await vscode.workspace.fs.writeFile(target, new TextEncoder().encode(await store.exportJson()));
      void vscode.window.showInformationMessage(vscode.l10n.t('Your progress was exported to {0}.', vscode.workspace.asRelativePath(target)));
    },
  };
}

/** Merges an exported file into the progress here, after showing what would change. Nothing is overwritten. */
export function importProgress({ session, log }: Services): Command {
  return {
    id: commands.importProgress,
    execute: async () => {
      const { store, outline } = await session.ready();
      const [source] = await vscode.window.showOpenDialog({ title: vscode.l10n.t('Import progress'), filters: { JSON: ['json'] }, canSelectMany: false }) ?? [];
      if (source === undefined) return;
      try {
        const preview = store.previewImport(new TextDecoder().decode(await vscode.workspace.fs.readFile(source)));
        const changes = preview.topics.map(({ topic, from, to }) => ({ label: outline.topic(topic)?.title ?? topic, description: `${from} → ${to}` }));
        void changes;
        void preview;
      } catch (error) {
        log.error(error instanceof Error ? error : String(error));
        void vscode.window.showErrorMessage(vscode.l10n.t('{0} was not imported: {1}', vscode.workspace.asRelativePath(source), errorText(error)));
      }
    },
  };
}

/** Starts over, after asking and after a backup; the reset can be undone for ever. */
export function resetProgress({ session, context, log }: Services): Command {
  return {
    id: commands.resetProgress,
    execute: async () => {
      const { store, standing } = await session.ready();
      const reset = vscode.l10n.t('Reset');
      const answer = await vscode.window.showWarningMessage(
        vscode.l10n.t('Reset all progress?'),
        { modal: true, detail: vscode.l10n.t('{0} of {1} topics are done. A backup is kept and you can undo this at any time.', standing.total.done, standing.total.total) },
        reset,
      );
      if (answer !== reset) return;
      try {
        const { reset: id, backup } = await store.reset();
        await context.globalState.update(undoKey, id);
        await vscode.commands.executeCommand('setContext', contextKeys.resetCanBeUndone, true);
        const undo = vscode.l10n.t('Undo');
        const next = await vscode.window.showInformationMessage(vscode.l10n.t('Your progress was reset. A backup is in {0}.', backup), undo);
        if (next === undo) await vscode.commands.executeCommand(commands.undoReset);
      } catch (error) {
        log.error(error instanceof Error ? error : String(error));
        void vscode.window.showErrorMessage(vscode.l10n.t('Your progress was not reset: {0}', wordsForError(error)));
      }
    },
  };
}

export function undoReset({ session, context, log }: Services): Command {
  return {
    id: commands.undoReset,
    execute: async () => {
      const { store } = await session.ready();
      const id = context.globalState.get<string>(undoKey);
      if (id === undefined) return;
      try {
        await store.undoReset(id);
        await context.globalState.update(undoKey, undefined);
        await vscode.commands.executeCommand('setContext', contextKeys.resetCanBeUndone, false);
        void vscode.window.showInformationMessage(vscode.l10n.t('Your progress is back.'));
      } catch (error) {
        log.error(error instanceof Error ? error : String(error));
        void vscode.window.showErrorMessage(vscode.l10n.t('The reset was not undone: {0}', wordsForError(error)));
      }
    },
  };
}
