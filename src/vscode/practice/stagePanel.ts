import * as vscode from 'vscode';
import type { CompiledProject } from '../../core/checks/project.js';
import { stageVerdict } from '../../core/checks/standing.js';
import { stagePage, type StageStanding } from '../../core/notes/stagePage.js';
import { stageStrings, type StageStrings } from '../../core/notes/stageStrings.js';
import { passedIn } from '../../core/progress/model.js';
import { languageName } from '../../core/scaffold/languages.js';
import { parseSavedStage, parseStageToHost, type StageToHost, type ToStage } from '../../protocol/stage.js';
import { stagePanel } from '../contributions.js';
import { noteWebviewOptions } from '../notes/options.js';
import type { Session } from '../session.js';
import { errorText } from '../words.js';
import { verdictWords } from './words.js';
import type { Checks } from './checks.js';
import type { OpenProject, OpenProjects } from './projects.js';
import type { Solutions } from './solution.js';

export interface StagePanelDeps {
  readonly extensionUri: vscode.Uri;
  readonly session: Session;
  readonly projects: OpenProjects;
  readonly checks: Checks;
  readonly solutions: Solutions;
  readonly log: vscode.LogOutputChannel;
  readonly nonce: () => string;
  readonly act: {
    check(open: OpenProject, number: number): Promise<void>;
    scaffold(project: string): Promise<void>;
    openTopic(topic: string): Promise<void>;
    openProject(project: string): Promise<void>;
  };
}

/** The one panel that shows stages; it is reused, and survives a reload. */
export class StagePanels implements vscode.WebviewPanelSerializer, vscode.Disposable {
  readonly #deps: StagePanelDeps;
  readonly #disposables: vscode.Disposable[];
  #panel: vscode.WebviewPanel | undefined;
  #shown: { readonly project: CompiledProject; readonly number: number } | undefined;
  #generation = 0;

  constructor(deps: StagePanelDeps) {
    this.#deps = deps;
    const update = () => void this.#postStanding();
    this.#disposables = [
      vscode.window.registerWebviewPanelSerializer(stagePanel, this),
      deps.checks.onDidChange(update),
      deps.projects.onDidChange(update),
      deps.session.onDidChange((change) => { if (change === undefined || change.stages.size > 0) update(); }),
    ];
  }

  /** @param stage its id; the first one when absent. @throws when there is no such project. */
  async open(projectId: string, stage?: string): Promise<void> {
    const project = await this.#deps.projects.compiled(projectId);
    if (this.#panel === undefined) this.#adopt(vscode.window.createWebviewPanel(stagePanel, '', vscode.ViewColumn.Active, { ...noteWebviewOptions(this.#deps.extensionUri), enableFindWidget: true }));
    else this.#panel.reveal(undefined, false);
    await this.#show(project, stage);
  }

  async deserializeWebviewPanel(panel: vscode.WebviewPanel, state: unknown): Promise<void> {
    const [projectId = '', stage] = parseSavedStage(state)?.stage.split('/') ?? [];
    try {
      const project = await this.#deps.projects.compiled(projectId);
      this.#panel?.dispose();
      this.#adopt(panel);
      await this.#show(project, stage);
    } catch {
      this.#deps.log.warn('A stage’s panel was saved without a stage that still exists; it was closed.');
      panel.dispose();
    }
  }

  dispose(): void {
    vscode.Disposable.from(...this.#disposables).dispose();
    this.#panel?.dispose();
  }

  #adopt(panel: vscode.WebviewPanel): void {
    this.#panel = panel;
    panel.webview.options = noteWebviewOptions(this.#deps.extensionUri);
    const icon = (theme: string) => vscode.Uri.joinPath(this.#deps.extensionUri, 'media', 'icons', `ring-2-${theme}.svg`);
    panel.iconPath = { light: icon('light'), dark: icon('dark') };
    panel.webview.onDidReceiveMessage((value: unknown) => this.#receive(value));
    panel.onDidDispose(() => {
      if (this.#panel === panel) this.#panel = this.#shown = undefined;
    });
  }

  async #show(project: CompiledProject, stage: string | undefined): Promise<void> {
    const generation = ++this.#generation;
    const number = Math.max(1, project.stages.findIndex(({ id }) => id === stage) + 1);
    const standing = await this.#standing(project, number);
    const panel = this.#panel;
    if (panel === undefined || generation !== this.#generation) return;
    this.#shown = { project, number };
    const { webview } = panel;
    const uri = (...path: string[]) => webview.asWebviewUri(vscode.Uri.joinPath(this.#deps.extensionUri, ...path)).toString();
    panel.title = vscode.l10n.t('{0}. {1}', number, project.stages[number - 1]!.title);
    webview.html = stagePage({
      project, number, standing,
      strings: Object.fromEntries(Object.entries(stageStrings).map(([key, text]) => [key, vscode.l10n.t(text)])) as StageStrings,
      lang: vscode.env.language, nonce: this.#deps.nonce(), cspSource: webview.cspSource, cssUri: uri('media', 'note.css'), scriptUri: uri('dist', 'webview', 'stage.js'),
    });
  }

  /** The open project that the shown stage belongs to. */
  #openOf(project: CompiledProject): OpenProject | undefined {
    return this.#deps.projects.all.find((open) => open.project.id === project.id);
  }

  async #standing(project: CompiledProject, number: number): Promise<StageStanding> {
    const { checks, session, solutions } = this.#deps;
    const stage = project.stages[number - 1]!;
    const open = this.#openOf(project);
    const passed = passedIn((await session.ready()).store.progress, `${project.id}/${stage.id}`);
    const verdicts = open === undefined ? {} : Object.fromEntries(stage.checks.flatMap(({ id }) => {
      const verdict = checks.verdictsOf(open)[`${stage.id}/${id}`];
      return verdict === undefined ? [] : [[id, verdict]];
    }));
    const last = open === undefined ? undefined : stageVerdict(stage.checks.map(({ id }) => `${stage.id}/${id}`), checks.verdictsOf(open));
    const running = open !== undefined && checks.isRunning(open);
    const words = running ? vscode.l10n.t('Checking…')
      : last !== undefined && last !== 'passed' ? verdictWords(last)
        : passed.length > 0 ? vscode.l10n.t('Passed in {0}', passed.map(languageName).join(', '))
          : vscode.l10n.t('Not passed yet');
    return {
      state: open === undefined || stage.checks.length === 0 ? 'absent' : running ? 'running' : 'ready',
      words, passed: passed.length > 0 && (last === undefined || last === 'passed'), verdicts,
      solution: open !== undefined && await solutions.has(project.id, open.manifest.language),
    };
  }

  async #postStanding(): Promise<void> {
    const shown = this.#shown;
    if (shown === undefined) return;
    const standing = await this.#standing(shown.project, shown.number);
    if (this.#shown === shown) void this.#panel?.webview.postMessage({ type: 'standing', standing } satisfies ToStage);
  }

  async #receive(value: unknown): Promise<void> {
    const message = parseStageToHost(value);
    if (message === undefined) {
      this.#deps.log.warn('A stage’s page sent a message that is not part of the protocol; it was ignored.');
      return;
    }
    try {
      await this.#act(message);
    } catch (error) {
      this.#deps.log.error(error instanceof Error ? error : String(error));
      void vscode.window.showErrorMessage(errorText(error));
    }
  }

  async #act(message: StageToHost): Promise<void> {
    const { act, checks, solutions, log } = this.#deps;
    const shown = this.#shown;
    if (shown === undefined) return;
    const { project, number } = shown;
    const stage = project.stages[number - 1]!;
    const open = this.#openOf(project);
    switch (message.type) {
      case 'ready': return this.#postStanding();
      case 'check': return open === undefined ? undefined : act.check(open, number);
      case 'stop': return checks.stop(open);
      case 'scaffold': return act.scaffold(project.id);
      case 'solution':
        if (open === undefined) return;
        await checks.note(project.id, stage.id, 'solution', open.manifest.language);
        return solutions.compare(open, number);
      case 'hint': return checks.note(project.id, stage.id, `hint-${message.number}`, open?.manifest.language ?? '');
      case 'openTopic': return act.openTopic(message.topic);
      case 'openProject': return message.stage === undefined ? act.openProject(message.project) : this.open(message.project, message.stage);
      case 'openExternal':
        await vscode.env.openExternal(vscode.Uri.parse(message.url, true));
        return;
      case 'copyCode': return vscode.env.clipboard.writeText(message.text);
      case 'logError': log.error(`The page of stage ${stage.id} reported: ${message.message}`);
    }
  }
}
