import * as vscode from 'vscode';
import type { ProgressStore } from '../../core/progress/store.js';
import { errorText } from '../words.js';

const key = 'progress';
const quietMs = 1_000;

/**
 * Keeps a compact copy of progress where Settings Sync carries it to the learner's other machines, and merges what they
 * carried here: at the start and whenever the window gets the focus. The journal stays the truth.
 */
export function mirrorProgress(store: ProgressStore, state: vscode.Memento & { setKeysForSync(keys: readonly string[]): void }, log: vscode.LogOutputChannel): vscode.Disposable {
  state.setKeysForSync([key]);
  let timer: ReturnType<typeof setTimeout> | undefined;

  const push = async () => {
    timer = undefined;
    await pull();
    const value = store.mirror();
    if (JSON.stringify(value) !== JSON.stringify(state.get(key))) await state.update(key, value);
  };
  const pull = async () => {
    try {
      const value = state.get<unknown>(key);
      if (value !== undefined) await store.mergeMirror(value);
    } catch (error) {
      log.warn(`Progress from Settings Sync was not merged: ${errorText(error)}`);
    }
  };
  const schedule = () => {
    clearTimeout(timer);
    timer = setTimeout(() => void push(), quietMs);
  };

  void push();
  return vscode.Disposable.from(
    { dispose: () => clearTimeout(timer) },
    store.onDidChange(schedule),
    vscode.window.onDidChangeWindowState(({ focused }) => {
      if (focused) void store.refresh().then(push);
    }),
  );
}
