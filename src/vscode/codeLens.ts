import * as vscode from 'vscode';
import { findMentions } from '../core/roadmap/mentions.js';
import { commands, settings } from './contributions.js';
import type { Session } from './session.js';
import { stateName } from './words.js';

/** Over a line that names a topic in a comment: open its note, mark it done. */
export class TopicLenses implements vscode.CodeLensProvider, vscode.Disposable {
  readonly #session: Session;
  readonly #changed = new vscode.EventEmitter<void>();
  readonly #disposables: vscode.Disposable[];

  readonly onDidChangeCodeLenses = this.#changed.event;

  constructor(session: Session) {
    this.#session = session;
    this.#disposables = [
      this.#changed,
      session.onDidChange(() => this.#changed.fire()),
      vscode.workspace.onDidChangeConfiguration((event) => { if (event.affectsConfiguration(settings.section)) this.#changed.fire(); }),
      vscode.languages.registerCodeLensProvider({ pattern: '**' }, this),
    ];
  }

  async provideCodeLenses(document: vscode.TextDocument): Promise<vscode.CodeLens[]> {
    if (!vscode.workspace.getConfiguration(settings.section, document).get<boolean>(settings.codeLens, true)) return [];
    const mentions = findMentions(document.lineCount, (line) => document.lineAt(line).text);
    if (mentions.length === 0) return [];
    const ready = await this.#session.ready();
    return mentions.flatMap(({ line, topic: id }) => {
      const topic = ready.outline.topic(id);
      if (topic === undefined) return [];
      const state = ready.stateOf(topic.id);
      const range = new vscode.Range(line, 0, line, 0);
      return [
        new vscode.CodeLens(range, { command: commands.openTopic, title: `${topic.title} · ${stateName(state)}`, tooltip: vscode.l10n.t('Open the note'), arguments: [topic.id] }),
        state === 'done'
          ? new vscode.CodeLens(range, { command: commands.markNotDone, title: vscode.l10n.t('Mark not done'), arguments: [topic.id] })
          : new vscode.CodeLens(range, { command: commands.markDone, title: vscode.l10n.t('Mark done'), arguments: [topic.id] }),
      ];
    });
  }

  dispose(): void {
    vscode.Disposable.from(...this.#disposables).dispose();
  }
}
