import { createServer, type IncomingMessage } from 'node:http';
import * as vscode from 'vscode';

/** What the benchmark asks of an extension host, as JSON over HTTP; the answer is JSON as well. */
export type Ask =
  | { readonly do: 'activate'; readonly extension: string }
  | { readonly do: 'loaded'; readonly extension: string }
  | { readonly do: 'command'; readonly command: string; readonly args: readonly unknown[] }
  | { readonly do: 'preview'; readonly file: string }
  | { readonly do: 'close' }
  | { readonly do: 'end' };

const now = (): number => performance.timeOrigin + performance.now();

const calm = 30;
const beat = 10;

/** Waits until the host has done what it does at its start: until it has had time for each of many timers in a row. */
async function settled(): Promise<void> {
  for (let inTime = 0; inTime < calm;) {
    const due = now() + beat;
    await new Promise((resolve) => setTimeout(resolve, beat));
    inTime = now() - due < 3 ? inTime + 1 : 0;
  }
}

/** @returns when it began and how long it took until the call came back, in milliseconds. */
async function act(ask: Exclude<Ask, { do: 'end' | 'loaded' }>): Promise<{ began: number; took: number }> {
  const extension = ask.do === 'activate' ? vscode.extensions.getExtension(ask.extension) : undefined;
  if (ask.do === 'activate' && extension === undefined) throw new Error(`${ask.extension} is not installed`);
  if (extension !== undefined) await settled();
  const began = now();
  if (extension !== undefined) await extension.activate();
  else if (ask.do === 'command') await vscode.commands.executeCommand(ask.command, ...ask.args);
  else if (ask.do === 'preview') await vscode.commands.executeCommand('markdown.showPreview', vscode.Uri.file(ask.file));
  else await vscode.commands.executeCommand('workbench.action.closeAllEditors');
  return { began, took: now() - began };
}

/** The modules of an extension that the host has loaded, relative to its folder. */
function loaded(id: string): string[] {
  const folder = vscode.extensions.getExtension(id)?.extensionPath ?? '';
  return Object.keys(require.cache).filter((file) => file.startsWith(folder)).map((file) => file.slice(folder.length + 1));
}

async function read(request: IncomingMessage): Promise<Ask> {
  let text = '';
  for await (const chunk of request) text += String(chunk);
  return JSON.parse(text) as Ask;
}

/** A test module that does what it is asked until it is told to end. It names its port in a console line. */
export function run(): Promise<void> {
  return new Promise((end, fail) => {
    const server = createServer((request, response) => {
      read(request).then(async (ask) => {
        if (ask.do === 'end') {
          response.end('{}');
          server.close();
          end();
          return;
        }
        response.end(JSON.stringify(ask.do === 'loaded' ? { modules: loaded(ask.extension) } : await act(ask)));
      }).catch((error: unknown) => response.end(JSON.stringify({ error: String(error) })));
    });
    server.once('error', fail);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      console.log(`[bench] ${typeof address === 'object' ? address?.port : ''}`);
    });
  });
}
