import type { Profile } from './profile.js';

interface Node { id: number; callFrame: { functionName: string; url: string }; children?: number[] }

/** V8's `.cpuprofile`: a tree of call frames, and the nodes that were met with the time to each. @throws Error when it is none. */
export function readCpuProfile(text: string): Profile {
  const { nodes, samples, timeDeltas } = JSON.parse(text) as { nodes?: Node[]; samples?: number[]; timeDeltas?: number[] };
  if (nodes === undefined || samples === undefined) throw new Error('it has no nodes and samples');
  const parents = new Map<number, number>();
  for (const { id, children = [] } of nodes) for (const child of children) parents.set(child, id);
  const byId = new Map(nodes.map((node) => [node.id, node]));
  const stacks = new Map<number, string[]>();
  const stackOf = (id: number): string[] => {
    const known = stacks.get(id);
    if (known !== undefined) return known;
    const names: string[] = [];
    for (let at: number | undefined = id; at !== undefined; at = parents.get(at)) names.unshift(byId.get(at)?.callFrame.functionName || '(anonymous)');
    stacks.set(id, names);
    return names;
  };
  return { samples: samples.map((id, index) => ({ stack: stackOf(id), weight: Math.max(0, timeDeltas?.[index] ?? 1) })) };
}
