import * as vscode from 'vscode';
import { parseManifest, type Manifest } from '../../core/checks/manifest.js';
import { manifestName } from '../../core/checks/manifestName.js';
import { projectPath, type CompiledProject } from '../../core/checks/project.js';
import type { ContentSource } from '../../core/ports.js';
import { errorText } from '../words.js';
import { findManifests } from './discover.js';

/** A project that was scaffolded into an open folder. */
export interface OpenProject {
  readonly manifestUri: vscode.Uri;
  /** The folder of the manifest. */
  readonly folder: vscode.Uri;
  readonly manifest: Manifest;
  readonly project: CompiledProject;
}

/** A manifest that can't be used, with the reason for the learner. */
export interface BrokenProject {
  readonly manifestUri: vscode.Uri;
  readonly reason: string;
}

/** The scaffolded projects of every open folder, kept up to date. */
export class OpenProjects implements vscode.Disposable {
  readonly #content: ContentSource;
  readonly #changed = new vscode.EventEmitter<void>();
  readonly #compiled = new Map<string, Promise<CompiledProject>>();
  readonly #disposables: vscode.Disposable[];
  #projects: readonly OpenProject[] = [];
  #broken: readonly BrokenProject[] = [];
  #refreshing: Promise<void> | undefined;
  #again = false;

  readonly onDidChange = this.#changed.event;

  constructor(content: ContentSource) {
    this.#content = content;
    const watcher = vscode.workspace.createFileSystemWatcher(`**/${manifestName}`);
    const refresh = () => void this.refresh();
    this.#disposables = [
      this.#changed, watcher, watcher.onDidCreate(refresh), watcher.onDidChange(refresh), watcher.onDidDelete(refresh),
      vscode.workspace.onDidChangeWorkspaceFolders(refresh),
    ];
  }

  get all(): readonly OpenProject[] { return this.#projects; }
  get broken(): readonly BrokenProject[] { return this.#broken; }

  /** The project whose folder holds the file. */
  of(uri: vscode.Uri): OpenProject | undefined {
    return this.#projects.find(({ folder }) => uri.scheme === folder.scheme && uri.path.startsWith(`${folder.path.replace(/\/$/u, '')}/`));
  }

  /** The project in full, whether it is open or not. @throws when there is none of this id. */
  compiled(id: string): Promise<CompiledProject> {
    let promise = this.#compiled.get(id);
    if (promise === undefined) {
      promise = this.#content.readJson(projectPath(id)).then((json) => json as CompiledProject);
      this.#compiled.set(id, promise);
      promise.catch(() => this.#compiled.delete(id));
    }
    return promise;
  }

  /** Looks again; a call while it is looking makes it look once more. */
  refresh(): Promise<void> {
    if (this.#refreshing !== undefined) {
      this.#again = true;
      return this.#refreshing;
    }
    this.#refreshing = (async () => {
      do {
        this.#again = false;
        await this.#read();
      } while (this.#again);
    })().finally(() => { this.#refreshing = undefined; });
    return this.#refreshing;
  }

  async #read(): Promise<void> {
    const projects: OpenProject[] = [];
    const broken: BrokenProject[] = [];
    for (const manifestUri of await findManifests()) {
      try {
        const manifest = parseManifest(new TextDecoder().decode(await vscode.workspace.fs.readFile(manifestUri)));
        const project = await this.compiled(manifest.project).catch(() => {
          throw new Error(vscode.l10n.t('{0} names the project “{1}”, which this version of the extension does not have.', manifestName, manifest.project));
        });
        projects.push({ manifestUri, folder: vscode.Uri.joinPath(manifestUri, '..'), manifest, project });
      } catch (error) {
        broken.push({ manifestUri, reason: errorText(error) });
      }
    }
    this.#projects = projects;
    this.#broken = broken;
    this.#changed.fire();
  }

  dispose(): void {
    vscode.Disposable.from(...this.#disposables).dispose();
  }
}
