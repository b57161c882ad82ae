import * as vscode from 'vscode';
import type { TopicState } from '../../core/progress/model.js';
import { commands, type CommandId } from '../contributions.js';
import type { Command, Services } from './services.js';
import { pickTopic, topicsFromArguments } from './topicArgument.js';

/** Opens a topic's note; asks which when called without one. */
export function openTopic({ session, notes }: Services): Command {
  return open(commands.openTopic, false, { session, notes });
}

export function openTopicToSide({ session, notes }: Services): Command {
  return open(commands.openTopicToSide, true, { session, notes });
}

function open(id: CommandId, beside: boolean, { session, notes }: Pick<Services, 'session' | 'notes'>): Command {
  return {
    id,
    execute: async (...args) => {
      const ready = await session.ready();
      const topic = topicsFromArguments(ready, args)[0] ?? await pickTopic(ready, vscode.l10n.t('Open a note'), notes.active?.topic);
      if (topic !== undefined) await notes.open(topic, { beside });
    },
  };
}

/** Opens what the learner should read now. */
export function openNext({ session, notes }: Services): Command {
  return {
    id: commands.openNext,
    execute: async () => {
      const next = (await session.ready()).standing.upNext();
      if (next !== undefined) await notes.open(next.id);
      else void vscode.window.showInformationMessage(vscode.l10n.t('Everything on your roadmap is done or skipped.'));
    },
  };
}

/** Called with topics (tree, editor title, CodeLens), marks these; called without (command palette), asks which. */
function mark(id: CommandId, state: TopicState, title: () => string): (services: Services) => Command {
  return ({ session, marking, notes }) => ({
    id,
    execute: async (...args) => {
      const ready = await session.ready();
      let topics = topicsFromArguments(ready, args);
      if (topics.length === 0) {
        const picked = await pickTopic(ready, title(), notes.active?.topic, (topic) => ready.stateOf(topic) !== state);
        topics = picked === undefined ? [] : [picked];
      }
      if (topics.length > 0) await marking.setState(topics, state);
    },
  });
}

export const markDone = mark(commands.markDone, 'done', () => vscode.l10n.t('Mark a topic done'));
export const markNotDone = mark(commands.markNotDone, 'notStarted', () => vscode.l10n.t('Mark a topic not done'));
export const markReading = mark(commands.markReading, 'reading', () => vscode.l10n.t('Mark a topic as being read'));
export const skip = mark(commands.skip, 'skipped', () => vscode.l10n.t('Skip a topic'));

/** The keyboard shortcut and the editor-title button: the active note's topic, else the one selected in the tree. */
function toggle(id: CommandId): (services: Services) => Command {
  return ({ session, marking, notes, roadmapView }) => ({
    id,
    execute: async () => {
      const ready = await session.ready();
      const active = notes.active?.topic;
      const topics = active === undefined ? topicsFromArguments(ready, [undefined, roadmapView.selection]) : [active];
      if (topics.length === 0) {
        void vscode.window.showInformationMessage(vscode.l10n.t('Open a note or select a topic in the Roadmap view first.'));
        return;
      }
      const allDone = topics.every((topic) => ready.stateOf(topic) === 'done');
      await marking.setState(topics, allDone ? 'notStarted' : 'done');
    },
  });
}

export const toggleDone = toggle(commands.toggleDone);
export const markActiveNotDone = toggle(commands.markActiveNotDone);

/** Asks which languages the learner takes; the others become optional. */
export function chooseLanguages({ session, marking }: Services): Command {
  return {
    id: commands.chooseLanguages,
    execute: async () => {
      const { outline, store } = await session.ready();
      const section = outline.sections.find(({ choose }) => choose !== undefined);
      if (section === undefined) return;
      const chosen = store.progress.languages ?? [];
      const items = outline.topicsOf(section).map((topic) => ({
        label: outline.topic(topic)?.title ?? topic,
        description: section.recommended.includes(topic) ? vscode.l10n.t('recommended') : '',
        picked: chosen.includes(topic),
        topic,
      }));
      const picked = await vscode.window.showQuickPick(items, {
        title: vscode.l10n.t('Choose your languages'),
        placeHolder: vscode.l10n.t('Pick one or two; the others stay open to you and leave the total'),
        canPickMany: true,
        // Opened from the walkthrough, which takes the focus back when it sees its step done.
        ignoreFocusOut: true,
      });
      if (picked !== undefined) await marking.chooseLanguages(picked.map(({ topic }) => topic));
    },
  };
}
