import type { NavigateTo } from '../../protocol/note.js';
import { commands, type CommandId } from '../contributions.js';
import type { Command, Services } from './services.js';

function navigate(id: CommandId, to: NavigateTo): (services: Services) => Command {
  return ({ notes }) => ({ id, execute: () => notes.navigate(to) });
}

export const noteBack = navigate(commands.noteBack, 'back');
export const noteForward = navigate(commands.noteForward, 'forward');
export const notePrevious = navigate(commands.notePrevious, 'previous');
export const noteNext = navigate(commands.noteNext, 'next');

export function printNote({ notes, context, platform }: Services): Command {
  return {
    id: commands.printNote,
    execute: async () => {
      const note = notes.active?.note;
      if (note !== undefined) await (await import('../notes/lazy.js')).printNote(note, context.extensionUri, platform);
    },
  };
}
