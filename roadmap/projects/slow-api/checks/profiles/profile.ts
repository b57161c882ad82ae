/** What a profiler saw, in whatever format. */
export interface Profile {
  readonly samples: readonly Sample[];
}

export interface Sample {
  /** Names of the functions, the outermost first. */
  readonly stack: readonly string[];
  /** In a unit of the profile's own: samples, nanoseconds. */
  readonly weight: number;
}

/** Names are compared without case, `_` and what else languages put between words. */
export function plainName(name: string): string {
  return name.toLowerCase().replace(/[_\s-]/gu, '');
}

/** Which part of all samples has a function on its stack whose name holds `name`, from 0 to 1; idle time does not count. */
export function shareOf({ samples }: Profile, name: string): number {
  const wanted = plainName(name);
  let all = 0;
  let own = 0;
  for (const { stack, weight } of samples) {
    if (stack.at(-1) === '(idle)') continue;
    all += weight;
    if (stack.some((frame) => plainName(frame).includes(wanted))) own += weight;
  }
  return all === 0 ? 0 : own / all;
}
