/** Every id that package.json and the code share. A test holds this file against the manifest. */
export const viewContainer = 'backendRoadmap';

export const views = {
  roadmap: 'backendRoadmap.roadmap',
  projects: 'backendRoadmap.projects',
  library: 'backendRoadmap.library',
} as const;

export const notePanel = 'backendRoadmap.note';
export const stagePanel = 'backendRoadmap.stage';
export const walkthrough = 'backendRoadmap.start';

export const commands = {
  openTopic: 'backendRoadmap.openTopic',
  openTopicToSide: 'backendRoadmap.openTopicToSide',
  openNext: 'backendRoadmap.openNext',
  markDone: 'backendRoadmap.markDone',
  markNotDone: 'backendRoadmap.markNotDone',
  markReading: 'backendRoadmap.markReading',
  skip: 'backendRoadmap.skip',
  toggleDone: 'backendRoadmap.toggleDone',
  /** The same as toggleDone under the icon of a finished topic, for the editor title. */
  markActiveNotDone: 'backendRoadmap.markActiveNotDone',
  chooseLanguages: 'backendRoadmap.chooseLanguages',
  showAll: 'backendRoadmap.showAll',
  showNotDone: 'backendRoadmap.showNotDone',
  showDone: 'backendRoadmap.showDone',
  scaffoldProject: 'backendRoadmap.scaffoldProject',
  openStage: 'backendRoadmap.openStage',
  checkStage: 'backendRoadmap.checkStage',
  checkCurrentStage: 'backendRoadmap.checkCurrentStage',
  checkAll: 'backendRoadmap.checkAll',
  stopChecks: 'backendRoadmap.stopChecks',
  prepareProject: 'backendRoadmap.prepareProject',
  showSolution: 'backendRoadmap.showSolution',
  resetFile: 'backendRoadmap.resetFile',
  resetStage: 'backendRoadmap.resetStage',
  undoFileReset: 'backendRoadmap.undoFileReset',
  openResource: 'backendRoadmap.openResource',
  copyResourceLink: 'backendRoadmap.copyResourceLink',
  noteBack: 'backendRoadmap.noteBack',
  noteForward: 'backendRoadmap.noteForward',
  notePrevious: 'backendRoadmap.notePrevious',
  noteNext: 'backendRoadmap.noteNext',
  printNote: 'backendRoadmap.printNote',
  exportProgress: 'backendRoadmap.exportProgress',
  importProgress: 'backendRoadmap.importProgress',
  resetProgress: 'backendRoadmap.resetProgress',
  undoReset: 'backendRoadmap.undoReset',
  retryContent: 'backendRoadmap.retryContent',
  showLog: 'backendRoadmap.showLog',
  openWalkthrough: 'backendRoadmap.openWalkthrough',
} as const;
export type CommandId = (typeof commands)[keyof typeof commands];

export const settings = {
  section: 'backendRoadmap',
  codeLens: 'codeLens.enabled',
  statusBar: 'statusBar.enabled',
  markReading: 'notes.markReadingWhileScrolling',
  confirmRun: 'notes.confirmRunInTerminal',
} as const;

export const contextKeys = {
  filter: 'backendRoadmap.filter',
  /** State of the topic in the active note; unset when no note is active. */
  noteState: 'backendRoadmap.noteState',
  /** An open folder holds a scaffolded project. */
  hasProject: 'backendRoadmap.hasProject',
  checking: 'backendRoadmap.checking',
  resetCanBeUndone: 'backendRoadmap.resetCanBeUndone',
} as const;
