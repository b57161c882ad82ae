import { readFileSync } from 'node:fs';
import { readCollapsed } from './collapsed.js';
import { readCpuProfile } from './cpuprofile.js';
import { readJfr } from './jfr.js';
import { readPprof } from './pprof.js';
import type { Profile } from './profile.js';
import { readSpeedscope } from './speedscope.js';

/** Names of the formats, for messages. */
export const formats = 'V8’s .cpuprofile, pprof (.pb.gz, .pprof), Java’s .jfr, speedscope’s .json, or collapsed stacks (.collapsed, .folded, .txt)';

/** A profile in the format that its name says. @throws Error that says what is wrong. */
export async function readProfile(file: string): Promise<Profile> {
  if (file.endsWith('.jfr')) return await readJfr(file);
  if (/\.(?:pb\.gz|pb|pprof|prof)$/u.test(file)) return readPprof(readFileSync(file));
  const text = readFileSync(file, 'utf8');
  if (file.endsWith('.cpuprofile')) return readCpuProfile(text);
  if (file.endsWith('.json')) return readSpeedscope(text);
  if (/\.(?:collapsed|folded|txt)$/u.test(file)) return readCollapsed(text);
  throw new Error(`its name is of none of the formats ${formats}`);
}
