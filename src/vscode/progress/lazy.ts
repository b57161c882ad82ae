/** What is loaded when something about stored progress has to be said or asked. */
export { exportProgress, importProgress, resetProgress, undoReset } from './dialogs.js';
export { reportProblem, wordsForError } from './problems.js';
