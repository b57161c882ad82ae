import * as vscode from 'vscode';
import { notePage, type Answers, type Navigation } from '../../core/notes/page.js';
import type { Note } from '../../core/notes/model.js';
import type { TopicState } from '../../core/progress/model.js';
import type { TopicId } from '../../core/roadmap/model.js';
import { parseToHost, type NavigateTo, type ToHost, type ToNote } from '../../protocol/note.js';
import type { Content } from '../content.js';
import { settings } from '../contributions.js';
import type { Ready, Session } from '../session.js';
import { errorText } from '../words.js';
import { History } from './history.js';
import { noteWebviewOptions } from './options.js';
import { pageStrings } from './pageStrings.js';

/** What a note may cause outside its own panel. */
export interface NoteActions {
  setState(topic: TopicId, state: TopicState): Promise<void>;
  answer(topic: TopicId, card: string, right: boolean, given: string | undefined): Promise<void>;
  /** Shows a project in its view, or one of its stages. */
  openProject(project: string, stage?: string): Promise<void>;
  run(command: string): Promise<boolean>;
  print(note: Note): Promise<void>;
}

export interface NotePanelDeps {
  readonly extensionUri: vscode.Uri;
  readonly session: Session;
  readonly content: Content;
  readonly actions: NoteActions;
  readonly log: vscode.LogOutputChannel;
  readonly nonce: () => string;
}

/** One webview panel that shows notes: its page, its history and its messages. */
export class NotePanel implements vscode.Disposable {
  readonly panel: vscode.WebviewPanel;
  readonly #deps: NotePanelDeps;
  readonly #history: History;
  readonly #disposables: vscode.Disposable[] = [];
  readonly #shown = new vscode.EventEmitter<TopicId>();
  #note: Note | undefined;
  #generation = 0;

  /** Fires when another topic is shown. */
  readonly onDidShow = this.#shown.event;

  constructor(panel: vscode.WebviewPanel, topic: TopicId, deps: NotePanelDeps) {
    this.panel = panel;
    this.#deps = deps;
    this.#history = new History(topic);
    panel.webview.options = noteWebviewOptions(deps.extensionUri);
    panel.iconPath = {
      light: vscode.Uri.joinPath(deps.extensionUri, 'media', 'icons', 'ring-2-light.svg'),
      dark: vscode.Uri.joinPath(deps.extensionUri, 'media', 'icons', 'ring-2-dark.svg'),
    };
    this.#disposables.push(
      this.#shown,
      panel.webview.onDidReceiveMessage((value: unknown) => this.#receive(value)),
      deps.session.onDidChange((change) => {
        if (change === undefined || change.topics.has(this.topic) || [...change.cards].some((card) => card.startsWith(`${this.topic}/`))) this.#postProgress();
      }),
      panel.onDidDispose(() => this.dispose()),
    );
  }

  get topic(): TopicId {
    return this.#history.current;
  }

  get note(): Note | undefined {
    return this.#note;
  }

  async open(topic: TopicId): Promise<void> {
    this.#history.visit(topic);
    await this.show();
  }

  async navigate(to: NavigateTo): Promise<void> {
    const { outline } = await this.#deps.session.ready();
    if (to === 'back' || to === 'forward') {
      this.#history.go(to === 'back' ? -1 : 1);
      await this.show();
      return;
    }
    const neighbour = outline.neighbour(this.topic, to === 'previous' ? -1 : 1);
    if (neighbour !== undefined) await this.open(neighbour.id);
  }

  /** Loads the current topic's note and puts it on the page; the last call wins. */
  async show(): Promise<void> {
    const generation = ++this.#generation;
    const topic = this.topic;
    try {
      const [ready, note] = await Promise.all([this.#deps.session.ready(), this.#deps.content.note(topic)]);
      if (generation !== this.#generation) return;
      this.#note = note;
      this.panel.title = note.title;
      this.panel.webview.html = this.#page(ready, note);
    } catch (error) {
      if (generation !== this.#generation) return;
      this.#note = undefined;
      this.#deps.log.error(error instanceof Error ? error : String(error));
      this.panel.title = vscode.l10n.t('Note not available');
      this.panel.webview.html = '';
      void vscode.window.showErrorMessage(vscode.l10n.t('The note “{0}” could not be opened: {1} Reinstalling the extension restores its notes; your progress is kept.', topic, errorText(error)));
    }
    this.#shown.fire(topic);
  }

  dispose(): void {
    vscode.Disposable.from(...this.#disposables.splice(0)).dispose();
  }

  #page(ready: Ready, note: Note): string {
    const { webview } = this.panel;
    const uri = (...path: string[]) => webview.asWebviewUri(vscode.Uri.joinPath(this.#deps.extensionUri, ...path)).toString();
    return notePage({
      note,
      state: ready.stateOf(note.topic),
      answers: answersOf(ready, note),
      navigation: this.#navigation(ready),
      strings: pageStrings(),
      lang: vscode.env.language,
      nonce: this.#deps.nonce(),
      cspSource: webview.cspSource,
      cssUri: uri('media', 'note.css'),
      scriptUri: uri('dist', 'webview', 'note.js'),
    });
  }

  #navigation(ready: Ready): Navigation {
    const link = (step: -1 | 1) => {
      const topic = ready.outline.neighbour(this.topic, step);
      return topic === undefined ? undefined : { id: topic.id, title: topic.title };
    };
    const previous = link(-1);
    const next = link(1);
    return {
      back: this.#history.canGoBack,
      forward: this.#history.canGoForward,
      ...(previous === undefined ? {} : { previous }),
      ...(next === undefined ? {} : { next }),
    };
  }

  #postProgress(): void {
    const ready = this.#deps.session.current;
    if (ready !== undefined && this.#note !== undefined) this.#post({ type: 'progress', state: ready.stateOf(this.#note.topic), answers: answersOf(ready, this.#note) });
  }

  #post(message: ToNote): void {
    void this.panel.webview.postMessage(message);
  }

  async #receive(value: unknown): Promise<void> {
    const message = parseToHost(value);
    if (message === undefined) {
      this.#deps.log.warn('A note sent a message that is not part of the protocol; it was ignored.');
      return;
    }
    try {
      await this.#act(message);
    } catch (error) {
      this.#deps.log.error(error instanceof Error ? error : String(error));
      void vscode.window.showErrorMessage(errorText(error));
    }
  }

  async #act(message: ToHost): Promise<void> {
    const { actions, session, log } = this.#deps;
    const ready = await session.ready();
    const note = this.#note;
    switch (message.type) {
      case 'ready':
        this.#postProgress();
        this.#post({ type: 'navigation', navigation: this.#navigation(ready) });
        return;
      case 'setState': return actions.setState(this.topic, message.state);
      case 'quarterRead': {
        const wanted = vscode.workspace.getConfiguration(settings.section).get<boolean>(settings.markReading, true);
        return wanted && ready.stateOf(this.topic) === 'notStarted' ? actions.setState(this.topic, 'reading') : undefined;
      }
      case 'openTopic': {
        const topic = ready.outline.topic(message.topic);
        return topic === undefined ? undefined : this.open(topic.id);
      }
      case 'openProject': return actions.openProject(message.project, message.stage);
      case 'openExternal': {
        await vscode.env.openExternal(vscode.Uri.parse(message.url, true));
        return;
      }
      case 'runCommand': {
        const command = note?.commands[message.index];
        if (command !== undefined) await actions.run(command);
        return;
      }
      case 'copyCode': return vscode.env.clipboard.writeText(message.text);
      case 'answer':
        if (note?.cards.some(({ id }) => id === message.card) === true) await actions.answer(note.topic, message.card, message.right, message.given);
        return;
      case 'navigate': return this.navigate(message.to);
      case 'print': return note === undefined ? undefined : actions.print(note);
      case 'logError': log.error(`The page of ${this.topic} reported: ${message.message}`);
    }
  }
}

function answersOf(ready: Ready, note: Note): Answers {
  const answers: Record<string, { right: boolean; given?: string }> = {};
  for (const { id } of note.cards) {
    const answer = ready.store.progress.answers.get(`${note.topic}/${id}`);
    if (answer !== undefined) answers[id] = answer.given === undefined ? { right: answer.right } : { right: answer.right, given: answer.given };
  }
  return answers;
}
