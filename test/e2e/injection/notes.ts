import { renderCode, renderNote, renderOutput, renderText } from '../../../src/core/notes/render.js';
import type { Note } from '../../../src/core/notes/model.js';
import { loadMermaid } from '../../../src/build/content/mermaid.js';
import { anyTarget } from '../../support/sampleNote.js';

/** A note that carries the texts in every place that content can fill: rendered where Markdown stands, as they are where it doesn't. */
export async function injectedNote(topic: string, texts: readonly string[]): Promise<Note> {
  const options = { ...anyTarget, drawMermaid: await loadMermaid() };
  const markdown = (text: string): string => renderText(text, options).html;
  const rendered = texts.map((text) => renderNote(text, options));
  const all = texts.join(' ');
  const links = texts.map((title, index) => ({ id: `linked-${index}`, title }));
  return {
    topic, title: all, summary: all, breadcrumb: texts, complete: true, minutes: 1, reviewed: all,
    prerequisites: links, related: links,
    html: rendered.map(({ html }) => html).join('\n') + texts.map((text) => renderCode(text, 'js') + renderOutput([[text]])).join('\n'),
    headings: [...rendered.flatMap(({ headings }) => headings), ...texts.map((text, index) => ({ id: `h-${index}`, text, level: 2 as const }))],
    commands: [],
    cards: [
      { kind: 'choice', id: 'choice', several: true, askHtml: markdown(all), options: texts.map((text) => ({ html: markdown(text), right: true, whyHtml: markdown(text) })) },
      { kind: 'recall', id: 'recall', askHtml: markdown(all), answerHtml: markdown(all), points: texts, pointsHtml: texts.map(markdown) },
      { kind: 'predict', id: 'predict', askHtml: markdown(all), codeHtml: renderCode(all, 'js'), outputHtml: renderOutput([[all]]), whyHtml: markdown(all) },
      { kind: 'order', id: 'order', askHtml: markdown(all), steps: texts, stepsHtml: texts.map(markdown), whyHtml: markdown(all) },
    ],
    sources: texts.map((text) => ({ type: text, title: text, by: text, url: /\]\(([^)]*)\)/.exec(text)?.[1] ?? text, why: text })),
    stages: texts.map((text, index) => ({ project: 'distributed-cache', projectTitle: text, stage: `stage-${index}`, number: index, title: text })),
  };
}
