import * as vscode from 'vscode';
import type { StoreProblem } from './core/progress/log.js';
import { ProgressStore } from './core/progress/store.js';
import { TopicLenses } from './vscode/codeLens.js';
import { allCommands } from './vscode/commands/all.js';
import type { Services } from './vscode/commands/services.js';
import { Content } from './vscode/content.js';
import { Notes } from './vscode/notes/notes.js';
import { LazyPractice } from './vscode/practice/lazyPractice.js';
import { commands } from './vscode/contributions.js';
import { contentUri } from './vscode/platform/contentUri.js';
import type { Platform } from './vscode/platform/platform.js';
import { Marking } from './vscode/progress/marking.js';
import { mirrorProgress } from './vscode/progress/mirror.js';
import { offerUndo } from './vscode/progress/undoContext.js';
import { Session, type Ready } from './vscode/session.js';
import { createStatusBar } from './vscode/statusBar.js';
import { Icons } from './vscode/views/icons.js';
import { LibraryView } from './vscode/views/libraryView.js';
import { ProjectsView } from './vscode/views/projectsView.js';
import { RoadmapView } from './vscode/views/roadmapView.js';

/** What the extension exports: for its tests and benchmarks only, and not a promise to anybody else. */
export interface Api {
  ready(): Promise<Ready>;
  /** Where this machine keeps progress. */
  readonly storage: vscode.Uri;
}

/** The composition root: builds everything, wires it, registers it. Nothing is awaited before the views are registered. */
export function activate(context: vscode.ExtensionContext, platform: Platform): Api {
  const storage = vscode.Uri.joinPath(context.globalStorageUri, 'progress');
  const log = vscode.window.createOutputChannel('Backend Roadmap', { log: true });
  const content = new Content(platform.contentSource(contentUri(context.extensionUri)));
  const session = new Session(content, async (outline) => {
    const store = await ProgressStore.open(platform.eventLog(storage), { clock: platform.clock, ids: platform.ids, redirects: outline.redirects });
    const report = async (problem: StoreProblem) => (await import('./vscode/progress/lazy.js')).reportProblem(problem, log);
    for (const problem of store.problems) void report(problem);
    context.subscriptions.push(store.onDidFindProblem((problem) => void report(problem)), mirrorProgress(store, context.globalState, log));
    return store;
  });
  const marking = new Marking(session, log);
  const icons = new Icons(context.extensionUri);
  const roadmapView = new RoadmapView({ session, content, icons, log, setDone: (topics, done) => marking.setState(topics, done ? 'done' : 'notStarted') });
  const libraryView = new LibraryView(session, content, log);
  const notes = new Notes({
    extensionUri: context.extensionUri,
    session,
    content,
    log,
    nonce: () => platform.ids.next(),
    actions: {
      setState: (topic, state) => marking.setState([topic], state),
      answer: (topic, card, right, given) => marking.answer(topic, card, right, given),
      openProject: async (project, stage) => { await (stage === undefined ? projectsView.reveal(project) : vscode.commands.executeCommand(commands.openStage, project, stage)); },
      run: async (command) => (await import('./vscode/notes/lazy.js')).runInTerminal(command, platform.hasTerminal),
      print: async (note) => (await import('./vscode/notes/lazy.js')).printNote(note, context.extensionUri, platform),
    },
  });
  const practice: LazyPractice = new LazyPractice({
    context, platform, session, log, content: content.source,
    openTopic: (topic) => notes.open(topic),
    openProject: (project) => projectsView.reveal(project),
  });
  const projectsView = new ProjectsView({ session, content, icons, practice }, log);
  const services: Services = { context, platform, log, content, session, marking, notes, practice, roadmapView, projectsView, libraryView };

  context.subscriptions.push(
    log, session, practice, roadmapView, projectsView, libraryView, notes,
    createStatusBar(session),
    offerUndo(session),
    new TopicLenses(session),
    notes.onDidChangeActive((note) => { if (note !== undefined) void roadmapView.reveal(note.topic); }),
    ...allCommands(services).map((command) => vscode.commands.registerCommand(command.id, (...args: unknown[]) => command.execute(...args))),
  );
  return { ready: () => session.ready(), storage };
}
