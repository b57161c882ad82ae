import * as vscode from 'vscode';
import { checksUpTo } from '../../core/checks/standing.js';
import type { ContentSource } from '../../core/ports.js';
import { languageName } from '../../core/scaffold/languages.js';
import { commands, contextKeys, type CommandId } from '../contributions.js';
import type { Platform, PlatformChecks } from '../platform/platform.js';
import type { Session } from '../session.js';
import { errorText } from '../words.js';
import { Checks, type RunResult } from './checks.js';
import { CheckController } from './controller.js';
import { execute } from './execute.js';
import { CheckLenses } from './lenses.js';
import { prepareChecks, prepareProject } from './prepare.js';
import { OpenProjects, type OpenProject } from './projects.js';
import { fileResets, type FileResets } from './reset.js';
import { Solutions } from './solution.js';
import { StagePanels } from './stagePanel.js';
import { showRunning } from './statusBar.js';

export interface PracticeDeps {
  readonly context: vscode.ExtensionContext;
  readonly platform: Platform;
  readonly content: ContentSource;
  readonly session: Session;
  readonly log: vscode.LogOutputChannel;
  readonly openTopic: (topic: string) => Promise<void>;
  readonly openProject: (project: string) => Promise<void>;
}

/** Everything about working on practice projects: made when the first of it is needed. */
export class Practice implements vscode.Disposable {
  readonly #deps: PracticeDeps;
  readonly #controller: CheckController;
  readonly #lenses: CheckLenses;
  readonly #resets: FileResets;
  readonly #running: vscode.Disposable;
  readonly projects: OpenProjects;
  readonly checks: Checks;
  readonly solutions: Solutions;
  readonly panels: StagePanels;

  private constructor(deps: PracticeDeps, platformChecks: PlatformChecks | undefined) {
    const { context, platform, session, log } = deps;
    this.#deps = deps;
    const processes = vscode.Uri.joinPath(context.globalStorageUri, 'processes');
    this.projects = new OpenProjects(deps.content);
    this.checks = new Checks({
      session, log, processes, state: context.workspaceState, runner: platformChecks?.checkRunner(context.extensionUri), storage: context.storageUri ?? context.globalStorageUri,
      starter: ({ project, manifest }) => this.solutions.starter(project.id, manifest.language),
    });
    this.solutions = new Solutions(deps.content);
    this.#resets = fileResets(context.globalStorageUri, () => platform.clock.now());
    this.#controller = new CheckController({ projects: this.projects, checks: this.checks, log, ended: (open, result) => { void this.#tell(open, result); } });
    this.#lenses = new CheckLenses(this.projects, this.checks);
    this.#running = showRunning(this.checks);
    this.panels = new StagePanels({
      extensionUri: context.extensionUri, session, log, projects: this.projects, checks: this.checks, solutions: this.solutions, nonce: () => platform.ids.next(),
      act: {
        check: (open, number) => this.checkStage(open, number),
        scaffold: async (project) => { await vscode.commands.executeCommand(commands.scaffoldProject, { kind: 'project', project: { id: project } }); },
        openTopic: deps.openTopic,
        openProject: deps.openProject,
      },
    });
    void platformChecks?.endLeftovers(processes).then(
      (count) => { if (count > 0) log.info(`Ended ${count} programs that a window which was killed had left behind.`); },
      (error: unknown) => { log.warn(`Programs of earlier runs were not looked for: ${errorText(error)}`); },
    );
  }

  static async start(deps: PracticeDeps): Promise<Practice> {
    const practice = new Practice(deps, await deps.platform.loadChecks?.());
    await practice.projects.refresh();
    return practice;
  }

  /** Does what a command on practice projects does. */
  async execute(id: CommandId, args: readonly unknown[]): Promise<void> {
    await execute(this, id, args);
  }

  /** Checks a stage and those before it, shown in the Testing view. */
  async checkStage(open: OpenProject, number: number): Promise<void> {
    await this.#controller.run(open, checksUpTo(open.project, number));
  }

  async checkCurrentStage(): Promise<void> {
    const open = await this.pick(vscode.l10n.t('Check which project?'));
    if (open !== undefined) await this.checkStage(open, await this.checks.currentStage(open));
  }

  async checkAll(): Promise<void> {
    const open = await this.pick(vscode.l10n.t('Check which project?'));
    if (open !== undefined) await this.#controller.run(open, open.project.stages.flatMap(({ id, checks }) => checks.map((check) => `${id}/${check.id}`)));
  }

  /** The project that is meant: by its manifest, by the active editor, the only one, or asked for. Tells when there is none. */
  async pick(title: string, manifestUri?: string): Promise<OpenProject | undefined> {
    if (this.projects.all.length === 0) await this.projects.refresh();
    const { all } = this.projects;
    const named = all.find((open) => open.manifestUri.toString() === manifestUri);
    if (named !== undefined) return named;
    const active = vscode.window.activeTextEditor?.document.uri;
    const current = active === undefined ? undefined : this.projects.of(active);
    if (current !== undefined) return current;
    if (all.length === 1) return all[0];
    if (all.length === 0) {
      const [broken] = this.projects.broken;
      if (broken !== undefined) {
        void vscode.window.showErrorMessage(broken.reason);
        return undefined;
      }
      const scaffold = vscode.l10n.t('Scaffold Project');
      const answer = await vscode.window.showInformationMessage(vscode.l10n.t('No open folder holds a practice project yet.'), scaffold);
      if (answer === scaffold) await vscode.commands.executeCommand(commands.scaffoldProject);
      return undefined;
    }
    const items = all.map((open) => ({ label: open.project.title, description: `${languageName(open.manifest.language)} · ${vscode.workspace.asRelativePath(open.folder)}`, open }));
    return (await vscode.window.showQuickPick(items, { title }))?.open;
  }

  /** Installs what the project needs, where the learner sees it. */
  async prepare(manifestUri?: string): Promise<void> {
    const open = await this.pick(vscode.l10n.t('Prepare which project?'), manifestUri);
    if (open === undefined || !this.#trusted()) return;
    if (open.manifest.prepare.length === 0 && open.project.prepares !== true) {
      void vscode.window.showInformationMessage(vscode.l10n.t('{0} needs no preparation.', open.project.title));
      return;
    }
    if (!await prepareProject(open, this.#deps.platform.isWindows)) {
      void vscode.window.showErrorMessage(vscode.l10n.t('The project was not prepared: the terminal says why. It needs the network once.'));
      return;
    }
    if (open.project.prepares === true && !await prepareChecks(open, this.checks, this.#deps.log)) return;
    const check = vscode.l10n.t('Check Current Stage');
    if (await vscode.window.showInformationMessage(vscode.l10n.t('{0} is prepared.', open.project.title), check) === check) await this.checkStage(open, await this.checks.currentStage(open));
  }

  async showSolution(): Promise<void> {
    const open = await this.pick(vscode.l10n.t('The solution for which project?'));
    if (open === undefined) return;
    if (!await this.solutions.has(open.project.id, open.manifest.language)) {
      void vscode.window.showInformationMessage(vscode.l10n.t('There is no solution in {0} yet.', languageName(open.manifest.language)));
      return;
    }
    const number = await this.#pickStage(open, vscode.l10n.t('Compare with the solution of which stage?'));
    if (number === undefined) return;
    await this.checks.note(open.project.id, open.project.stages[number - 1]!.id, 'solution', open.manifest.language);
    await this.solutions.compare(open, number);
  }

  /** Puts one file back to what the starter has. */
  async resetFile(file?: vscode.Uri): Promise<void> {
    const uri = file ?? vscode.window.activeTextEditor?.document.uri;
    const open = uri === undefined ? await this.pick(vscode.l10n.t('Reset a file of which project?')) : this.projects.of(uri) ?? await this.pick(vscode.l10n.t('Reset a file of which project?'));
    if (open === undefined || !this.#trusted()) return;
    const starter = await this.solutions.filesAfter(open.project.id, open.manifest.language, 0);
    const asked = uri === undefined ? undefined : uri.path.slice(open.folder.path.replace(/\/$/u, '').length + 1);
    const path = asked !== undefined && starter.has(asked) ? asked : await vscode.window.showQuickPick([...starter.keys()], { title: vscode.l10n.t('Reset which file to its starter?') });
    if (path === undefined) return;
    await this.#reset(open, new Map([[path, starter.get(path)!]]), vscode.l10n.t('Reset {0} to its starter?', path));
  }

  /** Puts the project's files to what they are when a stage begins: the starter, or the solution of the stage before. */
  async resetStage(): Promise<void> {
    const open = await this.pick(vscode.l10n.t('Reset which project?'));
    if (open === undefined || !this.#trusted()) return;
    const number = await this.#pickStage(open, vscode.l10n.t('Begin which stage again?'));
    if (number === undefined) return;
    const question = number === 1 ? vscode.l10n.t('Reset the project to its starter?') : vscode.l10n.t('Reset the project to the solution of stage {0}, where stage {1} begins?', number - 1, number);
    await this.#reset(open, await this.solutions.filesAfter(open.project.id, open.manifest.language, number - 1), question);
  }

  async undoReset(): Promise<void> {
    const open = await this.pick(vscode.l10n.t('Undo the reset of which project?'));
    if (open === undefined) return;
    const backup = await this.#resets.latest(open.folder);
    if (backup === undefined) {
      void vscode.window.showInformationMessage(vscode.l10n.t('No file of {0} was reset.', open.project.title));
      return;
    }
    await this.#undo(backup);
  }

  async #reset(open: OpenProject, files: ReadonlyMap<string, string>, question: string): Promise<void> {
    const reset = vscode.l10n.t('Reset');
    const detail = vscode.l10n.t('What is there now is backed up first and can be brought back. Files of your own that the starter does not have stay as they are.');
    if (await vscode.window.showWarningMessage(question, { modal: true, detail }, reset) !== reset) return;
    const backup = await this.#resets.write(open.folder, files);
    const undo = vscode.l10n.t('Undo');
    if (await vscode.window.showInformationMessage(vscode.l10n.t('The files were reset. A backup is in {0}.', backup.fsPath), undo) === undo) await this.#undo(backup);
  }

  async #undo(backup: vscode.Uri): Promise<void> {
    await this.#resets.undo(backup);
    void vscode.window.showInformationMessage(vscode.l10n.t('Your files are back.'));
  }

  async #pickStage(open: OpenProject, title: string): Promise<number | undefined> {
    const current = await this.checks.currentStage(open);
    const items = open.project.stages.map((stage, index) => ({ label: `${index + 1}. ${stage.title}`, description: index + 1 === current ? vscode.l10n.t('your current stage') : '', number: index + 1 }));
    const [first] = items.splice(current - 1, 1);
    return (await vscode.window.showQuickPick([...first === undefined ? [] : [first], ...items], { title }))?.number;
  }

  #trusted(): boolean {
    if (vscode.workspace.isTrusted) return true;
    const manage = vscode.l10n.t('Manage Workspace Trust');
    void vscode.window.showWarningMessage(vscode.l10n.t('This workspace is in Restricted Mode, so nothing was changed or run. Trust it first.'), manage)
      .then((answer) => { if (answer === manage) void vscode.commands.executeCommand('workbench.trust.manage'); });
    return false;
  }

  /** What to do next after a run: prepare, or read the next stage. */
  async #tell(open: OpenProject, { newlyPassed, prepare }: RunResult): Promise<void> {
    if (prepare) {
      const label = vscode.l10n.t('Prepare Project');
      if (await vscode.window.showWarningMessage(vscode.l10n.t('{0} could not be checked: what it needs is not installed yet. Preparing needs the network once.', open.project.title), label) === label) await this.prepare(open.manifestUri.toString());
      return;
    }
    const last = newlyPassed.at(-1);
    const index = open.project.stages.findIndex(({ id }) => id === last);
    if (index < 0) return;
    const next = open.project.stages[index + 1];
    const label = vscode.l10n.t('Open Next Stage');
    const text = next === undefined
      ? vscode.l10n.t('Stage {0} passed: {1} is complete.', index + 1, open.project.title)
      : vscode.l10n.t('Stage {0} passed. Next: {1}.', index + 1, next.title);
    const answer = await vscode.window.showInformationMessage(text, ...next === undefined ? [] : [label]);
    if (answer === label && next !== undefined) await this.panels.open(open.project.id, next.id);
  }

  dispose(): void {
    vscode.Disposable.from(this.#controller, this.#lenses, this.#running, this.checks, this.solutions, this.panels, this.projects).dispose();
  }
}

/** Sets what menus and shortcuts ask for. */
export function followContext(practice: Practice): vscode.Disposable {
  const update = (): void => {
    void vscode.commands.executeCommand('setContext', contextKeys.hasProject, practice.projects.all.length > 0);
    void vscode.commands.executeCommand('setContext', contextKeys.checking, practice.checks.running.length > 0);
  };
  update();
  return vscode.Disposable.from(practice.projects.onDidChange(update), practice.checks.onDidChange(update));
}
