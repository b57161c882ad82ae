import type { CompiledProject, CompiledStage } from '../checks/project.js';
import type { Verdict } from '../checks/verdict.js';
import { escapeHtml } from './html.js';
import { icon, type IconName } from './icons.js';
import { contentSecurityPolicy } from './page.js';
import type { StageStrings } from './stageStrings.js';
import { fill } from './strings.js';

/** How the learner stands with a stage, for its page. */
export interface StageStanding {
  /** `absent`: the project is in no open folder, so there is nothing to check. */
  readonly state: 'absent' | 'ready' | 'running';
  /** One line: "Passed in Go", "Failed: a check did not pass". */
  readonly words: string;
  readonly passed: boolean;
  /** The last verdict of each check that has one, by its id within the stage. */
  readonly verdicts: Readonly<Record<string, Verdict>>;
  /** Whether there is a solution to compare with. */
  readonly solution: boolean;
}

export interface StagePage {
  readonly project: CompiledProject;
  /** From 1. */
  readonly number: number;
  readonly standing: StageStanding;
  readonly strings: StageStrings;
  readonly lang: string;
  readonly nonce: string;
  readonly cspSource: string;
  readonly cssUri: string;
  readonly scriptUri: string;
}

/** The whole HTML of a stage: what to build and why, what is tested, hints to take one by one, the solution last. */
export function stagePage(page: StagePage): string {
  const { project, number, standing, strings } = page;
  const stage = project.stages[number - 1]!;
  return `<!DOCTYPE html>
<html lang="${escapeHtml(page.lang)}">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${escapeHtml(contentSecurityPolicy(page.cspSource, page.nonce))}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<link rel="stylesheet" href="${escapeHtml(page.cssUri)}">
<title>${escapeHtml(stage.title)}</title>
</head>
<body data-stage="${escapeHtml(`${project.id}/${stage.id}`)}" data-standing="${escapeHtml(JSON.stringify(standing))}" data-copied="${escapeHtml(strings.copied)}">
<header class="toolbar">
<nav class="breadcrumb" aria-label="${escapeHtml(strings.breadcrumb)}"><ol><li>${escapeHtml(strings.projects)}</li><li><a href="#" data-project="${escapeHtml(project.id)}">${escapeHtml(project.title)}</a></li></ol></nav>
</header>
<div class="page">
<main>
${head(stage, page)}
${sidebar(stage, strings)}
${architecture(page)}
<article>${stage.html}</article>
${checks(stage, strings)}
${hints(stage, strings)}
${pager(page)}
</main>
</div>
<p class="visually-hidden" role="status" data-live></p>
<script nonce="${escapeHtml(page.nonce)}" src="${escapeHtml(page.scriptUri)}"></script>
</body>
</html>
`;
}

function head(stage: CompiledStage, { number, project, strings }: StagePage): string {
  const topics = stage.topics.map(({ id, title }) => `<a class="chip" href="#" data-topic="${escapeHtml(id)}">${escapeHtml(title)}</a>`).join(' ');
  return `<div class="head">
<h1>${escapeHtml(stage.title)}</h1>
<p class="summary">${escapeHtml(stage.goal)}</p>
<div class="bar">
<ul class="facts" aria-label="${escapeHtml(strings.facts)}"><li>${escapeHtml(fill(strings.stageOf, number, project.stages.length))}</li>${topics === '' ? '' : `<li>${escapeHtml(strings.read)} ${topics}</li>`}</ul>
<div class="actions">
<span class="state" data-words></span>
<button type="button" class="primary" data-act="check" data-when="ready">${escapeHtml(strings.check)}</button>
<button type="button" class="secondary" data-act="stop" data-when="running">${escapeHtml(strings.stop)}</button>
<button type="button" class="primary" data-act="scaffold" data-when="absent">${escapeHtml(strings.scaffold)}</button>
</div>
</div>
</div>`;
}

/** Open where the project begins; from then on it is there to look up. */
function architecture({ project, number, strings }: StagePage): string {
  if (project.architecture === undefined) return '';
  return `<details class="stage-architecture"${number === 1 ? ' open' : ''}><summary>${escapeHtml(strings.architecture)}</summary>
<div>${project.architecture}</div>
</details>`;
}

function sidebar(stage: CompiledStage, strings: StageStrings): string {
  const entries = [
    ...stage.headings,
    ...stage.checks.length > 0 ? [{ id: 'page.checks', text: strings.checks }] : [],
    ...stage.hints.length > 0 ? [{ id: 'page.hints', text: strings.hints }] : [],
  ];
  if (entries.length < 3) return '';
  return `<nav class="contents" aria-label="${escapeHtml(strings.onThisPage)}">
<details open><summary>${escapeHtml(strings.onThisPage)}</summary>
<ol>${entries.map(({ id, text }) => `<li><a href="#${escapeHtml(id)}" data-landmark="${escapeHtml(id)}">${escapeHtml(text)}</a></li>`).join('')}</ol>
</details>
</nav>`;
}

const marks: Readonly<Record<Verdict, { readonly icon: IconName; readonly look: string }>> = {
  passed: { icon: 'check', look: 'good' },
  failed: { icon: 'cross', look: 'wrong' },
  timedOut: { icon: 'cross', look: 'wrong' },
  couldNotRun: { icon: 'skipped', look: 'missed' },
  nothingRan: { icon: 'circle', look: '' },
  inconclusive: { icon: 'skipped', look: 'missed' },
};

function checks(stage: CompiledStage, strings: StageStrings): string {
  if (stage.checks.length === 0) return '';
  const verdicts = (Object.keys(marks) as Verdict[]).map((verdict) => `<span class="verdict ${marks[verdict].look}" data-if="${verdict}" hidden>${icon(marks[verdict].icon)}${escapeHtml(strings[verdict])}</span>`).join('');
  return `<section aria-labelledby="page.checks">
<h2 id="page.checks">${escapeHtml(strings.checks)}</h2>
<p class="lead">${escapeHtml(strings.checksLead)}</p>
<ul class="rows">${stage.checks.map(({ id, title }) => `<li data-check="${escapeHtml(id)}"><span>${escapeHtml(title[0]!.toUpperCase() + title.slice(1))}</span><span>${verdicts}</span></li>`).join('')}</ul>
</section>`;
}

function hints(stage: CompiledStage, strings: StageStrings): string {
  if (stage.hints.length === 0) return '';
  return `<section aria-labelledby="page.hints">
<h2 id="page.hints">${escapeHtml(strings.hints)}</h2>
<p class="lead">${escapeHtml(strings.hintsLead)}</p>
${stage.hints.map(({ title, html }, index) => `<details class="stage-hint" data-hint="${index + 1}"><summary>${escapeHtml(fill(strings.hint, index + 1, title))}</summary>
<div>${html}</div>
</details>`).join('\n')}
<div class="stage-solution" data-solution hidden>
<h3>${escapeHtml(strings.solution)}</h3>
<p class="lead">${escapeHtml(strings.solutionLead)}</p>
<button type="button" class="secondary" data-act="solution">${escapeHtml(strings.showSolution)}</button>
</div>
</section>`;
}

function pager({ project, number, strings }: StagePage): string {
  const link = (to: 'previous' | 'next', label: string, at: number): string => {
    const stage = project.stages[at - 1];
    return stage === undefined ? '' : `<a class="${to}" href="#" data-project="${escapeHtml(project.id)}" data-stage="${escapeHtml(stage.id)}"><span class="dim">${escapeHtml(label)}</span> <span data-title>${at}. ${escapeHtml(stage.title)}</span></a>`;
  };
  return `<nav class="pager" aria-label="${escapeHtml(strings.pager)}">${link('previous', strings.previous, number - 1)}${link('next', strings.next, number + 1)}</nav>`;
}
