import * as vscode from 'vscode';
import type { TopicId } from '../../core/roadmap/model.js';
import type { NavigateTo } from '../../protocol/note.js';
import { contextKeys, notePanel } from '../contributions.js';
import type { NotePanel, NotePanelDeps } from './notePanel.js';
import { noteWebviewOptions } from './options.js';

const lazy = () => import('./lazy.js');

/** All open notes. A topic opens in the note that was used last, or in a new panel when there is none or it is asked for. */
export class Notes implements vscode.WebviewPanelSerializer, vscode.Disposable {
  readonly #deps: NotePanelDeps;
  readonly #panels: NotePanel[] = [];
  readonly #active = new vscode.EventEmitter<NotePanel | undefined>();
  readonly #disposables: vscode.Disposable[];

  /** Fires when another note becomes the active editor, when it shows another topic, and when none is active any more. */
  readonly onDidChangeActive = this.#active.event;

  constructor(deps: NotePanelDeps) {
    this.#deps = deps;
    this.#disposables = [
      this.#active,
      vscode.window.registerWebviewPanelSerializer(notePanel, this),
      this.onDidChangeActive(() => this.#setContext()),
      deps.session.onDidChange(() => this.#setContext()),
    ];
  }

  /** The note that is the active editor. */
  get active(): NotePanel | undefined {
    return this.#panels.find(({ panel }) => panel.active);
  }

  async open(topic: TopicId, options: { beside?: boolean } = {}): Promise<void> {
    // From here on nothing waits until the panel is among the panels: a second call, as of a double click, finds it.
    const { NotePanel } = await lazy();
    const reused = options.beside === true ? undefined : this.#panels.at(-1);
    if (reused !== undefined) {
      reused.panel.reveal(undefined, false);
      await reused.open(topic);
      return;
    }
    const column = options.beside === true ? vscode.ViewColumn.Beside : vscode.ViewColumn.Active;
    const panel = vscode.window.createWebviewPanel(notePanel, '', column, { ...noteWebviewOptions(this.#deps.extensionUri), enableFindWidget: true });
    await this.#adopt(new NotePanel(panel, topic, this.#deps)).show();
  }

  async navigate(to: NavigateTo): Promise<void> {
    await this.active?.navigate(to);
  }

  async deserializeWebviewPanel(panel: vscode.WebviewPanel, state: unknown): Promise<void> {
    const [{ outline }, { NotePanel, parseSavedNote }] = await Promise.all([this.#deps.session.ready(), lazy()]);
    const saved = parseSavedNote(state);
    const topic = saved === undefined ? undefined : outline.topic(saved.topic);
    if (topic === undefined) {
      this.#deps.log.warn('A note panel was saved without a topic that still exists; it was closed.');
      panel.dispose();
      return;
    }
    await this.#adopt(new NotePanel(panel, topic.id, this.#deps)).show();
  }

  dispose(): void {
    vscode.Disposable.from(...this.#disposables, ...this.#panels).dispose();
  }

  #adopt(note: NotePanel): NotePanel {
    const { panel } = note;
    this.#panels.push(note);
    note.onDidShow(() => this.#active.fire(this.active));
    panel.onDidChangeViewState(() => {
      if (panel.active) this.#moveToEnd(note);
      this.#active.fire(this.active);
    });
    panel.onDidDispose(() => {
      this.#panels.splice(this.#panels.indexOf(note), 1);
      this.#active.fire(this.active);
    });
    return note;
  }

  #moveToEnd(note: NotePanel): void {
    this.#panels.push(...this.#panels.splice(this.#panels.indexOf(note), 1));
  }

  #setContext(): void {
    const topic = this.active?.topic;
    const state = topic === undefined ? undefined : this.#deps.session.current?.stateOf(topic);
    void vscode.commands.executeCommand('setContext', contextKeys.noteState, state);
  }
}
