import { execFile } from 'node:child_process';
import { environment } from '../../../../../src/runner/api.js';
import type { Profile } from './profile.js';

interface Event { type: string; values: { stackTrace?: { frames?: { method?: { name?: string; type?: { name?: string } } }[] } | null } }

/** A recording of Java's Flight Recorder, read with the JDK's own tool. @throws Error when that fails. */
export async function readJfr(file: string): Promise<Profile> {
  const text = await new Promise<string>((resolve, reject) => {
    execFile('jfr', ['print', '--json', '--stack-depth', '64', '--events', 'jdk.ExecutionSample', file], { env: environment(), maxBuffer: 512 * 1024 * 1024, windowsHide: true }, (error, stdout) => { if (error === null) resolve(stdout); else reject(new Error(`jfr print fails: ${error.message.split('\n')[0]!}`)); });
  });
  const { recording: { events } } = JSON.parse(text) as { recording: { events: Event[] } };
  const samples = events.map(({ values }) => ({ stack: (values.stackTrace?.frames ?? []).map(({ method }) => `${method?.type?.name ?? ''}.${method?.name ?? ''}`).reverse(), weight: 1 }));
  if (samples.length === 0) throw new Error('it holds no jdk.ExecutionSample');
  return { samples };
}
