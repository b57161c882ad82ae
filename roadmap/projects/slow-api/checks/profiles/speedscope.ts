import type { Profile } from './profile.js';

interface Speedscope {
  shared?: { frames?: { name: string; file?: string }[] };
  profiles?: { type: string; samples?: number[][]; weights?: number[] }[];
}

/** speedscope's JSON with sampled profiles. @throws Error when it is none. */
export function readSpeedscope(text: string): Profile {
  const { shared, profiles } = JSON.parse(text) as Speedscope;
  const frames = shared?.frames;
  const sampled = profiles?.filter(({ type }) => type === 'sampled') ?? [];
  if (frames === undefined || sampled.length === 0) throw new Error('it has no sampled profiles');
  return { samples: sampled.flatMap(({ samples = [], weights = [] }) => samples.map((stack, index) => ({ stack: stack.map((frame) => frames[frame]?.name ?? ''), weight: weights[index] ?? 1 }))) };
}
