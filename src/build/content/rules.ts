import type { RenderedContent, RenderedTopic } from './compile.js';
import type { Problem } from './problem.js';

export const noteHeadings = ['The problem', 'The idea', 'How it works', 'See it happen', 'In production', 'Choose', 'Pitfalls'] as const;
export const wordRange = { least: 1200, most: 2500 } as const;
const leastCards = 6;
const leastKinds = 3;

/** What makes a note complete, beyond what it takes to compile it. A topic without a body is held to nothing of this. */
export function checkRules(content: RenderedContent, problems: Problem[]): void {
  for (const rendered of content.rendered.values()) {
    if (rendered.note) checkNote(rendered, problems);
    else checkEmpty(rendered);
  }
}

function checkNote({ topic, note, minutes }: RenderedTopic, problems: Problem[]): void {
  const { file, bodyLine, body, value, yaml } = topic;
  const atBody = (line: number, message: string): void => void problems.push({ file, line: bodyLine + line, column: 1, message });
  const { outline, words, diagrams } = note!;

  const second = outline.filter(({ level }) => level === 2);
  for (const [index, wanted] of noteHeadings.entries()) {
    const found = second[index];
    if (found?.text === wanted) continue;
    atBody(found?.line ?? body.trimEnd().split('\n').length - 1, `heading ${index + 1} is "## ${wanted}"${found ? `, not "${found.text}"` : ', which is missing'}: the seven headings are ${noteHeadings.join(', ')}`);
    break;
  }
  if (second.length > noteHeadings.length) atBody(second[noteHeadings.length]!.line, `"${second[noteHeadings.length]!.text}" is one heading too many: ${noteHeadings.length} of the second level, the third level is free`);
  let level = 1;
  for (const heading of outline) {
    if (heading.level > level + 1) atBody(heading.line, `"${heading.text}" skips a level: it is of level ${heading.level} after level ${level}`);
    level = heading.level;
  }

  if (words < wordRange.least || words > wordRange.most) atBody(0, `the note has ${words} words of prose: write ${wordRange.least} to ${wordRange.most}`);
  if (diagrams === 0) atBody(0, 'the note has no figure: draw at least one, as a mermaid or svg fence');
  const text = flatten(body);
  for (const [index, { name }] of value.covers.entries()) {
    if (!text.includes(flatten(name))) yaml.problem(['covers', index, 'name'], `the body never names "${name}": teach it there by this name`);
  }
  if (topic.cardsUnreadable) return;
  if (value.minutes !== minutes) yaml.problem(['minutes'], `minutes is ${value.minutes ?? 'missing'} and computed to ${minutes}: run  npm run check:content -- --fix`);

  const cards = topic.cards?.value ?? [];
  const cardsFile = file.replace(/\.md$/, '.cards.yaml');
  if (cards.length < leastCards) problems.push({ file: cardsFile, line: 1, column: 1, message: `${cards.length} cards: a topic with a note has at least ${leastCards}` });
  else if (new Set(cards.map(({ kind }) => kind)).size < leastKinds) problems.push({ file: cardsFile, line: 1, column: 1, message: `use at least ${leastKinds} kinds of cards: choice, recall, predict, order` });
}

function checkEmpty({ topic, cards }: RenderedTopic): void {
  if (topic.value.minutes !== undefined) topic.yaml.problem(['minutes'], 'minutes is computed from the note: remove it until there is one');
  if (topic.value.covers.length === 0) topic.yaml.problem(['covers'], 'a topic without a note shows what it covers: name at least one point');
  if (cards.length > 0 && topic.cards) topic.cards.yaml.problem([], 'these cards belong to a note that has no body yet: write the note, or leave the cards out until then');
}

function flatten(text: string): string {
  return text.toLowerCase().replace(/[*_`]/g, '').replace(/\s+/g, ' ');
}
