import * as vscode from 'vscode';
import { commands, type CommandId } from '../contributions.js';
import type { Practice } from '../practice/practice.js';
import type { ProjectNode } from '../views/projectsView.js';
import { errorText } from '../words.js';
import type { Command, Services } from './services.js';

/** A command on practice: loads it first, and tells the learner what went wrong. */
function practising(id: CommandId, act: (practice: Practice, args: readonly unknown[]) => unknown): (services: Services) => Command {
  return ({ practice, log }) => ({
    id,
    execute: async (...args) => {
      try {
        await act(await practice.get(), args);
      } catch (error) {
        log.error(error instanceof Error ? error : String(error));
        void vscode.window.showErrorMessage(errorText(error));
      }
    },
  });
}

/** Called from the tree with a stage, from a CodeLens or a note with a project's and a stage's id, or without: the current stage. */
export const openStage = practising(commands.openStage, async (practice, [first, second]) => {
  const node = first as ProjectNode | undefined;
  if (typeof first === 'string') return practice.panels.open(first, typeof second === 'string' ? second : undefined);
  if (typeof node === 'object' && node.kind === 'stage') return practice.panels.open(node.project.id, node.stage.id);
  const open = await practice.pick(vscode.l10n.t('A stage of which project?'));
  return open === undefined ? undefined : practice.panels.open(open.project.id, open.project.stages[await practice.checks.currentStage(open) - 1]?.id);
});

/** Called from the tree with a stage, from a CodeLens with the manifest and a stage's id, or without: the current stage. */
export const checkStage = practising(commands.checkStage, async (practice, [first, second]) => {
  const node = first as ProjectNode | undefined;
  const isStage = typeof node === 'object' && node.kind === 'stage';
  const open = isStage
    ? practice.projects.all.find(({ project }) => project.id === node.project.id) ?? await practice.pick(vscode.l10n.t('Check which project?'))
    : await practice.pick(vscode.l10n.t('Check which project?'), typeof first === 'string' ? first : undefined);
  if (open === undefined) return;
  const stage = isStage ? node.stage.id : second;
  const index = open.project.stages.findIndex(({ id }) => id === stage);
  await practice.checkStage(open, index < 0 ? await practice.checks.currentStage(open) : index + 1);
});

export const checkCurrentStage = practising(commands.checkCurrentStage, (practice) => practice.checkCurrentStage());
export const checkAll = practising(commands.checkAll, (practice) => practice.checkAll());
export const stopChecks = practising(commands.stopChecks, (practice) => { practice.checks.stop(); });
export const prepareProject = practising(commands.prepareProject, (practice, [manifest]) => practice.prepare(typeof manifest === 'string' ? manifest : undefined));
export const showSolution = practising(commands.showSolution, (practice) => practice.showSolution());
export const resetFile = practising(commands.resetFile, (practice, [uri]) => practice.resetFile(uri instanceof vscode.Uri ? uri : undefined));
export const resetStage = practising(commands.resetStage, (practice) => practice.resetStage());
export const undoFileReset = practising(commands.undoFileReset, (practice) => practice.undoReset());
