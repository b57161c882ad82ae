import * as vscode from 'vscode';

/** The folder that the build fills with compiled content. */
export function contentUri(extensionUri: vscode.Uri): vscode.Uri {
  return vscode.Uri.joinPath(extensionUri, 'dist', 'content');
}
