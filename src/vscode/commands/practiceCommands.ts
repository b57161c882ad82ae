import * as vscode from 'vscode';
import { commands, type CommandId } from '../contributions.js';
import { errorText } from '../words.js';
import type { Command, Services } from './services.js';

/** The commands on practice projects: what each does is in `practice/execute.ts`, which is loaded with the first of them. */
function practising(id: CommandId): (services: Services) => Command {
  return ({ practice, log }) => ({
    id,
    execute: async (...args) => {
      try {
        await (await practice.get()).execute(id, args);
      } catch (error) {
        log.error(error instanceof Error ? error : String(error));
        void vscode.window.showErrorMessage(errorText(error));
      }
    },
  });
}

export const openStage = practising(commands.openStage);
export const checkStage = practising(commands.checkStage);
export const checkCurrentStage = practising(commands.checkCurrentStage);
export const checkAll = practising(commands.checkAll);
export const stopChecks = practising(commands.stopChecks);
export const prepareProject = practising(commands.prepareProject);
export const showSolution = practising(commands.showSolution);
export const resetFile = practising(commands.resetFile);
export const resetStage = practising(commands.resetStage);
export const undoFileReset = practising(commands.undoFileReset);
