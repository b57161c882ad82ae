import * as vscode from 'vscode';
import { commands } from '../contributions.js';
import { errorText } from '../words.js';

/** What a view shows in place of content that can't be loaded. */
export interface ProblemNode { readonly kind: 'problem'; readonly message: string }

/**
 * Loads the nodes of a view. When that fails, the view gets one row that says so and offers to try again; the reason stands
 * above it in full, since a row has one line and cuts it off.
 */
export async function nodesOrProblem<Node>(view: vscode.TreeView<Node | ProblemNode>, log: vscode.LogOutputChannel, load: () => Promise<Node[]>): Promise<(Node | ProblemNode)[]> {
  try {
    const nodes = await load();
    if (view.message) view.message = '';
    return nodes;
  } catch (error) {
    log.error(error instanceof Error ? error : String(error));
    view.message = errorText(error);
    return [{ kind: 'problem', message: errorText(error) }];
  }
}

export function problemItem(title: string, { message }: ProblemNode): vscode.TreeItem {
  const item = new vscode.TreeItem(title, vscode.TreeItemCollapsibleState.None);
  item.tooltip = message;
  item.accessibilityInformation = { label: vscode.l10n.t('{0}. {1}', title, message) };
  item.iconPath = new vscode.ThemeIcon('error', new vscode.ThemeColor('list.errorForeground'));
  item.contextValue = 'problem';
  item.command = { command: commands.showLog, title: vscode.l10n.t('Show log') };
  return item;
}
