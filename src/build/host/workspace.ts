import { mkdtempSync, rmSync } from 'node:fs';
import { cp } from 'node:fs/promises';
import * as os from 'node:os';
import * as path from 'node:path';
import { root } from '../paths.js';

export const sampleWorkspace = path.join(root, 'test', 'fixtures', 'sample-workspace');

/** A copy of the sample workspace that tests may write into; removed when the program ends. */
export async function copySampleWorkspace(): Promise<string> {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'backend-roadmap-'));
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
  const workspace = path.join(folder, 'orders-service');
  await cp(sampleWorkspace, workspace, { recursive: true });
  return workspace;
}
