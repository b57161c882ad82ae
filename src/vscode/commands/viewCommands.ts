import * as vscode from 'vscode';
import type { Filter } from '../../core/roadmap/standing.js';
import { commands, walkthrough, type CommandId } from '../contributions.js';
import type { LibraryNode } from '../views/libraryView.js';
import type { ProjectNode } from '../views/projectsView.js';
import type { Command, Services } from './services.js';

function filter(id: CommandId, value: Filter): (services: Services) => Command {
  return ({ roadmapView }) => ({ id, execute: () => roadmapView.setFilter(value) });
}

export const showAll = filter(commands.showAll, 'all');
export const showNotDone = filter(commands.showNotDone, 'notDone');
export const showDone = filter(commands.showDone, 'done');

export function retryContent({ session }: Services): Command {
  return { id: commands.retryContent, execute: () => session.retry() };
}

export function showLog({ log }: Services): Command {
  return { id: commands.showLog, execute: () => log.show() };
}

export function openWalkthrough({ context }: Services): Command {
  return { id: commands.openWalkthrough, execute: () => vscode.commands.executeCommand('workbench.action.openWalkthrough', `${context.extension.id}#${walkthrough}`, false) };
}

/** Opens a library entry in the browser; VS Code asks before it leaves for an unknown site. */
export function openResource(): Command {
  return {
    id: commands.openResource,
    execute: async (node) => {
      const url = urlOf(node);
      if (url !== undefined) await vscode.env.openExternal(vscode.Uri.parse(url, true));
    },
  };
}

export function copyResourceLink(): Command {
  return {
    id: commands.copyResourceLink,
    execute: async (node) => {
      const url = urlOf(node);
      if (url !== undefined) await vscode.env.clipboard.writeText(url);
    },
  };
}

function urlOf(node: unknown): string | undefined {
  const candidate = node as LibraryNode | undefined;
  return candidate?.kind === 'resource' ? candidate.resource.url : undefined;
}

/** Called from a project node, that project is chosen already. */
export function scaffoldProject({ content, session, log }: Services): Command {
  return {
    id: commands.scaffoldProject,
    execute: async (node) => {
      const project = (node as ProjectNode | undefined)?.project.id;
      const [{ outline }, scaffold] = await Promise.all([session.ready(), import('../scaffold/lazy.js')]);
      await scaffold.scaffoldProject({ content: content.source, roadmap: outline, log }, project === undefined ? {} : { project });
    },
  };
}
