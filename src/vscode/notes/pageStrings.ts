import * as vscode from 'vscode';
import { noteStrings, type NoteStrings } from '../../core/notes/strings.js';

/** The note page's words in the editor's display language. */
export function pageStrings(): NoteStrings {
  return Object.fromEntries(Object.entries(noteStrings).map(([key, text]) => [key, vscode.l10n.t(text)])) as NoteStrings;
}
