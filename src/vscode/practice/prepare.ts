import * as vscode from 'vscode';
import { fillArgv } from '../../core/checks/manifest.js';
import { formatReport } from '../../core/checks/report.js';
import type { Checks } from './checks.js';
import type { OpenProject } from './projects.js';

/**
 * Runs the manifest's `prepare` in a terminal that the learner sees, as it may use the network: they asked for it.
 * @param windows programs are named as there.
 * @returns whether all of it ended with exit code 0.
 */
export async function prepareProject({ manifest, folder, project }: OpenProject, windows: boolean): Promise<boolean> {
  for (const command of manifest.prepare) {
    const [program = '', ...args] = fillArgv(command, { node: 'node', python: windows ? 'python' : 'python3', exe: windows ? '.exe' : '', out: '' });
    const quoted = args.map((value): vscode.ShellQuotedString => ({ value, quoting: vscode.ShellQuoting.Strong }));
    const task = new vscode.Task(
      { type: 'backendRoadmap.prepare' }, vscode.TaskScope.Workspace, vscode.l10n.t('Prepare {0}', project.title), 'Backend Roadmap',
      new vscode.ShellExecution(program, quoted, { cwd: folder.fsPath }),
    );
    task.presentationOptions = { reveal: vscode.TaskRevealKind.Always, clear: true };
    const execution = await vscode.tasks.executeTask(task);
    const code = await new Promise<number | undefined>((resolve) => {
      const ended = vscode.tasks.onDidEndTaskProcess((event) => {
        if (event.execution !== execution) return;
        ended.dispose();
        resolve(event.exitCode);
      });
    });
    if (code !== 0) return false;
  }
  return true;
}

/**
 * Lets the project's runner make what its checks and stages need beside packages, with progress that can be cancelled; every line goes to the log.
 * What it may not do unasked is asked for.
 * @returns whether all is there; what is not is told.
 */
export async function prepareChecks(open: OpenProject, checks: Checks, log: vscode.LogOutputChannel): Promise<boolean> {
  const options = { location: vscode.ProgressLocation.Notification, title: vscode.l10n.t('Preparing {0}', open.project.title), cancellable: true };
  const prepare = async (agreed: boolean) => await vscode.window.withProgress(options, async (progress, token) => await checks.prepare(open, agreed, (text) => {
    log.info(text);
    progress.report({ message: text });
  }, token));
  let { blocked, question } = await prepare(false);
  if (question !== undefined) {
    const { text, detail, agree, otherwise } = question;
    if (await vscode.window.showInformationMessage(text, { modal: true, detail }, agree) !== agree) {
      void vscode.window.showInformationMessage(vscode.l10n.t('{0} was not prepared. {1}', open.project.title, otherwise));
      return false;
    }
    ({ blocked, question } = await prepare(true));
  }
  if (blocked === undefined) return question === undefined;
  log.error(formatReport(blocked));
  const show = vscode.l10n.t('Show Log');
  void vscode.window.showErrorMessage(vscode.l10n.t('{0} was not prepared. {1} {2}', open.project.title, blocked.summary, blocked.remedy), show).then((answer) => { if (answer === show) log.show(); });
  return false;
}
