import * as vscode from 'vscode';
import type { Count } from '../../core/roadmap/standing.js';
import type { TopicState } from '../../core/progress/model.js';

export type IconName = 'ring-0' | 'ring-1' | 'ring-2' | 'ring-3' | 'done' | 'skipped' | 'next';

/** The progress icons: one family, drawn for 16 px, with a file per kind of theme. */
export class Icons {
  readonly #folder: vscode.Uri;
  readonly #cache = new Map<IconName, { light: vscode.Uri; dark: vscode.Uri }>();

  constructor(extensionUri: vscode.Uri) {
    this.#folder = vscode.Uri.joinPath(extensionUri, 'media', 'icons');
  }

  get(name: IconName): { light: vscode.Uri; dark: vscode.Uri } {
    let icon = this.#cache.get(name);
    if (icon === undefined) {
      icon = { light: vscode.Uri.joinPath(this.#folder, `${name}-light.svg`), dark: vscode.Uri.joinPath(this.#folder, `${name}-dark.svg`) };
      this.#cache.set(name, icon);
    }
    return icon;
  }

  ofCount({ done, total }: Count): { light: vscode.Uri; dark: vscode.Uri } {
    if (total > 0 && done === total) return this.get('done');
    if (done === 0) return this.get('ring-0');
    const quarter = Math.min(3, Math.max(1, Math.round((done / total) * 4)));
    return this.get(`ring-${quarter}` as IconName);
  }

  ofState(state: TopicState): { light: vscode.Uri; dark: vscode.Uri } {
    switch (state) {
      case 'notStarted': return this.get('ring-0');
      case 'reading': return this.get('ring-2');
      case 'done': return this.get('done');
      case 'skipped': return this.get('skipped');
    }
  }
}
