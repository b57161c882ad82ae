import * as vscode from 'vscode';
import { settings } from '../contributions.js';

const terminalName = 'Backend Roadmap';

/**
 * Types a note's shell block into a terminal, after asking. Refuses in a workspace that is not trusted and where there is
 * no machine to run on, saying why.
 * @returns whether the command was sent.
 */
export async function runInTerminal(command: string, hasTerminal: boolean): Promise<boolean> {
  if (!hasTerminal) {
    void vscode.window.showWarningMessage(vscode.l10n.t('There is no terminal in the browser. Copy the command and run it on your machine.'));
    return false;
  }
  if (!vscode.workspace.isTrusted) {
    const manage = vscode.l10n.t('Manage Workspace Trust');
    const answer = await vscode.window.showWarningMessage(vscode.l10n.t('The command was not run: this workspace is in Restricted Mode, where nothing from a note is executed.'), manage);
    if (answer === manage) await vscode.commands.executeCommand('workbench.trust.manage');
    return false;
  }
  const configuration = vscode.workspace.getConfiguration(settings.section);
  if (configuration.get<boolean>(settings.confirmRun, true)) {
    const run = vscode.l10n.t('Run');
    const always = vscode.l10n.t('Run, and Don’t Ask Again');
    const answer = await vscode.window.showInformationMessage(vscode.l10n.t('Run this in the terminal?'), { modal: true, detail: command }, run, always);
    if (answer === undefined) return false;
    if (answer === always) await configuration.update(settings.confirmRun, false, vscode.ConfigurationTarget.Global);
  }
  const terminal = vscode.window.terminals.find(({ name, exitStatus }) => name === terminalName && exitStatus === undefined) ?? vscode.window.createTerminal({ name: terminalName });
  terminal.show(true);
  terminal.sendText(command);
  return true;
}
