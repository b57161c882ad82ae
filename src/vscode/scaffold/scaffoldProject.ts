import * as vscode from 'vscode';
import type { ContentSource } from '../../core/ports.js';
import type { Project, Roadmap } from '../../core/roadmap/model.js';
import { languageName } from '../../core/scaffold/languages.js';
import { problemOfName } from '../../core/scaffold/path.js';
import { plan, type Operation } from '../../core/scaffold/plan.js';
import { parseTemplate, templatePath, type Template } from '../../core/scaffold/template.js';
import { readTarget } from './readTarget.js';
import { ask, choose, type Choice, type Place, type Step } from './steps.js';
import { errorText } from '../words.js';
import { wordsForFailure, wordsForName, wordsForObstacle } from './words.js';
import { write } from './write.js';

export interface ScaffoldDeps {
  readonly content: ContentSource;
  readonly roadmap: Pick<Roadmap, 'projects'>;
  readonly log: Pick<vscode.LogOutputChannel, 'info' | 'error'>;
}

/** What is decided already, such as the project whose tree item was clicked; its step is left out. */
export interface ScaffoldPreset {
  readonly project?: string;
  readonly language?: string;
}

export type ScaffoldResult =
  | { readonly type: 'created'; readonly folder: vscode.Uri; readonly files: readonly vscode.Uri[] }
  | { readonly type: 'cancelled' }
  | { readonly type: 'refused'; readonly reason: 'untrusted' | 'noFolder' | 'noStarter' }
  | { readonly type: 'failed' };

interface Target {
  readonly root: vscode.WorkspaceFolder;
  /** Absent: the root itself. */
  readonly subfolder?: string;
}

/** What the person has chosen so far. */
interface Draft {
  project?: Project;
  language?: string;
  target?: Target;
  operations?: readonly Operation[];
}

/** Asks for project, language and folder, shows the files, writes them all or none, and opens the README. */
export async function scaffoldProject(deps: ScaffoldDeps, preset: ScaffoldPreset = {}): Promise<ScaffoldResult> {
  const projects = deps.roadmap.projects.filter((project) => project.starters.length > 0);
  const project = projects.find(({ id }) => id === preset.project);
  if (projects.length === 0 || (preset.project !== undefined && project === undefined)) {
    void vscode.window.showInformationMessage(vscode.l10n.t('This project has no starter to scaffold.'));
    return { type: 'refused', reason: 'noStarter' };
  }
  const language = project?.starters.find((id) => id === preset.language);
  if (!vscode.workspace.isTrusted) return refuseUntrusted();
  if ((vscode.workspace.workspaceFolders ?? []).length === 0) return refuseWithoutFolder();

  const draft: Draft = { ...(project && { project }), ...(language !== undefined && { language }) };
  const steps = [
    ...(project === undefined ? [(place: Place) => chooseProject(projects, draft, place)] : []),
    ...(language === undefined ? [(place: Place) => chooseLanguage(draft, place)] : []),
    (place: Place) => chooseTarget(draft, place),
    (place: Place) => confirm(deps, draft, place),
  ];
  try {
    for (let index = 0; index < steps.length;) {
      const place = { title: titleOf(draft, index), step: index + 1, totalSteps: steps.length, canGoBack: index > 0 };
      const step = await steps[index]!(place);
      if (step.type === 'cancelled') return step;
      index += step.type === 'back' ? -1 : 1;
    }
    return await create(deps, draft);
  } catch (error) {
    deps.log.error('Scaffolding failed', error instanceof Error ? error : String(error));
    void vscode.window.showErrorMessage(vscode.l10n.t('The project could not be scaffolded: {0}', errorText(error)));
    return { type: 'failed' };
  }

  function titleOf({ project, language }: Draft, index: number): string {
    // A step that was gone back to shows only what was decided before it.
    if (project === undefined || (preset.project === undefined && index === 0)) return vscode.l10n.t('Scaffold Project');
    const languageStep = steps.length - 3;
    if (language === undefined || index <= languageStep) return vscode.l10n.t('Scaffold Project: {0}', project.title);
    return vscode.l10n.t('Scaffold Project: {0} in {1}', project.title, languageName(language));
  }
}

function refuseUntrusted(): ScaffoldResult {
  const manage = vscode.l10n.t('Manage Workspace Trust');
  void vscode.window.showWarningMessage(
    vscode.l10n.t('This workspace is in Restricted Mode. A scaffolded project is code that will be built and run, so it is written into trusted workspaces only.'), manage,
  ).then((answer) => { if (answer === manage) void vscode.commands.executeCommand('workbench.trust.manage'); });
  return { type: 'refused', reason: 'untrusted' };
}

function refuseWithoutFolder(): ScaffoldResult {
  const open = vscode.l10n.t('Open Folder…');
  void vscode.window.showInformationMessage(
    vscode.l10n.t('A project is written into an open folder, and none is open. Open one, an empty one if you like, and run Scaffold Project again.'), open,
  ).then((answer) => { if (answer === open) void vscode.commands.executeCommand('vscode.openFolder'); });
  return { type: 'refused', reason: 'noFolder' };
}

async function chooseProject(projects: readonly Project[], draft: Draft, place: Place): Promise<Step<Project>> {
  const step = await choose(place, vscode.l10n.t('Which project?'), projects.map((project) => ({
    label: project.title,
    description: project.starters.map(languageName).join(', '),
    value: project,
  })), draft.project);
  if (step.type === 'chosen') {
    if (step.value.id !== draft.project?.id) delete draft.language;
    draft.project = step.value;
  }
  return step;
}

async function chooseLanguage(draft: Draft, place: Place): Promise<Step<string>> {
  const step = await choose(place, vscode.l10n.t('Which language?'),
    draft.project!.starters.map((id) => ({ label: languageName(id), value: id })), draft.language);
  if (step.type === 'chosen') draft.language = step.value;
  return step;
}

type TargetChoice = Target | { readonly root: vscode.WorkspaceFolder; readonly named: true };

async function chooseTarget(draft: Draft, place: Place): Promise<Step<unknown>> {
  const roots = vscode.workspace.workspaceFolders ?? [];
  for (;;) {
    const items = roots.flatMap((root): Choice<TargetChoice>[] => [
      ...(roots.length > 1 ? [{ label: root.name, kind: vscode.QuickPickItemKind.Separator }] : []),
      ...targetsIn(root),
    ]);
    const where = await choose(place, vscode.l10n.t('Which folder takes the project?'), items);
    if (where.type !== 'chosen') return where;
    if (!('named' in where.value)) {
      draft.target = where.value;
      return where;
    }
    const step = await nameSubfolder(draft, where.value.root, { ...place, canGoBack: true });
    if (step.type !== 'back') return step;
  }
}

function targetsIn(root: vscode.WorkspaceFolder): Choice<TargetChoice>[] {
  if (vscode.workspace.fs.isWritableFileSystem(root.uri.scheme) === false) {
    return [{ label: `$(lock) ${root.name}`, description: vscode.l10n.t('can’t be written to') }];
  }
  const description = shown(root.uri);
  return [
    { label: `$(new-folder) ${vscode.l10n.t('New sub-folder of {0}…', root.name)}`, description, value: { root, named: true } },
    { label: `$(folder) ${vscode.l10n.t('{0} itself', root.name)}`, description, value: { root } },
  ];
}

async function nameSubfolder(draft: Draft, root: vscode.WorkspaceFolder, place: Place): Promise<Step<string>> {
  const suggestion = await freeName(root, draft.project!.id);
  const step = await ask(place, vscode.l10n.t('Name of the sub-folder of {0}', root.name), suggestion, (name) => {
    const problem = problemOfName(name);
    return problem && wordsForName(problem);
  });
  if (step.type === 'chosen') draft.target = { root, subfolder: step.value };
  return step;
}

async function freeName(root: vscode.WorkspaceFolder, wanted: string): Promise<string> {
  const taken = new Set((await vscode.workspace.fs.readDirectory(root.uri)).map(([name]) => name.toLowerCase()));
  let name = wanted;
  for (let number = 2; taken.has(name.toLowerCase()); number += 1) name = `${wanted}-${number}`;
  return name;
}

/** Shows what would be written, or what is in the way and how to avoid it. */
async function confirm(deps: ScaffoldDeps, draft: Draft, place: Place): Promise<Step<unknown>> {
  const template = await loadTemplate(deps.content, draft);
  for (;;) {
    const { root, subfolder } = draft.target!;
    const where = nameOf(draft.target!);
    const planned = plan(template, await readTarget(vscode.workspace.fs, root.uri, template, subfolder));
    if (planned.type === 'ready') {
      draft.operations = planned.operations;
      const files = planned.operations.filter((operation) => operation.type === 'writeFile');
      return choose(place, vscode.l10n.t('These files will be created. Nothing that exists is changed.'), [
        { label: `$(check) ${vscode.l10n.t('Create {0} files in {1}', files.length, where)}`, description: shown(root.uri), alwaysShow: true, value: 'create' },
        { label: vscode.l10n.t('Files'), kind: vscode.QuickPickItemKind.Separator },
        ...files.map(({ path }) => ({ label: `$(file) ${path}` })),
      ]);
    }
    const obstacles = planned.refusals.filter((refusal) => 'existing' in refusal);
    if (obstacles.length < planned.refusals.length) throw new Error(vscode.l10n.t('The starter is damaged. Install the extension again.'));
    const step = await choose<'subfolder' | 'other'>(place, vscode.l10n.t('Nothing was written: {0} is not free for these files', where), [
      { label: `$(new-folder) ${vscode.l10n.t('Use a new sub-folder of {0}…', root.name)}`, description: vscode.l10n.t('leaves everything as it is'), alwaysShow: true, value: 'subfolder' },
      { label: `$(folder) ${vscode.l10n.t('Choose another folder…')}`, alwaysShow: true, value: 'other' },
      { label: vscode.l10n.t('In the way'), kind: vscode.QuickPickItemKind.Separator },
      ...obstacles.map(wordsForObstacle).map(({ label, description }) => ({ label: `$(warning) ${label}`, description })),
    ]);
    if (step.type !== 'chosen') return step;
    if (step.value === 'other') return { type: 'back' };
    const named = await nameSubfolder(draft, root, { ...place, step: place.step - 1, canGoBack: true });
    if (named.type === 'cancelled') return named;
  }
}

async function create(deps: ScaffoldDeps, { target, operations, project, language }: Draft): Promise<ScaffoldResult> {
  const root = target!.root.uri;
  const folder = target!.subfolder === undefined ? root : vscode.Uri.joinPath(root, target!.subfolder);
  const result = await vscode.window.withProgress({
    location: vscode.ProgressLocation.Notification,
    title: vscode.l10n.t('Scaffolding {0} into {1}', project!.title, nameOf(target!)),
    cancellable: true,
  }, (progress, cancellation) => write(vscode.workspace.fs, root, operations!, {
    unique: `scaffold-${crypto.randomUUID()}`,
    cancellation,
    onDidProgress: (done, total) => { progress.report({ increment: 100 / total, message: `${done}/${total}` }); },
  }));

  if (result.type !== 'written') {
    const left = result.left.length > 0 ? vscode.l10n.t('These could not be taken away again: {0}', result.left.join(', ')) : vscode.l10n.t('Nothing was left behind.');
    if (result.type === 'cancelled') {
      void vscode.window.showInformationMessage(`${vscode.l10n.t('Scaffolding was cancelled.')} ${left}`);
      return result;
    }
    deps.log.error(`Scaffolding failed at ${result.path}: ${result.reason}`, result.error instanceof Error ? result.error : '');
    void vscode.window.showErrorMessage(`${wordsForFailure(result.reason, result.path, result.error)} ${left}`);
    return { type: 'failed' };
  }
  deps.log.info(`Scaffolded ${project!.id} for ${language!} into ${folder.toString()}`);
  const files = operations!.flatMap((operation) => (operation.type === 'writeFile' ? [vscode.Uri.joinPath(root, operation.path)] : []));
  await openReadme(folder, files);
  return { type: 'created', folder, files };
}

async function openReadme(folder: vscode.Uri, files: readonly vscode.Uri[]): Promise<void> {
  const path = vscode.Uri.joinPath(folder, 'README.md').path;
  const readme = files.find((file) => file.path === path);
  if (readme === undefined) return;
  try {
    await vscode.commands.executeCommand('markdown.showPreview', readme);
  } catch {
    // The built-in Markdown extension may be turned off.
    await vscode.window.showTextDocument(readme);
  }
}

async function loadTemplate(content: ContentSource, { project, language }: Draft): Promise<Template> {
  return parseTemplate(await content.readJson(templatePath(project!.id, language!)));
}

function nameOf({ root, subfolder }: Target): string {
  return subfolder === undefined ? root.name : `${root.name}/${subfolder}`;
}

/** A local path as the person knows it, or the address of a virtual folder. */
function shown(uri: vscode.Uri): string {
  return uri.scheme === 'file' ? uri.fsPath : uri.toString(true);
}
