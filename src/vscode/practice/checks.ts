import * as vscode from 'vscode';
import { Outcome, type Exit } from '../../core/checks/outcome.js';
import type { Question, RunnerEvent, RunRequest } from '../../core/checks/protocol.js';
import { byStage, currentStage, type Verdicts } from '../../core/checks/standing.js';
import { stageOf, type CheckId, type Judgement, type Report, type Verdict } from '../../core/checks/verdict.js';
import type { CheckRunner } from '../../core/ports.js';
import { checksum } from '../../core/progress/lines.js';
import type { StageDeed } from '../../core/progress/model.js';
import type { TemplateFile } from '../../core/scaffold/template.js';
import type { Session } from '../session.js';
import type { OpenProject } from './projects.js';

export interface ChecksDeps {
  readonly session: Session;
  /** Absent in the browser. */
  readonly runner: CheckRunner | undefined;
  /** For builds and data of this workspace. */
  readonly storage: vscode.Uri;
  /** Where runs list what they start, of every window. */
  readonly processes: vscode.Uri;
  readonly state: vscode.Memento;
  readonly log: vscode.LogOutputChannel;
  /** The files of a project as it was handed over; undefined when there are none in its language. */
  readonly starter: (project: OpenProject) => Promise<readonly TemplateFile[] | undefined>;
}

/** What follows a run while it goes. */
export interface RunListener {
  readonly event?: (event: RunnerEvent) => void;
  readonly judged?: (judgement: Judgement) => void;
}

export interface RunResult {
  readonly judgements: readonly Judgement[];
  readonly seed: number;
  /** Stages that passed in this run for the first time in this language. */
  readonly newlyPassed: readonly string[];
  /** The project's packages have to be installed first. */
  readonly prepare: boolean;
}

interface Running {
  readonly project: OpenProject;
  readonly stop: vscode.CancellationTokenSource;
  check: CheckId | undefined;
}

const memory = 'practice.verdicts';

/** Runs checks, one run at a time for each project, and keeps what came of them. */
export class Checks implements vscode.Disposable {
  readonly #deps: ChecksDeps;
  readonly #changed = new vscode.EventEmitter<void>();
  readonly #running = new Map<string, Running>();
  readonly #verdicts: Record<string, Record<CheckId, Verdict>>;

  /** A run began, moved on or ended. */
  readonly onDidChange = this.#changed.event;

  constructor(deps: ChecksDeps) {
    this.#deps = deps;
    this.#verdicts = Object.fromEntries(Object.entries(deps.state.get<Record<string, Record<CheckId, Verdict>>>(memory, {})).map(([key, verdicts]) => [key, { ...verdicts }]));
  }

  get canRun(): boolean { return this.#deps.runner !== undefined; }

  /** The runs that are under way. */
  get running(): readonly { readonly project: OpenProject; readonly check: CheckId | undefined }[] {
    return [...this.#running.values()];
  }

  isRunning(project: OpenProject): boolean {
    return this.#running.has(keyOf(project));
  }

  /** The last verdicts in this workspace. */
  verdictsOf(project: OpenProject): Verdicts {
    return this.#verdicts[keyOf(project)] ?? {};
  }

  /** Number of the stage that the learner works on. */
  async currentStage({ project, manifest }: OpenProject): Promise<number> {
    const { store } = await this.#deps.session.ready();
    return currentStage(project, manifest.language, store.progress);
  }

  /** Stops the run of a project, or every run. Resolves at once; the run ends by itself. */
  stop(project?: OpenProject): void {
    for (const [key, { stop }] of this.#running) if (project === undefined || key === keyOf(project)) stop.cancel();
  }

  /**
   * Runs checks and waits for the end, after a run of the same project that is under way has ended. Results are kept and evidence of passed
   * stages is written to progress.
   */
  async run(project: OpenProject, checks: readonly CheckId[], listener: RunListener, token?: vscode.CancellationToken): Promise<RunResult> {
    const outcome = new Outcome(checks);
    const judgements: Judgement[] = [];
    let prepare = false;
    const judged = (judgement: Judgement): void => {
      judgements.push(judgement);
      this.#keep(keyOf(project), judgement);
      listener.judged?.(judgement);
    };
    const { seed, exit } = await this.#start(project, { checks }, (event, running) => {
      listener.event?.(event);
      if (event.type === 'started') {
        running.check = event.check;
        this.#changed.fire();
      }
      if (event.type === 'blocked' && event.prepare === true) prepare = true;
      const judgement = outcome.take(event);
      if (judgement !== undefined) judged(judgement);
    }, token);
    for (const judgement of outcome.end(exit)) judged(judgement);
    await this.#deps.state.update(memory, this.#verdicts);
    return { judgements, seed, prepare, newlyPassed: await this.#writeEvidence(project, checks, outcome) };
  }

  /**
   * Makes what the project's checks and stages need beside packages, after a run of the same project that is under way has ended.
   * @param agreed to what it asked for before.
   * @returns what stands in the way: something missing, or a question; neither when all is there.
   */
  async prepare(project: OpenProject, agreed: boolean, tell: (text: string) => void, token?: vscode.CancellationToken): Promise<{ readonly blocked?: Report; readonly question?: Question }> {
    let blocked: Report | undefined;
    let question: Question | undefined;
    let ended = false;
    const { exit } = await this.#start(project, { checks: [], prepare: { agreed } }, (event) => {
      if (event.type === 'output') tell(event.text);
      else if (event.type === 'blocked') blocked ??= event.report;
      else if (event.type === 'asks') question = event.question;
      else if (event.type === 'ended') ended = true;
    }, token);
    if (blocked !== undefined) return { blocked };
    if (exit.cancelled) return { blocked: { summary: vscode.l10n.t('It was stopped.'), remedy: vscode.l10n.t('Prepare it again when you like.') } };
    if (ended) return question === undefined ? {} : { question };
    return { blocked: { summary: vscode.l10n.t('It ended before its end.'), remedy: vscode.l10n.t('Run it again. If it happens again, please report it with the lines of the log.'), log: exit.noise } };
  }

  /** One run of the project's runner at a time, whatever is asked of it. */
  async #start(project: OpenProject, what: Pick<RunRequest, 'checks' | 'prepare'>, take: (event: RunnerEvent, running: Running) => void, token?: vscode.CancellationToken): Promise<{ readonly seed: number; readonly exit: Exit }> {
    const { runner } = this.#deps;
    if (runner === undefined) throw new Error(vscode.l10n.t('Checks start programs on your machine, which a browser can’t. Open the folder in desktop VS Code, a dev container or code-server.'));
    const key = keyOf(project);
    const stop = new vscode.CancellationTokenSource();
    const cancelled = token?.onCancellationRequested(() => { stop.cancel(); });
    if (token?.isCancellationRequested === true) stop.cancel();
    try {
      const starter = await this.#deps.starter(project);
      while (this.#running.has(key)) await new Promise<void>((resolve) => { const once = this.onDidChange(() => { once.dispose(); resolve(); }); });
      const running: Running = { project, stop, check: undefined };
      this.#running.set(key, running);
      this.#changed.fire();
      const seed = crypto.getRandomValues(new Uint8Array(4)).reduce((sum, byte) => sum * 256 + byte, 0) >>> 1;
      // A short name for folders, the same for the same project.
      const name = checksum(key).toString(16);
      try {
        const exit = await runner.run({
          root: project.folder.fsPath, manifest: project.manifest, ...what, seed, ...(starter !== undefined && { starter }),
          out: vscode.Uri.joinPath(this.#deps.storage, 'checks', name, 'out').fsPath,
          scratch: vscode.Uri.joinPath(this.#deps.storage, 'checks', name, 'data').fsPath,
          processes: vscode.Uri.joinPath(this.#deps.processes, `${name}-${seed}.jsonl`).fsPath,
        }, (event) => { take(event, running); }, stop.token);
        return { seed, exit };
      } finally {
        this.#running.delete(key);
        this.#changed.fire();
      }
    } finally {
      cancelled?.dispose();
      stop.dispose();
    }
  }

  /** Writes to progress what the learner did with a stage. */
  async note(project: string, stage: string, deed: StageDeed, language: string): Promise<void> {
    try {
      await (await this.#deps.session.ready()).store.workOnStage(`${project}/${stage}`, deed, language);
    } catch (error) {
      this.#deps.log.error(error instanceof Error ? error : String(error));
    }
  }

  #keep(key: string, { check, verdict }: Judgement): void {
    const verdicts = this.#verdicts[key] ??= {};
    // What was not reached says nothing new of the check.
    if (verdict !== 'nothingRan' || verdicts[check] === undefined) verdicts[check] = verdict;
  }

  /** A stage counts as passed when all of its checks passed in one run that came to its end. */
  async #writeEvidence({ project, manifest }: OpenProject, checks: readonly CheckId[], outcome: Outcome): Promise<string[]> {
    const { store } = await this.#deps.session.ready();
    const newly: string[] = [];
    for (const [stage, ran] of byStage(checks)) {
      const all = project.stages.find(({ id }) => id === stage)?.checks.length;
      if (ran.length !== all || !outcome.passed(stage)) continue;
      const before = store.progress.practice.size;
      await this.note(project.id, stage, 'passed', manifest.language);
      if (store.progress.practice.size > before) newly.push(stage);
    }
    return newly;
  }

  dispose(): void {
    this.stop();
    this.#changed.dispose();
  }
}

export function keyOf({ manifestUri }: OpenProject): string {
  return manifestUri.toString();
}

/** "Stage 3, Parse any stream of bytes". */
export function stageWords({ project }: OpenProject, check: CheckId): string {
  const index = project.stages.findIndex(({ id }) => id === stageOf(check));
  return vscode.l10n.t('stage {0}, {1}', index + 1, project.stages[index]?.title ?? '');
}
