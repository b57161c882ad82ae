/** What opening the first note loads. */
export { NotePanel } from './notePanel.js';
export { printNote } from './print.js';
export { runInTerminal } from './terminal.js';
export { parseSavedNote } from '../../protocol/note.js';
