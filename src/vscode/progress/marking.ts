import * as vscode from 'vscode';
import type { TopicState } from '../../core/progress/model.js';
import type { TopicId } from '../../core/roadmap/model.js';
import { commands } from '../contributions.js';
import type { Session } from '../session.js';

/** The one path by which a topic's state or a card's answer is changed, whatever surface asked for it. */
export class Marking {
  readonly #session: Session;
  readonly #log: vscode.LogOutputChannel;

  constructor(session: Session, log: vscode.LogOutputChannel) {
    this.#session = session;
    this.#log = log;
  }

  /** Resolves when the change is on disk; a failure is told to the person and leaves everything as it was. */
  async setState(topics: readonly TopicId[], state: TopicState): Promise<void> {
    await this.#write(async () => (await this.#session.ready()).store.setTopicState(topics, state));
  }

  /** @param card the card's id within the topic. */
  async answer(topic: TopicId, card: string, right: boolean, given: string | undefined): Promise<void> {
    await this.#write(async () => (await this.#session.ready()).store.answerCard(`${topic}/${card}`, right, given));
  }

  async chooseLanguages(topics: readonly TopicId[]): Promise<void> {
    await this.#write(async () => (await this.#session.ready()).store.chooseLanguages(topics));
  }

  async #write(change: () => Promise<void>): Promise<void> {
    try {
      await change();
    } catch (error) {
      this.#log.error(error instanceof Error ? error : String(error));
      const { wordsForError } = await import('./lazy.js');
      const show = vscode.l10n.t('Show Log');
      void vscode.window.showErrorMessage(vscode.l10n.t('Your progress was not saved: {0}', wordsForError(error)), show).then((answer) => {
        if (answer === show) void vscode.commands.executeCommand(commands.showLog);
      });
    }
  }
}
