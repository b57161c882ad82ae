import { parseSvg, round, svgClasses, type SvgElement } from '../../core/notes/svg.js';

/** Loads what draws a Mermaid source with the classes of our own drawings in place of the renderer's style sheet, fonts and colours. */
export async function loadMermaid(): Promise<(source: string) => SvgElement> {
  const { renderMermaidSVG } = await import('beautiful-mermaid');
  return (source) => drawMermaid(source, (text) => renderMermaidSVG(text, { padding: 8, nodeSpacing: 28, layerSpacing: 40, transparent: true }));
}

function drawMermaid(source: string, render: (source: string) => string): SvgElement {
  const kind = /^\s*(?:%%.*\n\s*)*(flowchart|graph|sequenceDiagram|stateDiagram|stateDiagram-v2|erDiagram)\b/.exec(source)?.[1];
  if (!kind) throw new Error('it starts with flowchart, sequenceDiagram, stateDiagram-v2 or erDiagram');
  const forbidden = /^\s*(style\b|classDef\b|linkStyle\b|click\b|%%\{)/m.exec(source);
  if (forbidden) throw new Error(`"${forbidden[1]}" can't be used: colours come from the classes, as in  A:::accent`);
  const classes = assignedClasses(source);
  const root = parseSvg(render(withoutClasses(source)));
  checkEdges(root);
  const conversion = new Conversion(kind === 'sequenceDiagram' ? 'accent' : 'dim', classes);
  const drawing = conversion.convert(root);
  drawing.children.push(...conversion.groupTitles);
  if (drawing.children.filter((child) => typeof child !== 'string').length < 2) throw new Error('there is nothing in it');
  return drawing;
}

const assignment = /(?<=[\w\])}>"]):::(\w+)/g;

/** `A:::accent` and `class A,B accent` name our classes, which Mermaid does not know. */
function assignedClasses(source: string): Map<string, string> {
  const assigned = new Map<string, string>();
  for (const [, id, name] of source.matchAll(/\b(\w+)(?:\[[^\]\n]*\]+|\([^)\n]*\)+|\{[^}\n]*\}+|>[^\]\n]*\])?:::(\w+)/g)) assigned.set(id!, name!);
  for (const [, ids, name] of source.matchAll(/^\s*class\s+([\w,\s]+?)\s+(\w+)\s*;?\s*$/gm)) for (const id of ids!.split(',')) assigned.set(id.trim(), name!);
  for (const name of assigned.values()) {
    if (!(svgClasses as readonly string[]).includes(name)) throw new Error(`the class ${name} is not known: use ${svgClasses.join(' ')}`);
  }
  return assigned;
}

function withoutClasses(source: string): string {
  return source.replace(assignment, '').replace(/^\s*class\s+[\w,\s]+?\s+\w+\s*;?\s*$/gm, '');
}

/** Attributes that say where and how big; what they say of colour and font is dropped. */
const kept = new Set(['viewBox', 'x', 'y', 'width', 'height', 'rx', 'ry', 'x1', 'y1', 'x2', 'y2', 'd', 'cx', 'cy', 'r', 'points', 'dx', 'dy', 'transform', 'text-anchor',
  'font-size', 'font-weight', 'stroke-width', 'stroke-dasharray', 'stroke-linejoin', 'stroke-linecap', 'id', 'markerWidth', 'markerHeight', 'refX', 'refY', 'orient',
  'marker-start', 'marker-end', 'dominant-baseline']);

class Conversion {
  /** Drawn last, on a ground of their own: an edge that crosses a title passes behind it. */
  readonly groupTitles: SvgElement[] = [];

  constructor(readonly line: 'accent' | 'dim', readonly classes: ReadonlyMap<string, string>) {}

  convert(element: SvgElement, assigned?: string): SvgElement {
    const own = element.attributes.get('class');
    const isNode = own === 'node' || own === 'entity' || own === 'actor';
    const mark = isNode ? this.classes.get(element.attributes.get('data-id') ?? '') : assigned;
    const attributes = new Map<string, string>();
    for (const [name, value] of element.attributes) {
      if (kept.has(name)) attributes.set(name, name === 'id' || name.startsWith('marker-') ? value : numbers(value));
    }
    if (element.name === 'svg') { attributes.delete('width'); attributes.delete('height'); }
    const classes = this.#paint(element, attributes);
    if (mark && isShapeOrText(element) && !(element.name === 'text' && mark.startsWith('fill-'))) {
      if (element.name === 'text') classes.splice(0, classes.length, ...classes.filter((name) => name === 'mono' || name === 'label'), mark);
      else if (mark.startsWith('fill-')) classes.splice(0, classes.length, mark);
      else classes.push(mark);
    }
    if (classes.length > 0) attributes.set('class', classes.join(' '));
    const children = own === 'subgraph' ? this.#subgraph(element)
      : element.attributes.get('data-shape') === 'cylinder' ? cylinderParts(element)
      : element.children;
    return {
      name: element.name,
      attributes,
      line: element.line,
      children: children.filter((child) => typeof child === 'string' ? element.name === 'text' || element.name === 'tspan' : child.name !== 'style' && child.name !== 'title')
        .map((child) => typeof child === 'string' ? child : this.convert(child, mark)),
    };
  }

  /** The title of a group stands in its frame; the renderer's header bar would be a second frame. */
  #subgraph(element: SvgElement): SvgElement[] {
    const [frame, , title, ...rest] = elementsOf(element);
    if (!frame || title?.name !== 'text') return elementsOf(element);
    const words = element.attributes.get('data-label') ?? '';
    const [x, y] = [Number(title.attributes.get('x')), Number(title.attributes.get('y'))];
    const width = words.length * 6.8;
    if (width > Number(frame.attributes.get('width')) - 16) throw new Error(`the title of the group "${words}" is wider than its frame: shorten it`);
    const ground = new Map([['x', x - 4], ['y', y - 9], ['width', width + 8], ['height', 18]].map(([name, value]) => [String(name), numbers(String(value))]));
    this.groupTitles.push({ name: 'rect', attributes: new Map([...ground, ['class', 'box'], ['stroke', 'none']]), children: [], line: 0 }, this.convert(title));
    return [{ ...frame, attributes: new Map([...frame.attributes, ['stroke-dasharray', '5 4'], ['rx', '6']]) }, ...rest];
  }

  #paint(element: SvgElement, attributes: Map<string, string>): string[] {
    const fill = variable(element.attributes.get('fill'));
    const stroke = variable(element.attributes.get('stroke'));
    if (element.name === 'text' || element.name === 'tspan') {
      const font = element.attributes.get('class')?.includes('mono') ? 'mono' : 'label';
      const colour = fill === '_text' || (this.line === 'accent' && fill === '_text-muted') ? 'fg' : 'dim';
      return element.name === 'text' ? [font, colour] : fill ? [colour] : [];
    }
    if (!isShapeOrText(element)) return [];
    const classes: string[] = [];
    if (fill === undefined || fill === 'none') attributes.set('fill', 'none');
    else if (fill === '_text') classes.push('fill-fg');
    else if (fill === '_arrow' || fill === '_line') classes.push(`fill-${this.line}`);
    else if (fill === 'bg' && stroke === '_inner-stroke') return ['paper'];
    else if (fill === 'bg') classes.push(stroke === undefined ? 'paper' : 'box');
    else classes.push('box');
    if (classes.includes('box')) return classes;
    if (stroke === '_line' || stroke === '_arrow') classes.push(element.attributes.get('class') === 'lifeline' ? 'dim' : this.line);
    else if (stroke === '_text') classes.push('fg');
    else if (stroke === '_node-stroke' && element.name === 'line') classes.push('box');
    else if (stroke !== undefined && stroke !== 'none') classes.push('dim');
    else if (stroke === 'none' || classes.length > 0) attributes.set('stroke', 'none');
    return classes;
  }
}

function isShapeOrText(element: SvgElement): boolean {
  return !['svg', 'g', 'defs', 'marker', 'style', 'title'].includes(element.name);
}

function variable(value: string | undefined): string | undefined {
  return value === undefined ? undefined : /^var\(--([\w-]+)\)$/.exec(value)?.[1] ?? value;
}

function numbers(value: string): string {
  return value.replace(/-?\d+\.\d+/g, (number) => String(round(Number(number))));
}

function elementsOf(element: SvgElement): SvgElement[] {
  return element.children.filter((child) => typeof child !== 'string');
}

/** The renderer loses the end of some edges that cross the frame of a group within a group; such a drawing would tell a lie. */
function checkEdges(root: SvgElement): void {
  const places = new Map<string, readonly [number, number, number, number]>();
  const visit = (element: SvgElement): void => {
    const own = element.attributes.get('class');
    const [shape] = elementsOf(element);
    const box = (own === 'node' || own === 'subgraph') && shape ? boundsOf(shape, elementsOf(element)) : undefined;
    if (box) places.set(element.attributes.get('data-id') ?? '', box);
    elementsOf(element).forEach(visit);
  };
  visit(root);
  for (const edge of elementsOf(root).filter((element) => element.attributes.get('class') === 'edge')) {
    const points = (edge.attributes.get('points') ?? '').trim().split(/\s+/).map((point) => point.split(',').map(Number) as [number, number]);
    const ends = [['data-from', points[0]], ['data-to', points.at(-1)]] as const;
    for (const [name, point] of ends) {
      const place = places.get(edge.attributes.get(name) ?? '');
      if (!place || !point) continue;
      const [left, top, right, bottom] = place;
      const [x, y] = point;
      if (x < left - 2 || x > right + 2 || y < top - 2 || y > bottom + 2) {
        throw new Error(`the edge from ${edge.attributes.get('data-from')} to ${edge.attributes.get('data-to')} can't be drawn: name the nodes before the groups, use fewer groups within groups, or draw it as svg`);
      }
    }
  }
}

function boundsOf(shape: SvgElement, all: readonly SvgElement[]): [number, number, number, number] | undefined {
  const at = (name: string, from = shape): number => Number(from.attributes.get(name) ?? NaN);
  switch (shape.name) {
    case 'rect': {
      const ellipses = all.filter(({ name }) => name === 'ellipse');
      const reach = ellipses.length > 0 ? at('ry', ellipses[0]) : 0;
      return [at('x'), at('y') - reach, at('x') + at('width'), at('y') + at('height') + reach];
    }
    case 'circle':
      return [at('cx') - at('r'), at('cy') - at('r'), at('cx') + at('r'), at('cy') + at('r')];
    case 'polygon': {
      const points = (shape.attributes.get('points') ?? '').split(/\s+/).map((point) => point.split(',').map(Number) as [number, number]);
      const [xs, ys] = [points.map(([x]) => x), points.map(([, y]) => y)];
      return [Math.min(...xs), Math.min(...ys), Math.max(...xs), Math.max(...ys)];
    }
    default:
      return undefined;
  }
}

/** The renderer hides the seam of a cylinder with a rectangle without a border; with a border of its own it needs one outline. */
function cylinderParts(element: SvgElement): SvgElement[] {
  const parts = elementsOf(element);
  const [, , , bottom, top] = parts;
  if (bottom?.name !== 'ellipse' || top?.name !== 'ellipse') return parts;
  const at = (from: SvgElement, name: string): number => Number(from.attributes.get(name));
  const [cx, rx, ry] = [at(top, 'cx'), at(top, 'rx'), at(top, 'ry')];
  const outline = `M${cx - rx} ${at(top, 'cy')}A${rx} ${ry} 0 0 1 ${cx + rx} ${at(top, 'cy')}V${at(bottom, 'cy')}A${rx} ${ry} 0 0 1 ${cx - rx} ${at(bottom, 'cy')}Z`;
  return [{ ...top, name: 'path', attributes: new Map([['d', outline], ['fill', 'var(--_node-fill)'], ['stroke', 'var(--_node-stroke)'], ['stroke-width', '0.75']]) }, ...parts.slice(4)];
}
