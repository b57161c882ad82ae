import * as vscode from 'vscode';
import { escapeBytes } from '../../core/checks/bytes.js';
import { placeIn } from '../../core/checks/location.js';
import { formatReport, verdictNames } from '../../core/checks/report.js';
import { checksUpTo } from '../../core/checks/standing.js';
import type { CheckId, Judgement, Report } from '../../core/checks/verdict.js';
import { languageName } from '../../core/scaffold/languages.js';
import { errorText } from '../words.js';
import { keyOf, type Checks, type RunResult } from './checks.js';
import type { OpenProject, OpenProjects } from './projects.js';

/** What a test item stands for. */
type Meaning =
  | { readonly kind: 'project'; readonly open: OpenProject }
  | { readonly kind: 'stage'; readonly open: OpenProject; readonly number: number }
  | { readonly kind: 'check'; readonly open: OpenProject; readonly check: CheckId };

export interface ControllerDeps {
  readonly projects: OpenProjects;
  readonly checks: Checks;
  readonly log: vscode.LogOutputChannel;
  /** Called with what came of a run that the learner asked for. */
  readonly ended: (open: OpenProject, result: RunResult) => void;
}

const quietMs = 300;

/** The scaffolded projects in VS Code's Testing view: project, stage, check. */
export class CheckController implements vscode.Disposable {
  readonly #deps: ControllerDeps;
  readonly #controller: vscode.TestController;
  readonly #meanings = new WeakMap<vscode.TestItem, Meaning>();
  readonly #disposables: vscode.Disposable[];

  constructor(deps: ControllerDeps) {
    this.#deps = deps;
    this.#controller = vscode.tests.createTestController('backendRoadmap', vscode.l10n.t('Backend Roadmap'));
    this.#controller.refreshHandler = () => deps.projects.refresh();
    const upTo = this.#controller.createRunProfile(vscode.l10n.t('Check with the stages before'), vscode.TestRunProfileKind.Run, (request, token) => this.#handle(request, token, true), true);
    upTo.supportsContinuousRun = true;
    const alone = this.#controller.createRunProfile(vscode.l10n.t('Check only this'), vscode.TestRunProfileKind.Run, (request, token) => this.#handle(request, token, false), false);
    alone.supportsContinuousRun = true;
    this.#disposables = [this.#controller, upTo, alone, deps.projects.onDidChange(() => { this.#refresh(); })];
    this.#refresh();
  }

  /** Runs checks of one project and shows them in the Testing view. Unsaved files of the project are saved first. */
  async run(open: OpenProject, checks: readonly CheckId[], token?: vscode.CancellationToken): Promise<void> {
    await saveFiles(open);
    const items = this.#itemsOf(open);
    const request = new vscode.TestRunRequest(checks.flatMap((check) => items.get(check) ?? []));
    await this.#run(request, new Map([[open, checks]]), token);
  }

  #refresh(): void {
    const { all, broken } = this.#deps.projects;
    this.#controller.items.replace([
      ...all.map((open) => this.#projectItem(open)),
      ...broken.map(({ manifestUri, reason }) => {
        const item = this.#controller.createTestItem(manifestUri.toString(), vscode.workspace.asRelativePath(manifestUri), manifestUri);
        item.error = reason;
        return item;
      }),
    ]);
  }

  #projectItem(open: OpenProject): vscode.TestItem {
    const key = keyOf(open);
    // No description: VS Code would read that to a screen reader instead of the label.
    const name = vscode.l10n.t('{0} in {1}', open.project.title, languageName(open.manifest.language));
    const alone = this.#deps.projects.all.filter(({ project, manifest }) => project.id === open.project.id && manifest.language === open.manifest.language).length === 1;
    const item = this.#item(key, alone ? name : `${name}, ${vscode.workspace.asRelativePath(open.folder)}`, open, { kind: 'project', open });
    item.children.replace(open.project.stages.map((stage, index) => {
      const number = index + 1;
      const stageItem = this.#item(`${key}#${stage.id}`, vscode.l10n.t('{0}. {1}', number, stage.title), open, { kind: 'stage', open, number });
      stageItem.sortText = String(number).padStart(3, '0');
      stageItem.children.replace(stage.checks.map(({ id, title }, place) => {
        const check: CheckId = `${stage.id}/${id}`;
        const checkItem = this.#item(`${key}#${check}`, title, open, { kind: 'check', open, check });
        checkItem.sortText = String(place).padStart(3, '0');
        return checkItem;
      }));
      return stageItem;
    }));
    return item;
  }

  #item(id: string, label: string, open: OpenProject, meaning: Meaning): vscode.TestItem {
    const item = this.#controller.createTestItem(id, label, open.manifestUri);
    this.#meanings.set(item, meaning);
    return item;
  }

  #itemsOf(open: OpenProject): Map<CheckId, vscode.TestItem> {
    const items = new Map<CheckId, vscode.TestItem>();
    this.#controller.items.get(keyOf(open))?.children.forEach((stage) => { stage.children.forEach((item) => {
      const meaning = this.#meanings.get(item);
      if (meaning?.kind === 'check') items.set(meaning.check, item);
    }); });
    return items;
  }

  async #handle(request: vscode.TestRunRequest, token: vscode.CancellationToken, withEarlier: boolean): Promise<void> {
    if (request.continuous !== true) return this.#run(request, this.#wanted(request, withEarlier), token);
    const folders = () => [...this.#wanted(request, withEarlier).keys()];
    let timer: ReturnType<typeof setTimeout> | undefined;
    let current: vscode.CancellationTokenSource | undefined;
    const saved = vscode.workspace.onDidSaveTextDocument(({ uri }) => {
      if (!folders().some((open) => this.#deps.projects.of(uri) === open)) return;
      clearTimeout(timer);
      timer = setTimeout(() => {
        current?.cancel();
        current = new vscode.CancellationTokenSource();
        void this.#run(request, this.#wanted(request, withEarlier), current.token);
      }, quietMs);
    });
    token.onCancellationRequested(() => {
      clearTimeout(timer);
      current?.cancel();
      saved.dispose();
    });
  }

  /** The checks to run for a request, in the order of each project. */
  #wanted(request: vscode.TestRunRequest, withEarlier: boolean): Map<OpenProject, CheckId[]> {
    const wanted = new Map<OpenProject, Set<CheckId>>();
    const add = (open: OpenProject, checks: readonly CheckId[]): void => {
      const set = wanted.get(open) ?? new Set();
      for (const check of checks) set.add(check);
      wanted.set(open, set);
    };
    const included: readonly vscode.TestItem[] = request.include ?? [...this.#controller.items].map(([, item]) => item);
    for (const item of included) {
      const meaning = this.#meanings.get(item);
      if (meaning === undefined) continue;
      const { open } = meaning;
      if (meaning.kind === 'project') add(open, open.project.stages.flatMap(({ id, checks }) => checks.map((check) => `${id}/${check.id}`)));
      else if (meaning.kind === 'check') add(open, [meaning.check]);
      else if (withEarlier) add(open, checksUpTo(open.project, meaning.number));
      else add(open, this.#checksOfStage(open, meaning.number));
    }
    const excluded = new Set((request.exclude ?? []).flatMap((item) => this.#checksBelow(item)));
    return new Map([...wanted].map(([open, checks]) => {
      const order = open.project.stages.flatMap(({ id, checks: own }) => own.map((check) => `${id}/${check.id}`));
      return [open, order.filter((check) => checks.has(check) && !excluded.has(`${keyOf(open)}#${check}`))];
    }));
  }

  #checksOfStage({ project }: OpenProject, number: number): CheckId[] {
    const stage = project.stages[number - 1];
    return stage?.checks.map(({ id }) => `${stage.id}/${id}`) ?? [];
  }

  /** The ids of the items of checks at or below an item. */
  #checksBelow(item: vscode.TestItem): string[] {
    return item.children.size === 0 ? [item.id] : [...item.children].flatMap(([, child]) => this.#checksBelow(child));
  }

  async #run(request: vscode.TestRunRequest, wanted: ReadonlyMap<OpenProject, readonly CheckId[]>, token?: vscode.CancellationToken): Promise<void> {
    const run = this.#controller.createTestRun(request);
    const stop = new vscode.CancellationTokenSource();
    const cancellations = [run.token, ...token === undefined ? [] : [token]].map((source) => {
      if (source.isCancellationRequested) stop.cancel();
      return source.onCancellationRequested(() => { stop.cancel(); });
    });
    try {
      for (const [open, checks] of wanted) {
        if (checks.length > 0) await this.#runProject(run, open, checks, stop.token);
      }
    } finally {
      vscode.Disposable.from(...cancellations, stop).dispose();
      run.end();
    }
  }

  async #runProject(run: vscode.TestRun, open: OpenProject, checks: readonly CheckId[], token: vscode.CancellationToken): Promise<void> {
    const items = this.#itemsOf(open);
    for (const check of checks) { const item = items.get(check); if (item !== undefined) run.enqueued(item); }
    const write = (text: string, check?: CheckId): void => run.appendOutput(`${text.replace(/\r?\n/gu, '\r\n')}\r\n`, undefined, check === undefined ? undefined : items.get(check));
    if (!vscode.workspace.isTrusted) {
      const reason = vscode.l10n.t('This workspace is in Restricted Mode. A check builds and starts the code in it, so nothing was run. Trust the workspace first.');
      write(reason);
      for (const check of checks) { const item = items.get(check); if (item !== undefined) run.errored(item, new vscode.TestMessage(reason)); }
      return;
    }
    try {
      let blocked: Report | undefined;
      const result = await this.#deps.checks.run(open, checks, {
        event: (event) => {
          if (event.type === 'started') {
            const item = items.get(event.check);
            if (item !== undefined) run.started(item);
            write(`\r\n${event.check}`, event.check);
          } else if (event.type === 'output') {
            write(`  ${event.text}`, event.check);
          } else if (event.type === 'blocked') {
            blocked = event.report;
            write(`\r\n${formatReport(event.report)}`);
          }
        },
        judged: (judgement) => { this.#show(run, open, items.get(judgement.check), judgement, write, judgement.report !== undefined && judgement.report === blocked); },
      }, token);
      write(`\r\n${vscode.l10n.t('Seed {0}', result.seed)}`);
      this.#deps.ended(open, result);
    } catch (error) {
      this.#deps.log.error(error instanceof Error ? error : String(error));
      for (const check of checks) { const item = items.get(check); if (item !== undefined) run.errored(item, new vscode.TestMessage(errorText(error))); }
    }
  }

  #show(run: vscode.TestRun, open: OpenProject, item: vscode.TestItem | undefined, { check, verdict, milliseconds, report }: Judgement, write: (text: string, check?: CheckId) => void, isKnown: boolean): void {
    if (verdict === 'passed') {
      write(`  ✔ ${verdictNames.passed}`, check);
      if (item !== undefined) run.passed(item, milliseconds);
      return;
    }
    if (report !== undefined && !isKnown && verdict !== 'nothingRan') write(`\r\n  ✘ ${verdictNames[verdict]}\r\n${indent(formatReport(report))}`, check);
    if (item === undefined) return;
    switch (verdict) {
      case 'failed':
      case 'timedOut': run.failed(item, messageOf(report, open, item), milliseconds); return;
      case 'couldNotRun': run.errored(item, messageOf(report, open, item), milliseconds); return;
      case 'inconclusive':
        write(`  ${report?.summary ?? ''} ${report?.remedy ?? ''}`, check);
        run.skipped(item);
        return;
      case 'nothingRan':
        // Not reached, for a reason that stands at the check before: no second red mark for the same thing.
        run.skipped(item);
    }
  }

  dispose(): void {
    vscode.Disposable.from(...this.#disposables).dispose();
  }
}

function indent(text: string): string {
  return text.split('\n').map((line) => line === '' ? '' : `  ${line}`).join('\n');
}

/** The report as VS Code shows it: text, a difference where there are two sides, and the place that the output names. */
function messageOf(report: Report | undefined, open: OpenProject, item: vscode.TestItem): vscode.TestMessage {
  if (report === undefined) return new vscode.TestMessage(vscode.l10n.t('The check did not pass, and said no reason.'));
  const text = formatReport(report);
  const { exchange } = report;
  const lines = (bytes: string): string => bytes.split(/(?<=\r\n)/u).map(escapeBytes).join('\n');
  const message = exchange?.expected !== undefined && exchange.expected.length < 10_000
    ? vscode.TestMessage.diff(text, lines(exchange.expected), lines(exchange.received))
    : report.expected !== undefined && report.actual !== undefined ? vscode.TestMessage.diff(text, report.expected, report.actual) : new vscode.TestMessage(text);
  const root = open.folder.fsPath;
  const isOwn = (path: string): boolean => !/(?:^|[\\/])(?:node_modules|site-packages|rustc|dist-packages)[\\/]|^node:|<frozen/u.test(path) && (path.startsWith(root) || !/^(?:[\\/]|[A-Za-z]:)/u.test(path));
  const place = placeIn(report.log ?? [], isOwn);
  const uri = place === undefined ? item.uri : place.path.startsWith(root) ? vscode.Uri.file(place.path) : vscode.Uri.joinPath(open.folder, place.path.replaceAll('\\', '/').replace(/^\.\//u, ''));
  if (uri !== undefined) message.location = new vscode.Location(uri, new vscode.Position(Math.max(0, (place?.line ?? 1) - 1), Math.max(0, (place?.column ?? 1) - 1)));
  return message;
}

async function saveFiles(open: OpenProject): Promise<void> {
  const prefix = `${open.folder.path.replace(/\/$/u, '')}/`;
  const dirty = vscode.workspace.textDocuments.filter(({ isDirty, uri }) => isDirty && uri.scheme === open.folder.scheme && uri.path.startsWith(prefix));
  await Promise.all(dirty.map((document) => document.save()));
}
