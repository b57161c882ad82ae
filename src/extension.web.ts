import type * as vscode from 'vscode';
import { activate as start, type Api } from './activate.js';
import { webPlatform } from './vscode/platform/web/platform.js';

export function activate(context: vscode.ExtensionContext): Api {
  return start(context, webPlatform);
}
