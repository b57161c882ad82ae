import { cp } from 'node:fs/promises';
import * as path from 'node:path';
import { root } from '../paths.js';
import { temporaryFolder } from './temporary.js';

export const sampleWorkspace = path.join(root, 'test', 'fixtures', 'sample-workspace');

/** A copy of the sample workspace that tests may write into; removed when the program ends. */
export async function copySampleWorkspace(): Promise<string> {
  const workspace = path.join(temporaryFolder(), 'orders-service');
  await cp(sampleWorkspace, workspace, { recursive: true });
  return workspace;
}
