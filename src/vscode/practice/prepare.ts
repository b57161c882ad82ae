import * as vscode from 'vscode';
import { fillArgv } from '../../core/checks/manifest.js';
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
