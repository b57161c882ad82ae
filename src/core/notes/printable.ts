import { escapeHtml } from './html.js';
import type { Card, Note } from './model.js';
import { sourcesHtml } from './page.js';
import { disordered, shuffled } from './shuffle.js';
import { fill, type NoteStrings } from './strings.js';

/**
 * A note as one file for a browser, to read and to print: no script, nothing loaded, nothing to click but links to the web.
 * The answers stand at the end, on a page of their own.
 * @param css `note.css` followed by `print.css`, which gives the theme's variables their values.
 */
export function printablePage(note: Note, strings: NoteStrings, lang: string, css: string): string {
  const facts = [
    note.minutes === undefined ? [] : [fill(strings.minutes, note.minutes)],
    note.prerequisites.length === 0 ? [] : [`${strings.after} ${note.prerequisites.map(({ title }) => title).join(', ')}`],
  ].flat();
  const cards = note.complete ? note.cards : [];
  return `<!DOCTYPE html>
<html lang="${escapeHtml(lang)}">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<title>${escapeHtml(note.title)}</title>
<style>
${css.replaceAll('</', '<\\/')}
</style>
</head>
<body class="printable">
<div class="page">
<main>
<p class="where dim">${note.breadcrumb.map(escapeHtml).join(' / ')}</p>
<div class="head">
<h1>${escapeHtml(note.title)}</h1>
<p class="summary">${escapeHtml(note.summary)}</p>
${facts.length === 0 ? '' : `<p class="dim">${facts.map(escapeHtml).join(' · ')}</p>`}
</div>
<article>${withoutActions(note.html)}</article>
${section(strings.checkYourself, cards.length === 0 ? '' : list(cards.map((card) => question(card, `${note.topic}/${card.id}`))))}
${section(strings.buildIt, note.stages.length === 0 ? '' : `<ul>${note.stages.map((stage) => `<li>${escapeHtml(stage.projectTitle)}, ${escapeHtml(fill(strings.stage, stage.number))}: ${escapeHtml(stage.title)}</li>`).join('')}</ul>`)}
${section(strings.goDeeper, note.sources.length + note.related.length === 0 ? '' : withoutActions(sourcesHtml(note, strings)))}
${section(strings.answers, cards.length === 0 ? '' : list(cards.map((card) => answer(card, `${note.topic}/${card.id}`, strings))), 'answers')}
</main>
</div>
</body>
</html>
`;
}

function section(title: string, html: string, look = ''): string {
  return html === '' ? '' : `<section${look === '' ? '' : ` class="${look}"`}>
<h2>${escapeHtml(title)}</h2>
${html}
</section>`;
}

function list(items: readonly string[]): string {
  return `<ol class="questions">${items.map((item) => `<li>${item}</li>`).join('\n')}</ol>`;
}

function question(card: Card, seed: string): string {
  switch (card.kind) {
    case 'choice': return `${card.askHtml}<ol type="A">${shuffled(card.options.length, seed).map((index) => `<li>${card.options[index]!.html}</li>`).join('')}</ol>`;
    case 'recall': return card.askHtml;
    case 'predict': return card.askHtml + withoutActions(card.codeHtml);
    case 'order': return `${card.askHtml}<ul>${disordered(card.steps.length, seed).map((index) => `<li>${card.stepsHtml[index]!}</li>`).join('')}</ul>`;
  }
}

function answer(card: Card, seed: string, strings: NoteStrings): string {
  switch (card.kind) {
    case 'choice': return `<ol type="A">${shuffled(card.options.length, seed).map((index) => {
      const { right, whyHtml } = card.options[index]!;
      return `<li><strong>${escapeHtml(right ? strings.rightAnswer : strings.wrongAnswer)}</strong> <div class="why">${whyHtml}</div></li>`;
    }).join('')}</ol>`;
    case 'recall': return `${card.answerHtml}${card.pointsHtml.length === 0 ? '' : `<ul>${card.pointsHtml.map((html) => `<li>${html}</li>`).join('')}</ul>`}`;
    case 'predict': return card.outputHtml + card.whyHtml;
    case 'order': return `<ol>${card.stepsHtml.map((html) => `<li>${html}</li>`).join('')}</ol>${card.whyHtml}`;
  }
}

/** Takes away what asks the host for something: a file in a browser has none. */
function withoutActions(html: string): string {
  return html
    .replace(/<button [^>]*>[^<]*<\/button>/g, '')
    .replace(/<a (?=[^>]*data-(?:topic|project)=)[^>]*>([^]*?)<\/a>/g, '$1');
}
