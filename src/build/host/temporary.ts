import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const folders: string[] = [];

/** A folder that is removed when the program ends; one listener removes them all. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'backend-roadmap-'));
  if (folders.push(folder) === 1) process.once('exit', () => { for (const each of folders) rmSync(each, { recursive: true, force: true }); });
  return folder;
}
