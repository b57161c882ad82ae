import * as vscode from 'vscode';
import { manifestName } from '../../core/checks/manifestName.js';
import { commands, settings } from '../contributions.js';
import type { Checks } from './checks.js';
import type { OpenProjects } from './projects.js';

/** Over the first line of a scaffolded project's manifest and README: check the stage that is next, and read about it. */
export class CheckLenses implements vscode.CodeLensProvider, vscode.Disposable {
  readonly #projects: OpenProjects;
  readonly #checks: Checks;
  readonly #changed = new vscode.EventEmitter<void>();
  readonly #disposables: vscode.Disposable[];

  readonly onDidChangeCodeLenses = this.#changed.event;

  constructor(projects: OpenProjects, checks: Checks) {
    this.#projects = projects;
    this.#checks = checks;
    const change = () => { this.#changed.fire(); };
    this.#disposables = [
      this.#changed, projects.onDidChange(change), checks.onDidChange(change),
      vscode.languages.registerCodeLensProvider([{ pattern: `**/${manifestName}` }, { pattern: '**/README.md' }], this),
    ];
  }

  async provideCodeLenses(document: vscode.TextDocument): Promise<vscode.CodeLens[]> {
    if (!vscode.workspace.getConfiguration(settings.section, document).get<boolean>(settings.codeLens, true)) return [];
    const open = this.#projects.of(document.uri);
    if (open === undefined || vscode.Uri.joinPath(document.uri, '..').toString() !== vscode.Uri.joinPath(open.manifestUri, '..').toString()) return [];
    const number = await this.#checks.currentStage(open);
    const stage = open.project.stages[number - 1];
    if (stage === undefined) return [];
    const top = new vscode.Range(0, 0, 0, 0);
    const key = open.manifestUri.toString();
    return [
      this.#checks.isRunning(open)
        ? new vscode.CodeLens(top, { command: commands.stopChecks, title: vscode.l10n.t('Stop checking'), arguments: [key] })
        : new vscode.CodeLens(top, { command: commands.checkStage, title: vscode.l10n.t('Check stage {0}', number), tooltip: stage.title, arguments: [key, stage.id] }),
      new vscode.CodeLens(top, { command: commands.openStage, title: vscode.l10n.t('Read: {0}', stage.title), tooltip: vscode.l10n.t('What to build, what is tested, and hints'), arguments: [open.project.id, stage.id] }),
    ];
  }

  dispose(): void {
    vscode.Disposable.from(...this.#disposables).dispose();
  }
}
