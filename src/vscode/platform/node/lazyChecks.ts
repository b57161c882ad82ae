import { join } from 'node:path';
import type { PlatformChecks } from '../platform.js';
import { checkRunner, endLeftoversIn } from './checkRunner.js';

/** What the first scaffolded project loads. */
export const platformChecks: PlatformChecks = {
  checkRunner: (extension) => checkRunner(join(extension.fsPath, 'dist', 'runner')),
  endLeftovers: (folder) => endLeftoversIn(folder.fsPath),
};
