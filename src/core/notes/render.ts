import MarkdownIt, { type MarkdownIt as Markdown, type Token } from 'markdown-it';
import type { TopicId } from '../roadmap/model.js';
import { figureLanguages, languageNames, explainedLanguages, runnableLanguages, parseFence, type Fence } from './fence.js';
import { highlight } from './highlight.js';
import { escapeHtml } from './html.js';
import type { Heading } from './model.js';
import { parseOutput, shownOutput, type OutputLine } from './output.js';
import { checkSvg, parseSvg, SvgSyntaxError, viewBox, writeSvg, type SvgElement } from './svg.js';

/** What is wrong in a Markdown text, with its line in that text from 0. */
export interface MarkdownProblem { readonly line: number; readonly message: string }

/** A code block of a note. */
export interface CodeBlock {
  readonly line: number;
  readonly fence: Fence;
  readonly code: string;
  readonly output?: readonly OutputLine[];
}

export interface RenderedNote {
  readonly html: string;
  readonly headings: readonly Heading[];
  /** Every heading with its level as written. */
  readonly outline: readonly { readonly level: number; readonly text: string; readonly line: number }[];
  readonly commands: readonly string[];
  readonly blocks: readonly CodeBlock[];
  readonly diagrams: number;
  /** Words outside code and drawings. */
  readonly words: number;
  readonly problems: readonly MarkdownProblem[];
}

export interface RenderedText {
  readonly html: string;
  /** The same without markup. */
  readonly text: string;
  readonly problems: readonly MarkdownProblem[];
}

export interface RenderOptions {
  readonly hasTopic: (id: TopicId) => boolean;
  readonly hasProject: (id: string) => boolean;
  /** Draws a Mermaid source. @throws an Error that says what is wrong with the source */
  readonly drawMermaid?: (source: string) => SvgElement;
  /** The drawing in a file beside the text. @throws an Error that says why there is none */
  readonly readDrawing?: (file: string) => string;
  /** Begins the ids of drawings where several texts share a page: "hint-1". */
  readonly idPrefix?: string;
  /** Whether the content's test runs code blocks, and the page's reader shell blocks; they do when absent. */
  readonly runs?: boolean;
}

/**
 * The classes and attributes that rendered notes use, for the style sheet and the page's script. There are no others, no style
 * attributes and no ids but `h-…` of headings and `…diagram-…` inside drawings.
 */
export const noteClasses = {
  code: 'figure.code > header > (span.lang, span.title?, button.copy[data-copy], button.run[data-run="index of the command"]?) · then pre > code.hljs.language-… · then .output?',
  output: 'div.output > (span.output-label, pre > code), in figure.code or by itself in a card',
  why: 'p.not-run in figure.code: why the block was not executed',
  callout: 'div.callout.note or div.callout.warning > (p.callout-title, …)',
  table: 'div.table-scroll[role=region][tabindex=0] > table, with th and td of class right or center where aligned',
  diagram: 'figure.diagram > (svg[role=img], figcaption); in it fg dim accent good caution wrong (stroke of shapes, fill of text), fill-… of each, box, paper, label, mono',
  incomplete: 'blockquote.source-says and dl.covers > (dt, dd)',
  links: 'a[data-topic], a[data-project], a[data-external]',
} as const;

/** Wider drawings have to shrink so far that their text is hard to read. */
export const maxDiagramWidth = 760;

interface Work {
  readonly options: RenderOptions;
  /** A note has headings, figures and commands; any other text has none of them. */
  readonly note: boolean;
  readonly problems: MarkdownProblem[];
  readonly headings: Heading[];
  readonly outline: { level: number; text: string; line: number }[];
  readonly commands: string[];
  readonly blocks: CodeBlock[];
  readonly ids: Set<string>;
  diagrams: number;
  words: number;
  text: string[];
}

type Target = { kind: 'topic' | 'project' | 'external'; value: string };
interface Meta { line?: number; target?: Target | 'refused'; callout?: { kind: 'note' | 'warning'; title: string }; heading?: Heading; block?: CodeBlock; figure?: Fence; drop?: boolean }

const markdown = createMarkdown();

/** Renders the body of a note. The result is safe to place in a page whatever the body holds; what the format does not know is a problem. */
export function renderNote(body: string, options: RenderOptions): RenderedNote {
  const { work, html } = render(body, options, true);
  const { headings, outline, commands, blocks, diagrams, words } = work;
  return { html, headings, outline, commands, blocks, diagrams, words, problems: work.problems.sort((a, b) => a.line - b.line) };
}

/** Renders a text of a card: Markdown with links and code, without headings, figures and commands. */
export function renderText(text: string, options: RenderOptions): RenderedText {
  const { work, html } = render(text, options, false);
  return { html, text: work.text.join(' ').replace(/\s+/g, ' ').trim(), problems: work.problems };
}

/** Renders one line: no paragraph around it. */
export function renderLine(text: string, options: RenderOptions): RenderedText {
  const rendered = renderText(text, options);
  const paragraph = /^<p>([^]*)<\/p>\n?$/.exec(rendered.html);
  if (paragraph && !paragraph[1]!.includes('<p>')) return { ...rendered, html: paragraph[1]! };
  return { ...rendered, problems: [...rendered.problems, { line: 0, message: 'this is one paragraph: no lists, tables or code blocks here' }] };
}

export function renderCode(code: string, language: string): string {
  return codeHtml({ language, run: false, problems: [] }, code, undefined);
}

export function renderOutput(output: readonly OutputLine[]): string {
  return `<div class="output"><span class="output-label">Output</span>${preHtml(escapeHtml(shownOutput(output)), '', 'Output')}</div>`;
}

/** What stands for a note until there is one: the words of the source, and what each of its points is about. */
export function renderIncomplete(source: string, covers: readonly { readonly name: string; readonly text: string }[]): string {
  const points = covers.map(({ name, text }) => `<dt>${escapeHtml(name)}</dt>\n<dd>${escapeHtml(text)}</dd>`).join('\n');
  return `<blockquote class="source-says"><p>${escapeHtml(source)}</p></blockquote>\n${points ? `<dl class="covers">\n${points}\n</dl>\n` : ''}`;
}

function render(source: string, options: RenderOptions, note: boolean): { work: Work; html: string } {
  const work: Work = { options, note, problems: [], headings: [], outline: [], commands: [], blocks: [], ids: new Set(), diagrams: 0, words: 0, text: [] };
  const html = markdown.render(source, { work });
  return { work, html };
}

function workOf(env: unknown): Work {
  return (env as { work: Work }).work;
}

function metaOf(token: Token): Meta {
  return (token.meta ??= {});
}

function createMarkdown(): Markdown {
  const md = new MarkdownIt({ html: false, linkify: false, typographer: false });
  // Which links are allowed is decided in readInline, where a refusal is reported; nothing else writes an href.
  md.validateLink = () => true;
  md.normalizeLink = (url) => url;
  md.core.ruler.after('block', 'note_blocks', (state) => { readBlocks(state.tokens, workOf(state.env)); });
  md.core.ruler.push('note_inline', (state) => { readInline(state.tokens, workOf(state.env)); });

  const rules = md.renderer.rules;
  rules.link_open = (tokens, index) => {
    const target = metaOf(tokens[index]!).target;
    if (!target || target === 'refused') return '';
    const value = escapeHtml(target.value);
    return target.kind === 'external' ? `<a href="${value}" data-external>` : `<a data-${target.kind}="${value}" href="#${target.kind}-${value}">`;
  };
  rules.link_close = (tokens, index) => {
    const target = metaOf(tokens[index]!).target;
    return target && target !== 'refused' ? '</a>' : '';
  };
  rules.image = (tokens, index) => escapeHtml(tokens[index]!.content);
  rules.heading_open = (tokens, index) => {
    const { heading } = metaOf(tokens[index]!);
    return heading ? `<h${heading.level} id="${escapeHtml(heading.id)}">` : '<p>';
  };
  rules.heading_close = (tokens, index) => {
    const { heading } = metaOf(tokens[index]!);
    return heading ? `</h${heading.level}>\n` : '</p>\n';
  };
  rules.blockquote_open = (tokens, index, _options, env) => {
    const { callout } = metaOf(tokens[index]!);
    if (!callout) return '<blockquote>\n';
    const title = md.renderInline(callout.title, env);
    return `<div class="callout ${callout.kind}" role="note" aria-label="${escapeHtml(callout.title)}">\n<p class="callout-title">${title}</p>\n`;
  };
  rules.blockquote_close = (tokens, index) => metaOf(tokens[index]!).callout ? '</div>\n' : '</blockquote>\n';
  rules.table_open = (tokens, index) => {
    const end = tokens.findIndex((token, at) => at > index && token.type === 'thead_close');
    const header = tokens.slice(index, end).filter((token) => token.type === 'inline').map((token) => plainText(token)).filter(Boolean).join(', ');
    return `<div class="table-scroll" role="region" tabindex="0" aria-label="${escapeHtml(header ? `Table: ${header}` : 'Table')}"><table>\n`;
  };
  rules.table_close = () => '</table></div>\n';
  const cell = (tag: string) => (tokens: Token[], index: number): string => {
    const align = /^text-align:(right|center)$/.exec(tokens[index]!.attrGet('style')?.toString() ?? '')?.[1];
    return `<${tag}${tag === 'th' ? ' scope="col"' : ''}${align ? ` class="${align}"` : ''}>`;
  };
  rules.th_open = cell('th');
  rules.td_open = cell('td');
  rules.code_block = (tokens, index) => preHtml(escapeHtml(tokens[index]!.content), '', 'Text');
  rules.fence = (tokens, index, _options, env) => {
    const { block, figure, drop } = metaOf(tokens[index]!);
    if (drop) return '';
    if (figure) return figureHtml(figure, tokens[index]!, workOf(env), md);
    return block ? codeHtml(block.fence, block.code, block.output, workOf(env)) : '';
  };
  return md;
}

/** Before inline parsing: call-outs, and fences with the output that belongs to them. */
function readBlocks(tokens: Token[], work: Work): void {
  const removed = new Set<Token>();
  const openQuotes: Token[] = [];
  for (const [index, token] of tokens.entries()) {
    const line = token.map?.[0] ?? 0;
    const problem = (message: string): void => void work.problems.push({ line, message });
    if (token.type === 'blockquote_open') {
      openQuotes.push(token);
      const inline = tokens[index + 2];
      const match = inline?.type === 'inline' ? /^\[!(\w*)\][ \t]*([^\n]*)(?:\n|$)/.exec(inline.content) : null;
      if (match && inline) {
        const kind = match[1] === 'NOTE' ? 'note' : match[1] === 'WARNING' ? 'warning' : undefined;
        if (!kind) problem(`a call-out is [!NOTE] or [!WARNING], not [!${match[1]}]`);
        else if (!match[2]!.trim()) problem(`a call-out has a title: > [!${match[1]}] A title`);
        if (kind) {
          metaOf(token).callout = { kind, title: match[2]!.trim() || (kind === 'note' ? 'Note' : 'Warning') };
          inline.content = inline.content.slice(match[0].length);
          work.words += countWords(match[2]!);
          if (!inline.content.trim()) for (const one of tokens.slice(index + 1, index + 4)) removed.add(one);
        }
      }
    } else if (token.type === 'blockquote_close') {
      const { callout } = metaOf(openQuotes.pop()!);
      if (callout) metaOf(token).callout = callout;
    } else if (token.type === 'inline' && /^(```|~~~)/.test(token.content)) {
      problem('this line was to open a fence, but a caption, title or alt holds a backtick: leave the backticks out');
    } else if (token.type === 'code_block') {
      problem('an indented block: put code into a fence with its language, or remove the indent');
    } else if (token.type === 'fence') {
      readFence(tokens, index, work, problem);
    }
  }
  if (removed.size > 0) tokens.splice(0, tokens.length, ...tokens.filter((token) => !removed.has(token)));
}

function readFence(tokens: Token[], index: number, work: Work, problem: (message: string) => void): void {
  const token = tokens[index]!;
  const meta = metaOf(token);
  if (meta.drop) return;
  const fence = parseFence(token.info);
  fence.problems.forEach(problem);
  if (figureLanguages.includes(fence.language)) {
    if (!work.note) problem('figures belong into notes, not here');
    if (!fence.caption) problem(`a figure needs a caption: \`\`\`${fence.language} caption="What to see in it."`);
    if (!fence.alt) problem(`a figure needs a text alternative: \`\`\`${fence.language} alt="The picture in words."`);
    meta.figure = fence;
    return;
  }
  const next = tokens[index + 1];
  let output: OutputLine[] | undefined;
  if (fence.language === 'output') {
    problem('a fence "output" follows the block whose output it is');
    output = [];
  } else if (next?.type === 'fence' && /^output(\s|$)/.test(next.info)) {
    metaOf(next).drop = true;
    for (const message of parseFence(next.info).problems) work.problems.push({ line: next.map?.[0] ?? 0, message });
    output = readOutput(next.content, (message) => void work.problems.push({ line: next.map?.[0] ?? 0, message }));
  }
  if (fence.run && !runnableLanguages.includes(fence.language)) problem(`a ${fence.language} block can't run: remove "run" (${runnableLanguages.join(', ')} can)`);
  if (fence.run && !output) problem('a "run" block is followed by a fence "output" with what it printed');
  if (fence.run && fence.why) problem('a block either runs or says why it doesn\'t: remove "run" or why="…"');
  if (fence.run && work.options.runs === false) problem('nothing runs a block here: remove "run"');
  if (work.note && work.options.runs !== false && !fence.run && !fence.why && explainedLanguages.includes(fence.language)) problem(`a ${fence.language} block runs ("run"), or says why it isn't run (why="…")`);
  meta.block = { line: token.map?.[0] ?? 0, fence, code: token.content, ...(output && { output }) };
  if (work.note) work.blocks.push(meta.block);
}

export function readOutput(text: string, problem: (message: string) => void): OutputLine[] {
  try {
    return parseOutput(text);
  } catch (error) {
    problem(`the expected output has an expression that can't be read: ${(error as Error).message}`);
    return [[text]];
  }
}

/** After inline parsing: headings, links, images, words. */
function readInline(tokens: Token[], work: Work): void {
  let line = 0;
  for (const [index, token] of tokens.entries()) {
    line = token.map?.[0] ?? line;
    if (token.type === 'heading_open') readHeading(tokens, index, line, work);
    if (token.type !== 'inline') continue;
    readLinks(token, line, work);
    const text = plainText(token);
    work.text.push(text);
    work.words += countWords(text);
  }
}

function readHeading(tokens: Token[], index: number, line: number, work: Work): void {
  const token = tokens[index]!;
  const level = Number(token.tag.slice(1));
  const text = plainText(tokens[index + 1]!);
  work.outline.push({ level, text, line });
  if (!work.note) work.problems.push({ line, message: 'no headings here: write it as a sentence' });
  else if (level === 1) work.problems.push({ line, message: 'the title is not repeated in the body: headings start at ##' });
  else if (level > 3) work.problems.push({ line, message: 'headings go down to the third level (###)' });
  if (!work.note || level < 2 || level > 3) return;
  const base = `h-${text.toLowerCase().normalize('NFKD').replace(/[^a-z0-9]+/g, '-').replace(/^-|-$/g, '') || 'section'}`;
  let id = base;
  for (let copy = 2; work.ids.has(id); copy++) id = `${base}-${copy}`;
  work.ids.add(id);
  const heading: Heading = { id, text, level: level as 2 | 3 };
  work.headings.push(heading);
  metaOf(token).heading = heading;
  metaOf(tokens[index + 2]!).heading = heading;
}

function readLinks(inline: Token, firstLine: number, work: Work): void {
  const open: Token[] = [];
  let line = firstLine;
  for (const token of inline.children ?? []) {
    if (token.type === 'softbreak' || token.type === 'hardbreak') line++;
    else if (token.type === 'image') {
      work.problems.push({ line, message: `no images in notes (${token.attrGet('src') ?? ''}): draw it as a mermaid or svg figure` });
    } else if (token.type === 'link_open') {
      const href = String(token.attrGet('href') ?? '');
      const target = readTarget(href, work.options);
      if (typeof target === 'string') work.problems.push({ line, message: `the link ${JSON.stringify(href)} ${target}` });
      metaOf(token).target = typeof target === 'string' ? 'refused' : target;
      open.push(token);
    } else if (token.type === 'link_close') {
      metaOf(token).target = metaOf(open.pop()!).target ?? 'refused';
    }
  }
}

/** @returns what is wrong with the link, to go on after its address */
function readTarget(href: string, options: RenderOptions): Target | string {
  const known = /^(topic|project):([a-z0-9]+(?:-[a-z0-9]+)*)$/.exec(href);
  if (known) {
    const [, kind, value] = known as unknown as [string, 'topic' | 'project', string];
    if (kind === 'topic' ? options.hasTopic(value) : options.hasProject(value)) return { kind, value };
    return `leads nowhere: there is no ${kind} "${value}"`;
  }
  return isWebAddress(href) ? { kind: 'external', value: href } : 'is not one of topic:…, project:… and https://…';
}

/** An https address without a user name, in plain ASCII. */
export function isWebAddress(address: string): boolean {
  return /^https:\/\/[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+(:\d{1,5})?([/?#][\w\-.~:/?#[\]@!$&'()*+,;=%]*)?$/.test(address);
}

function plainText(token: Token): string {
  return (token.children ?? []).map((child) => child.type === 'softbreak' || child.type === 'hardbreak' ? ' '
    : child.type === 'image' || child.type === 'text' || child.type === 'code_inline' || child.type === 'text_special' ? child.content : '').join('');
}

export function countWords(text: string): number {
  return text.split(/\s+/).filter((word) => /[\p{L}\p{N}]/u.test(word)).length;
}

function codeHtml(fence: Fence, code: string, output: readonly OutputLine[] | undefined, work?: Work): string {
  if (fence.language === 'output') return renderOutput([[code]]);
  const name = languageNames[fence.language] ?? 'Text';
  const title = fence.title ? `<span class="title">${escapeHtml(fence.title)}</span>` : '';
  let run = '';
  if (work?.note && work.options.runs !== false && fence.language === 'bash') {
    run = `<button type="button" class="run" data-run="${work.commands.length}">Run in terminal</button>`;
    work.commands.push(code.trimEnd());
  }
  return `<figure class="code"><header><span class="lang">${name}</span>${title}<button type="button" class="copy" data-copy>Copy</button>${run}</header>`
    + preHtml(highlight(code.trimEnd(), fence.language), `hljs language-${Object.hasOwn(languageNames, fence.language) ? fence.language : 'text'}`, fence.title ?? `${name} code`)
    + (fence.why ? `<p class="not-run">Not executed for this note: ${escapeHtml(fence.why)}</p>` : '')
    + (output ? renderOutput(output) : '')
    + '</figure>\n';
}

/** Long lines scroll, so the keyboard has to reach the block. */
function preHtml(inner: string, classes: string, label: string): string {
  return `<pre tabindex="0" role="group" aria-label="${escapeHtml(label)}"><code${classes ? ` class="${classes}"` : ''}>${inner}</code></pre>`;
}

function figureHtml(fence: Fence, token: Token, work: Work, md: Markdown): string {
  const first = token.map?.[0] ?? 0;
  const caption = fence.caption ? `<figcaption>${md.renderInline(fence.caption, { work: { ...work, text: [], words: 0 } })}</figcaption>` : '';
  const svg = work.note ? drawing(fence, token.content, first, work) : undefined;
  return svg ? `<figure class="diagram">${svg}${caption}</figure>\n` : caption && `<figure class="diagram">${caption}</figure>\n`;
}

function drawing(fence: Fence, source: string, first: number, work: Work): string | undefined {
  const problem = (line: number, message: string): void => void work.problems.push({ line, message });
  const written = fence.language === 'svg' && fence.file === undefined;
  let root: SvgElement;
  try {
    if (fence.file !== undefined) root = parseSvg(readDrawing(fence.file, source, work.options));
    else if (fence.language === 'svg') root = parseSvg(source);
    else if (work.options.drawMermaid) root = work.options.drawMermaid(source);
    else return undefined;
  } catch (error) {
    const line = error instanceof SvgSyntaxError && written ? first + 1 + error.line : first;
    problem(line, `the ${fence.language} figure can't be read: ${(error as Error).message}`);
    return undefined;
  }
  const found = checkSvg(root);
  for (const one of found) problem(written ? first + 1 + one.line : first, one.message);
  if (found.length > 0) return undefined;
  const width = viewBox(root)!.width;
  if (width > maxDiagramWidth) problem(first, `the figure is ${Math.round(width)} wide, its text would shrink below what can be read: at most ${maxDiagramWidth} (flowchart TB instead of LR, shorter labels, or two figures)`);
  work.diagrams++;
  return writeSvg(root, `${work.options.idPrefix === undefined ? '' : `${work.options.idPrefix}-`}diagram-${work.diagrams}`, fence.alt ?? fence.caption ?? 'Figure');
}

function readDrawing(file: string, source: string, { readDrawing: read }: RenderOptions): string {
  if (source.trim() !== '') throw new Error('a fence with a file is empty: the drawing is in the file');
  if (read === undefined) throw new Error('a drawing is read from a file in a stage only');
  return read(file);
}
