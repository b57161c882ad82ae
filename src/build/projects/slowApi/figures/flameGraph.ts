import { plainName, type Profile } from '../../../../../roadmap/projects/slow-api/checks/profiles/profile.js';
import { Drawing, middle } from './svg.js';

interface Frame { readonly name: string; weight: number; readonly children: Map<string, Frame> }

const [width, row, left] = [720, 24, 10];
/** Deeper frames are left out: start-up loads modules by forty calls within each other. */
const mostRows = 9;
/** Narrower frames, in pixels, are left out. */
const leastWidth = 0.7;
const letter = 6.7;

function treeOf({ samples }: Profile): Frame {
  const root: Frame = { name: '', weight: 0, children: new Map() };
  for (const { stack, weight } of samples) {
    // Nobody's time: the program waits for requests.
    if (stack.at(-1) === '(idle)') continue;
    let frame = root;
    frame.weight += weight;
    for (const name of stack) {
      const child = frame.children.get(name) ?? { name, weight: 0, children: new Map<string, Frame>() };
      frame.children.set(name, child);
      child.weight += weight;
      frame = child;
    }
  }
  return root;
}

/** A flame graph: the outermost call below, each call above its caller, as wide as its share of the samples. `hot` and what it calls are marked. */
export function drawFlameGraph(profile: Profile, hot: string): string {
  const root = treeOf(profile);
  const [outermost] = [...root.children.values()].sort((a, b) => b.weight - a.weight);
  if (outermost === undefined) throw new Error('the profile has no samples');
  const drawing = new Drawing(width + 2 * left, mostRows * row + 64);
  const ground = mostRows * row + 10;
  const put = (frame: Frame, x: number, depth: number, marked: boolean): void => {
    const wide = frame.weight / root.weight * width;
    if (wide < leastWidth || depth >= mostRows) return;
    const isHot = marked || plainName(frame.name).includes(plainName(hot));
    const y = ground - (depth + 1) * row;
    if (isHot) drawing.rect(left + x, y, wide, row, 'paper');
    drawing.rect(left + x, y, wide, row, isHot ? 'fill-wrong wrong' : 'box', isHot ? 'fill-opacity="0.2" stroke-width="1.5"' : 'stroke-width="0.75"');
    const share = `${(frame.weight / root.weight * 100).toFixed(0)} %`;
    const words = `${frame.name}  ${share}`;
    if (wide > 40) drawing.text(left + x + wide / 2, y + 16, words.length * letter < wide - 8 ? words : `${frame.name.slice(0, Math.max(1, Math.floor((wide - 8) / letter) - 1))}…`, isHot ? 'mono fg' : 'mono dim', `font-size="11"${isHot ? ' font-weight="600"' : ''} ${middle}`);
    let at = x;
    for (const child of [...frame.children.values()].sort((a, b) => a.name < b.name ? -1 : 1)) {
      put(child, at, depth + 1, isHot);
      at += child.weight / root.weight * width;
    }
  };
  let at = 0;
  for (const frame of root.children.values()) {
    put(frame, at, 0, false);
    at += frame.weight / root.weight * width;
  }
  drawing.line(left, ground + 14, left + width, ground + 14, 'dim');
  for (const part of [0, 0.25, 0.5, 0.75, 1]) {
    drawing.line(left + part * width, ground + 10, left + part * width, ground + 18, 'dim');
    drawing.text(left + part * width, ground + 34, `${part * 100} %`, 'dim', `font-size="11" ${part === 0 ? '' : part === 1 ? 'text-anchor="end"' : middle}`.trim());
  }
  drawing.text(left + width / 2, ground + 50, 'share of the samples, idle time left out', 'dim', `font-size="11" ${middle}`);
  return drawing.toString();
}
