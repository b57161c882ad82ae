import type * as vscode from 'vscode';
import type { Content } from '../content.js';
import type { CommandId } from '../contributions.js';
import type { Notes } from '../notes/notes.js';
import type { Platform } from '../platform/platform.js';
import type { Marking } from '../progress/marking.js';
import type { LazyPractice } from '../practice/lazyPractice.js';
import type { Session } from '../session.js';
import type { LibraryView } from '../views/libraryView.js';
import type { ProjectsView } from '../views/projectsView.js';
import type { RoadmapView } from '../views/roadmapView.js';

/** What commands may use. Built once, in activate.ts. */
export interface Services {
  readonly context: vscode.ExtensionContext;
  readonly platform: Platform;
  readonly log: vscode.LogOutputChannel;
  readonly content: Content;
  readonly session: Session;
  readonly marking: Marking;
  readonly notes: Notes;
  readonly practice: LazyPractice;
  readonly roadmapView: RoadmapView;
  readonly projectsView: ProjectsView;
  readonly libraryView: LibraryView;
}

export interface Command {
  readonly id: CommandId;
  execute(...args: unknown[]): unknown;
}
