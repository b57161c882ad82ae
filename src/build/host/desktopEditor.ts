import { spawn } from 'node:child_process';
import { findOnPath } from './system.js';
import { UserError } from './userError.js';

/** The desktop editor that `npm start` can use: one on PATH, on a machine with a display. */
export function findDesktopEditor(): string | undefined {
  const { DISPLAY, WAYLAND_DISPLAY, VSCODE_IPC_HOOK_CLI, SSH_CONNECTION } = process.env;
  if (process.platform === 'linux') {
    const hasDisplay = Boolean(DISPLAY ?? WAYLAND_DISPLAY);
    // VS Code on Linux does not start for root; the `code` of a remote window opens no development host.
    if (!hasDisplay || process.getuid?.() === 0 || VSCODE_IPC_HOOK_CLI) {
      return undefined;
    }
  } else if (VSCODE_IPC_HOOK_CLI ?? SSH_CONNECTION) {
    return undefined;
  }
  return findOnPath('code', 'codium', 'cursor');
}

/** Opens `folder` in a new window of a desktop editor with the extension under development; ends when the window is closed. */
export function openDesktopEditor(editor: string, extension: string, folder: string): Promise<void> {
  const args = ['--new-window', '--wait', `--extensionDevelopmentPath=${extension}`, folder];
  return new Promise((resolve, reject) => {
    const windows = process.platform === 'win32';
    const child = windows
      ? spawn(`"${editor}"`, args.map((arg) => `"${arg}"`), { stdio: 'inherit', shell: true })
      : spawn(editor, args, { stdio: 'inherit' });
    child.on('error', (error) => reject(new UserError(`${editor} could not be started: ${error.message}`)));
    child.on('exit', (code) => (code === 0 ? resolve() : reject(new UserError(`${editor} ended with code ${code ?? 'none'}.`))));
  });
}
