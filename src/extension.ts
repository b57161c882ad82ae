import type * as vscode from 'vscode';
import { activate as start, type Api } from './activate.js';
import { nodePlatform } from './vscode/platform/node/platform.js';

export function activate(context: vscode.ExtensionContext): Api {
  return start(context, nodePlatform);
}
