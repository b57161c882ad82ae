/** A strict reader and writer for the small part of SVG that notes may use. What is not on the lists does not get through. */

export interface SvgElement {
  readonly name: string;
  readonly attributes: Map<string, string>;
  readonly children: (SvgElement | string)[];
  /** Line in the source, from 0. */
  readonly line: number;
}

export interface SvgProblem { readonly line: number; readonly message: string }

export class SvgSyntaxError extends Error {
  override readonly name = 'SvgSyntaxError';
  constructor(readonly line: number, message: string) { super(message); }
}

const colours = ['fg', 'dim', 'accent', 'good', 'caution', 'wrong'] as const;
/** The classes of a drawing: a colour paints strokes and text, `fill-…` fills, `paper` fills with the figure's own background. */
export const svgClasses = [...colours, ...colours.map((colour) => `fill-${colour}`), 'box', 'paper', 'label', 'mono'] as const;

const elements: Readonly<Record<string, readonly string[]>> = {
  svg: ['viewBox', 'width', 'height', 'xmlns'],
  g: [],
  defs: [],
  title: [],
  marker: ['viewBox', 'markerWidth', 'markerHeight', 'markerUnits', 'refX', 'refY', 'orient', 'preserveAspectRatio'],
  rect: ['x', 'y', 'width', 'height', 'rx', 'ry'],
  line: ['x1', 'y1', 'x2', 'y2'],
  path: ['d'],
  circle: ['cx', 'cy', 'r'],
  ellipse: ['cx', 'cy', 'rx', 'ry'],
  polygon: ['points'],
  polyline: ['points'],
  text: ['x', 'y', 'dx', 'dy', 'rotate', 'textLength', 'lengthAdjust'],
  tspan: ['x', 'y', 'dx', 'dy', 'rotate', 'textLength', 'lengthAdjust'],
};
const presentation = ['id', 'class', 'transform', 'fill', 'stroke', 'opacity', 'fill-opacity', 'stroke-opacity', 'fill-rule', 'stroke-width', 'stroke-dasharray',
  'stroke-dashoffset', 'stroke-linecap', 'stroke-linejoin', 'stroke-miterlimit', 'text-anchor', 'dominant-baseline', 'font-size', 'font-weight', 'font-style',
  'letter-spacing', 'text-decoration', 'marker-start', 'marker-mid', 'marker-end', 'vector-effect'];
const shapes = new Set(['rect', 'line', 'path', 'circle', 'ellipse', 'polygon', 'polyline']);
const lines = new Set(['line', 'path', 'polyline']);
const containers = new Set(['svg', 'g', 'defs', 'marker', 'text', 'tspan', 'title']);
const texts = new Set(['text', 'tspan', 'title']);
const idPattern = /^[A-Za-z][\w-]*$/;
const plainValue = /^[\w\s.,%()+-]*$/;
const localReference = /^url\(#([A-Za-z][\w-]*)\)$/;

/** Reads one element with everything in it. Knows elements, attributes, text, comments and the five named entities; no more. */
export function parseSvg(source: string): SvgElement {
  let position = 0;
  const lineAt = (offset: number): number => source.slice(0, offset).split('\n').length - 1;
  const fail = (message: string, offset = position): never => { throw new SvgSyntaxError(lineAt(offset), message); };
  const take = (pattern: RegExp): RegExpExecArray | null => {
    pattern.lastIndex = position;
    const match = pattern.exec(source);
    if (match) position = pattern.lastIndex;
    return match;
  };
  const skip = (): void => {
    while (take(/\s+|<!--(?!>|->)[^]*?-->/gy)) { /* between elements */ }
  };
  const element = (depth: number): SvgElement => {
    const start = position;
    if (depth > 40) fail('the drawing is nested too deeply: at most 40 levels');
    const name = take(/<([A-Za-z][\w:.-]*)/gy)?.[1] ?? fail(`expected an element here, found ${JSON.stringify(source.slice(position, position + 12))}`);
    const attributes = new Map<string, string>();
    for (;;) {
      const space = take(/\s+/gy) !== null;
      if (take(/\/>/gy)) return { name, attributes, children: [], line: lineAt(start) };
      if (take(/>/gy)) break;
      const match = space ? take(/([A-Za-z_:][\w:.-]*)\s*=\s*(?:"([^"<]*)"|'([^'<]*)')/gy) : null;
      if (!match) return fail(`an attribute of <${name}> can't be read: write name="value"`);
      if (attributes.has(match[1]!)) fail(`the attribute ${match[1]} of <${name}> is there twice`);
      attributes.set(match[1]!, decode(match[2] ?? match[3]!, fail));
    }
    const children: (SvgElement | string)[] = [];
    for (;;) {
      if (position >= source.length) fail(`<${name}> has no closing tag`, start);
      const text = take(/[^<]+/gy);
      if (text) { children.push(decode(text[0], fail)); continue; }
      if (take(/<!--(?!>|->)[^]*?-->/gy)) continue;
      const close = take(/<\/([A-Za-z][\w:.-]*)\s*>/gy);
      if (!close) { children.push(element(depth + 1)); continue; }
      if (close[1] !== name) fail(`</${close[1]}> closes <${name}>`);
      return { name, attributes, children, line: lineAt(start) };
    }
  };
  skip();
  const root = element(0);
  skip();
  if (position < source.length) fail('one <svg> and nothing after it');
  return root;
}

function decode(text: string, fail: (message: string) => never): string {
  return text.replace(/&(#x[\da-fA-F]{1,6}|#\d{1,7}|\w+)?;?/g, (whole, entity?: string) => {
    if (!entity || !whole.endsWith(';')) return fail('write & as &amp;');
    const named: Record<string, string> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };
    if (entity.startsWith('#')) {
      const code = entity.startsWith('#x') ? parseInt(entity.slice(2), 16) : Number(entity.slice(1));
      return code > 0 && code <= 0x10ffff ? String.fromCodePoint(code) : fail(`&${entity}; is not a character`);
    }
    return Object.hasOwn(named, entity) ? named[entity]! : fail(`&${entity}; is not known: write the character itself`);
  });
}

/** Everything in the drawing that notes may not use. Empty means that {@link writeSvg} may write it. */
export function checkSvg(root: SvgElement): SvgProblem[] {
  const problems: SvgProblem[] = [];
  const ids = new Set<string>();
  const references: { id: string; line: number }[] = [];
  const visit = (element: SvgElement, parent: SvgElement | undefined): void => {
    const problem = (message: string): void => void problems.push({ line: element.line, message });
    const own = Object.hasOwn(elements, element.name) ? elements[element.name] : undefined;
    if (!own || (element.name === 'svg') !== (parent === undefined)) {
      problem(parent ? `<${element.name}> can't be used in a drawing: use ${Object.keys(elements).filter((name) => name !== 'svg').join(', ')}` : 'a drawing is one <svg> element');
      return;
    }
    for (const [name, value] of element.attributes) {
      if (!own.includes(name) && !presentation.includes(name)) {
        problem(name === 'style' || name.startsWith('font-') ? `no ${name} in a drawing: use the classes ${svgClasses.join(' ')}` : `the attribute ${name} can't be used on <${element.name}>: remove it`);
        continue;
      }
      if (name === 'class') {
        for (const one of value.split(/\s+/)) if (one && !(svgClasses as readonly string[]).includes(one)) problem(`the class ${one} is not known: use ${svgClasses.join(' ')}`);
      } else if (name === 'fill' || name === 'stroke') {
        if (value !== 'none') problem(`${name}="${value}": colours come from the classes; only "none" can be written`);
      } else if (name === 'id') {
        if (!idPattern.test(value)) problem(`the id "${value}" needs to start with a letter and hold letters, digits, - and _ only`);
        if (ids.has(value)) problem(`the id "${value}" is there twice`);
        ids.add(value);
      } else if (name.startsWith('marker-') && value !== 'none') {
        const id = localReference.exec(value)?.[1];
        if (id) references.push({ id, line: element.line });
        else problem(`${name} must be url(#id) with the id of a marker of this drawing`);
      } else if (name === 'xmlns') {
        if (value !== 'http://www.w3.org/2000/svg') problem('xmlns must be http://www.w3.org/2000/svg, or absent');
      } else if (!plainValue.test(value) || /url/i.test(value)) {
        problem(`${name}="${value}" can't be used: numbers and plain words only`);
      }
    }
    for (const child of element.children) {
      if (typeof child !== 'string') {
        if (containers.has(element.name) && (!texts.has(element.name) || texts.has(child.name))) visit(child, element);
        else problems.push({ line: child.line, message: `<${child.name}> can't stand inside <${element.name}>` });
      } else if (child.trim() && !texts.has(element.name)) {
        problem(`text outside <text>: ${JSON.stringify(child.trim().slice(0, 20))}`);
      }
    }
  };
  visit(root, undefined);
  if (!viewBox(root)) problems.push({ line: root.line, message: 'the drawing needs viewBox="0 0 width height"' });
  for (const { id, line } of references) if (!ids.has(id)) problems.push({ line, message: `no marker has the id "${id}"` });
  return problems;
}

/** Width and height of the drawing, when its `viewBox` can be read. */
export function viewBox(root: SvgElement): { width: number; height: number } | undefined {
  const numbers = root.attributes.get('viewBox')?.trim().split(/[\s,]+/).map(Number) ?? [];
  const [, , width, height] = numbers;
  return numbers.length === 4 && numbers.every(Number.isFinite) && width! > 0 && height! > 0 ? { width: width!, height: height! } : undefined;
}

/** @param prefix put before every id, so that no two drawings of a page share one and none meets a name that the page uses */
export function writeSvg(root: SvgElement, prefix: string, alternative: string): string {
  if (checkSvg(root).length > 0) throw new Error('A drawing that was not checked can’t be written.');
  const size = viewBox(root)!;
  const write = (element: SvgElement, inherited: Paint): string => {
    const paint = paintOf(element, inherited);
    const attributes: string[] = [];
    for (const [name, value] of element.attributes) {
      if (name === 'class' || name === 'xmlns' || (element.name === 'svg' && ['id', 'width', 'height'].includes(name))) continue;
      if (name === 'stroke-width' && shapes.has(element.name) && classesOf(element, paint).unstroked) continue;
      const written = name === 'id' ? `${prefix}-${value}` : name.startsWith('marker-') ? value.replace('#', `#${prefix}-`) : value;
      attributes.push(` ${name}="${escapeXml(written)}"`);
    }
    if (shapes.has(element.name) || element.name === 'text' || element.name === 'tspan') {
      const { classes, unfilled, unstroked } = classesOf(element, paint);
      if (unfilled) attributes.push(' fill="none"');
      if (unstroked) attributes.push(' stroke-width="0"');
      if (classes.length > 0) attributes.push(` class="${classes.join(' ')}"`);
    }
    if (element.name === 'svg') {
      attributes.push(` width="${round(size.width)}" height="${round(size.height)}" role="img" aria-labelledby="${prefix}-alt" focusable="false"`);
    }
    const below = element.name === 'text' || element.name === 'tspan' ? noPaint : paint;
    const inner = (element.name === 'svg' ? `<desc id="${prefix}-alt">${escapeXml(alternative)}</desc>` : '')
      + element.children.map((child) => typeof child !== 'string' ? write(child, below) : texts.has(element.name) ? escapeXml(child) : '').join('');
    return inner ? `<${element.name}${attributes.join('')}>${inner}</${element.name}>` : `<${element.name}${attributes.join('')}/>`;
  };
  return write(root, noPaint);
}

/** Classes of a group go down to what it holds: in the page a class on a group would paint strokes and text alike. */
interface Paint { readonly colour?: string; readonly fill?: string; readonly font: readonly string[] }
const noPaint: Paint = { font: [] };

function paintOf(element: SvgElement, inherited: Paint): Paint {
  const own = element.attributes.get('class')?.split(/\s+/).filter(Boolean) ?? [];
  const colour = own.find((one) => (colours as readonly string[]).includes(one)) ?? inherited.colour;
  const fill = own.find((one) => one.startsWith('fill-') || one === 'box' || one === 'paper') ?? inherited.fill;
  const font = own.filter((one) => one === 'label' || one === 'mono');
  return { ...(colour && { colour }), ...(fill && { fill }), font: font.length > 0 ? font : inherited.font };
}

/** A shape without a stroke gets the width 0, since a style sheet that gives all shapes a stroke outdoes the attribute stroke="none". */
function classesOf(element: SvgElement, paint: Paint): { classes: string[]; unfilled: boolean; unstroked: boolean } {
  if (element.name === 'tspan') return { classes: [paint.colour ?? '', ...paint.font].filter(Boolean), unfilled: false, unstroked: false };
  if (element.name === 'text') return { classes: [...(paint.font.length > 0 ? paint.font : ['label']), paint.colour ?? 'fg'], unfilled: false, unstroked: false };
  const own = element.attributes.get('class')?.split(/\s+/) ?? [];
  const filled = paint.fill !== undefined && (!lines.has(element.name) || own.includes(paint.fill)) && element.attributes.get('fill') !== 'none';
  const classes: string[] = [];
  if (filled) classes.push(paint.fill);
  if (paint.colour) classes.push(paint.colour);
  if (!filled && !paint.colour && element.attributes.get('stroke') !== 'none') classes.push('fg');
  const unstroked = element.attributes.get('stroke') === 'none' || (filled && paint.fill !== 'box' && !paint.colour);
  return { classes, unfilled: !filled && !element.attributes.has('fill'), unstroked };
}

export function round(value: number): number {
  return Math.round(value * 10) / 10;
}

function escapeXml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}
