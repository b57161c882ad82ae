import { commands } from '../contributions.js';
import type { Command, Services } from './services.js';

const lazy = () => import('../progress/lazy.js');

export function exportProgress(services: Services): Command {
  return { id: commands.exportProgress, execute: async () => (await lazy()).exportProgress(services) };
}

/** May be called with the file's URI. */
export function importProgress(services: Services): Command {
  return { id: commands.importProgress, execute: async (file) => (await lazy()).importProgress(services, file) };
}

export function resetProgress(services: Services): Command {
  return { id: commands.resetProgress, execute: async () => (await lazy()).resetProgress(services) };
}

export function undoReset(services: Services): Command {
  return { id: commands.undoReset, execute: async () => (await lazy()).undoReset(services) };
}
