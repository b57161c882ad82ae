import * as vscode from 'vscode';
import { solutionPath } from '../../core/checks/project.js';
import type { ContentSource } from '../../core/ports.js';
import { solutionAtStage } from '../../core/scaffold/stageSource.js';
import { parseTemplate, templatePath, type TemplateFile } from '../../core/scaffold/template.js';
import type { OpenProject } from './projects.js';

/** Of documents that hold a solution's file; never on disk. */
export const solutionScheme = 'backend-roadmap-solution';

/** Reference solutions, generated for one stage from the annotated source that ships with the extension. */
export class Solutions implements vscode.TextDocumentContentProvider, vscode.Disposable {
  readonly #content: ContentSource;
  readonly #registration: vscode.Disposable;

  constructor(content: ContentSource) {
    this.#content = content;
    this.#registration = vscode.workspace.registerTextDocumentContentProvider(solutionScheme, this);
  }

  /** All files of the project as they are after a stage: 0 is the starter. @throws when there is no solution in the language. */
  async filesAfter(project: string, language: string, stage: number): Promise<ReadonlyMap<string, string>> {
    const starter = parseTemplate(await this.#content.readJson(templatePath(project, language))).files;
    const solved: readonly TemplateFile[] = stage === 0 ? [] : solutionAtStage(parseTemplate(await this.#content.readJson(solutionPath(project, language))).files, stage);
    return new Map([...starter, ...solved].map(({ path, text }) => [path, text]));
  }

  /** The project as it was handed over; undefined when there is no starter in the language. */
  async starter(project: string, language: string): Promise<readonly TemplateFile[] | undefined> {
    const json = await this.#content.readJson(templatePath(project, language)).catch(() => undefined);
    return json === undefined ? undefined : parseTemplate(json).files;
  }

  /** Whether the extension ships a solution of the project in the language. */
  async has(project: string, language: string): Promise<boolean> {
    try {
      await this.#content.readJson(solutionPath(project, language));
      return true;
    } catch {
      return false;
    }
  }

  /** Opens what a stage's solution does, file by file, as a difference to the learner's. */
  async compare({ project, folder, manifest }: OpenProject, number: number): Promise<void> {
    const { language } = manifest;
    const [before, after] = await Promise.all([this.filesAfter(project.id, language, number - 1), this.filesAfter(project.id, language, number)]);
    const touched = [...after].filter(([path, text]) => before.get(path) !== text).map(([path]) => path).sort();
    const sides = await Promise.all(touched.map(async (path): Promise<[vscode.Uri, vscode.Uri, vscode.Uri]> => {
      const own = vscode.Uri.joinPath(folder, path);
      const isThere = await vscode.workspace.fs.stat(own).then(() => true, () => false);
      return [own, isThere ? own : uriOf(project.id, language, -1, path), uriOf(project.id, language, number, path)];
    }));
    const title = vscode.l10n.t('Your files ↔ one solution of stage {0}', number);
    const [only] = sides;
    if (sides.length === 1 && only !== undefined) await vscode.commands.executeCommand('vscode.diff', only[1], only[2], title);
    else await vscode.commands.executeCommand('vscode.changes', title, sides);
  }

  async provideTextDocumentContent(uri: vscode.Uri): Promise<string> {
    const [, project = '', language = '', stage = '', ...path] = uri.path.split('/');
    if (stage === '-1') return '';
    return (await this.filesAfter(project, language, Number(stage))).get(path.join('/')) ?? '';
  }

  dispose(): void {
    this.#registration.dispose();
  }
}

function uriOf(project: string, language: string, stage: number, path: string): vscode.Uri {
  return vscode.Uri.from({ scheme: solutionScheme, path: `/${project}/${language}/${stage}/${path}` });
}
