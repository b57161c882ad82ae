import type { TopicState } from '../progress/model.js';
import { cardsHtml } from './cardHtml.js';
import { escapeHtml } from './html.js';
import { icon, type IconName } from './icons.js';
import type { Link, Note, Source, StageLink } from './model.js';
import { fill, type NoteStrings } from './strings.js';

/** The last answer of each of the topic's cards, by the card's id within the topic. */
export type Answers = Readonly<Record<string, { readonly right: boolean; readonly given?: string }>>;

export interface Navigation {
  readonly back: boolean;
  readonly forward: boolean;
  readonly previous?: Link;
  readonly next?: Link;
}

export interface NotePage {
  readonly note: Note;
  readonly state: TopicState;
  readonly answers: Answers;
  readonly navigation: Navigation;
  readonly strings: NoteStrings;
  /** BCP 47, of the strings; the content is English. */
  readonly lang: string;
  /** From a cryptographic source, new for every page. */
  readonly nonce: string;
  readonly cspSource: string;
  readonly cssUri: string;
  readonly scriptUri: string;
}

/**
 * The whole HTML of a note. The page's own ids contain a dot, which no heading's id does; everything that only shows
 * after an answer is there from the start and hidden, so that the script never makes HTML.
 */
export function notePage(page: NotePage): string {
  const { note, strings, state } = page;
  return `<!DOCTYPE html>
<html lang="${escapeHtml(page.lang)}">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${escapeHtml(contentSecurityPolicy(page.cspSource, page.nonce))}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<link rel="stylesheet" href="${escapeHtml(page.cssUri)}">
<title>${escapeHtml(note.title)}</title>
</head>
<body data-note="${escapeHtml(note.topic)}" data-state="${state}" data-answers="${escapeHtml(JSON.stringify(page.answers))}" data-strings="${escapeHtml(JSON.stringify(spoken(strings)))}">
${toolbar(page)}
<div class="page">
<main>
${header(page)}
${sidebar(note, strings)}
${content(note, strings)}
${pager(page.navigation, strings)}
</main>
</div>
<p class="visually-hidden" role="status" data-live></p>
<script nonce="${escapeHtml(page.nonce)}" src="${escapeHtml(page.scriptUri)}"></script>
</body>
</html>
`;
}

/** What a page of ours may load: its own style and the one script that has the nonce. */
export function contentSecurityPolicy(source: string, nonce: string): string {
  return [
    "default-src 'none'",
    `style-src ${source}`,
    `font-src ${source}`,
    `img-src ${source}`,
    `script-src 'nonce-${nonce}'`,
    "base-uri 'none'",
    "form-action 'none'",
  ].join('; ');
}

/** What the script says by itself; all other words are in the page. */
function spoken(strings: NoteStrings): Spoken {
  return Object.fromEntries(spokenKeys.map((key) => [key, strings[key]])) as Spoken;
}

const spokenKeys = ['copied', 'moved', 'notStarted', 'reading', 'done', 'skipped'] as const;
export type Spoken = Pick<NoteStrings, (typeof spokenKeys)[number]>;

function toolbar({ note, strings, navigation }: NotePage): string {
  const button = (name: IconName, attributes: string, label: string): string =>
    `<button type="button" class="tool" ${attributes} aria-label="${escapeHtml(label)}" title="${escapeHtml(label)}">${icon(name)}</button>`;
  return `<header class="toolbar">
${button('back', `data-navigate="back"${navigation.back ? '' : ' disabled'}`, strings.back)}
${button('forward', `data-navigate="forward"${navigation.forward ? '' : ' disabled'}`, strings.forward)}
<nav class="breadcrumb" aria-label="${escapeHtml(strings.breadcrumb)}"><ol>${note.breadcrumb.map((part) => `<li>${escapeHtml(part)}</li>`).join('')}</ol></nav>
${button('print', 'data-print', strings.print)}
</header>`;
}

function header({ note, strings, state }: NotePage): string {
  return `<div class="head">
<h1>${escapeHtml(note.title)}</h1>
<p class="summary">${escapeHtml(note.summary)}</p>
<div class="bar">
<ul class="facts" aria-label="${escapeHtml(strings.facts)}">${facts(note, strings).map((fact) => `<li>${fact}</li>`).join('')}</ul>
<div class="actions">
${states.map(({ name, shows }) => `<span class="state state-${name}" data-when="${name}"${name === state ? '' : ' hidden'}>${icon(shows)}${escapeHtml(strings[name])}</span>`).join('')}
${actions.map(({ label, sets, when, look }) => `<button type="button" class="${look}" data-set-state="${sets}" data-when="${when.join(' ')}"${when.includes(state) ? '' : ' hidden'}>${escapeHtml(strings[label])}</button>`).join('\n')}
</div>
</div>
</div>`;
}

const states: readonly { readonly name: TopicState; readonly shows: IconName }[] = [
  { name: 'notStarted', shows: 'circle' },
  { name: 'reading', shows: 'half' },
  { name: 'done', shows: 'doneRing' },
  { name: 'skipped', shows: 'skipped' },
];

const actions: readonly { readonly label: keyof NoteStrings; readonly sets: TopicState; readonly when: readonly TopicState[]; readonly look: string }[] = [
  { label: 'startReading', sets: 'reading', when: ['notStarted'], look: 'quiet' },
  { label: 'skip', sets: 'skipped', when: ['notStarted', 'reading'], look: 'quiet' },
  { label: 'dontSkip', sets: 'notStarted', when: ['skipped'], look: 'quiet' },
  { label: 'markDone', sets: 'done', when: ['notStarted', 'reading', 'skipped'], look: 'primary' },
  { label: 'markNotDone', sets: 'notStarted', when: ['done'], look: 'secondary' },
];

function facts(note: Note, strings: NoteStrings): string[] {
  const facts: string[] = [];
  if (note.minutes !== undefined) facts.push(escapeHtml(fill(strings.minutes, note.minutes)));
  if (note.cards.length > 0) facts.push(escapeHtml(note.cards.length === 1 ? strings.oneCard : fill(strings.cards, note.cards.length)));
  if (note.prerequisites.length > 0) facts.push(`${escapeHtml(strings.after)} ${note.prerequisites.map(chip).join(' ')}`);
  if (note.stages.length > 0) facts.push(`${escapeHtml(strings.usedIn)} ${projectsOf(note.stages).map(({ project, projectTitle }) => projectLink(project, undefined, projectTitle, 'chip')).join(' ')}`);
  return facts;
}

function chip(link: Link): string {
  return `<a class="chip" href="#" data-topic="${escapeHtml(link.id)}">${escapeHtml(link.title)}</a>`;
}

function projectLink(project: string, stage: string | undefined, text: string, look: string): string {
  return `<a class="${look}" href="#" data-project="${escapeHtml(project)}"${stage === undefined ? '' : ` data-stage="${escapeHtml(stage)}"`}>${escapeHtml(text)}</a>`;
}

function projectsOf(stages: readonly StageLink[]): readonly StageLink[] {
  return stages.filter((stage, index) => stages.findIndex((other) => other.project === stage.project) === index);
}

interface Landmark { readonly id: string; readonly text: string }

/** The second-level headings of the note, then those that the page adds. */
function landmarks(note: Note, strings: NoteStrings): Landmark[] {
  const own = note.headings.filter((heading) => heading.level === 2).map(({ id, text }) => ({ id, text }));
  if (showsCards(note)) own.push({ id: 'page.cards', text: strings.checkYourself });
  if (note.stages.length > 0) own.push({ id: 'page.stages', text: strings.buildIt });
  if (note.sources.length > 0 || note.related.length > 0) own.push({ id: 'page.sources', text: strings.goDeeper });
  return own;
}

function showsCards(note: Note): boolean {
  return note.complete && note.cards.length > 0;
}

function sidebar(note: Note, strings: NoteStrings): string {
  const entries = landmarks(note, strings);
  if (entries.length < 3) return '';
  return `<nav class="contents" aria-label="${escapeHtml(strings.onThisPage)}">
<details open><summary>${escapeHtml(strings.onThisPage)}</summary>
<ol>${entries.map(({ id, text }) => `<li><a href="#${escapeHtml(id)}" data-landmark="${escapeHtml(id)}">${escapeHtml(text)}</a></li>`).join('')}</ol>
</details>
</nav>`;
}

function content(note: Note, strings: NoteStrings): string {
  return [
    `<article>${note.html}</article>`,
    showsCards(note) ? section('page.cards', strings.checkYourself, cardsHtml(note.cards, note.topic, strings)) : '',
    note.stages.length > 0 ? section('page.stages', strings.buildIt, stagesHtml(note.stages, strings)) : '',
    note.sources.length > 0 || note.related.length > 0 ? section('page.sources', strings.goDeeper, sourcesHtml(note, strings)) : '',
  ].join('\n');
}

function section(id: string, title: string, html: string): string {
  return `<section aria-labelledby="${id}">
<h2 id="${id}">${escapeHtml(title)}</h2>
${html}
</section>`;
}

function stagesHtml(stages: readonly StageLink[], strings: NoteStrings): string {
  const row = (stage: StageLink): string =>
    `<li><span class="dim">${escapeHtml(stage.projectTitle)}, ${escapeHtml(fill(strings.stage, stage.number))}</span>${projectLink(stage.project, stage.stage, stage.title, '')}</li>`;
  return `<p class="lead">${escapeHtml(strings.buildItLead)}</p>
<ul class="rows">${stages.map(row).join('')}</ul>`;
}

export function sourcesHtml(note: Note, strings: NoteStrings): string {
  const sources = note.sources.map((source) => `<li><span class="source">${externalLink(source)}${source.by === undefined ? '' : ` <span class="dim">${escapeHtml(fill(strings.by, source.by))}</span>`} <span class="kind">${escapeHtml(sourceType(source.type, strings))}</span></span>
<span class="why">${escapeHtml(source.why)}</span></li>`);
  const related = note.related.length === 0 ? '' : `<h3>${escapeHtml(strings.related)}</h3>
<ul class="chips">${note.related.map((link) => `<li>${chip(link)}</li>`).join('')}</ul>`;
  return `${sources.length === 0 ? '' : `<ul class="sources">${sources.join('')}</ul>`}
${related}
${note.reviewed === '' ? '' : `<p class="reviewed">${escapeHtml(fill(strings.reviewed, note.reviewed))}</p>`}`;
}

/** Only https without credentials leaves the editor; anything else is shown, and leads nowhere. */
function externalLink(source: Source): string {
  return /^https:\/\/[^\s/?#@\\]+(?:[/?#]|$)/i.test(source.url) ? `<a href="${escapeHtml(source.url)}" data-external rel="noreferrer">${escapeHtml(source.title)}</a>` : escapeHtml(source.title);
}

function sourceType(type: string, strings: NoteStrings): string {
  const names: Readonly<Record<string, keyof NoteStrings>> = { rfc: 'sourceRfc', paper: 'sourcePaper', docs: 'sourceDocs', book: 'sourceBook', article: 'sourceArticle', video: 'sourceVideo', 'source-code': 'sourceCode' };
  const name = Object.hasOwn(names, type) ? names[type] : undefined;
  return name === undefined ? type : strings[name];
}

function pager({ previous, next }: Navigation, strings: NoteStrings): string {
  const link = (to: 'previous' | 'next', label: string, target: Link | undefined): string =>
    `<a class="${to}" href="#" data-navigate="${to}"${target === undefined ? ' hidden' : ''}><span class="dim">${escapeHtml(label)}</span> <span data-title>${escapeHtml(target?.title ?? '')}</span></a>`;
  return `<nav class="pager" aria-label="${escapeHtml(strings.pager)}">${link('previous', strings.previous, previous)}${link('next', strings.next, next)}</nav>`;
}
