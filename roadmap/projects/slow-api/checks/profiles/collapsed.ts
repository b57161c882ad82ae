import type { Profile, Sample } from './profile.js';

/** Collapsed stacks, as flame graph tools read them: `outermost;…;innermost 42` on each line. @throws Error when there is none. */
export function readCollapsed(text: string): Profile {
  const samples = text.split(/\r?\n/u).flatMap((line): Sample[] => {
    const found = /^(.+) (\d+)$/u.exec(line.trim());
    return found === null ? [] : [{ stack: found[1]!.split(';'), weight: Number(found[2]) }];
  });
  if (samples.length === 0) throw new Error('no line is “outermost;…;innermost count”');
  return { samples };
}
