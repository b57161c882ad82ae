import { escapeHtml } from './html.js';
import { icon } from './icons.js';
import type { Card, ChoiceCard, OrderCard, PredictCard, RecallCard } from './model.js';
import { disordered, shuffled } from './shuffle.js';
import { fill, type NoteStrings } from './strings.js';

/** The cards as forms; all that follows an answer is in the page and hidden. */
export function cardsHtml(cards: readonly Card[], topic: string, strings: NoteStrings): string {
  return cards.map((card, index) => cardHtml(card, `${topic}/${card.id}`, fill(strings.question, index + 1, cards.length), strings)).join('\n');
}

function cardHtml(card: Card, seed: string, title: string, strings: NoteStrings): string {
  const id = `card.${escapeHtml(card.id)}`;
  return `<section class="card" data-card="${escapeHtml(card.id)}" data-kind="${card.kind}" aria-labelledby="${id}.title">
<h3 id="${id}.title"><span>${escapeHtml(title)}</span> <span class="kind">${escapeHtml(strings[kindOf(card)])}</span></h3>
<div class="ask" id="${id}.ask">${card.askHtml}</div>
${bodyOf(card, id, seed, strings)}
</section>`;
}

function kindOf(card: Card): keyof NoteStrings {
  switch (card.kind) {
    case 'choice': return card.several ? 'kindSeveral' : 'kindChoice';
    case 'recall': return 'kindRecall';
    case 'predict': return 'kindPredict';
    case 'order': return 'kindOrder';
  }
}

function bodyOf(card: Card, id: string, seed: string, strings: NoteStrings): string {
  switch (card.kind) {
    case 'choice': return choiceHtml(card, id, seed, strings);
    case 'recall': return recallHtml(card, id, strings);
    case 'predict': return predictHtml(card, id, strings);
    case 'order': return orderHtml(card, id, seed, strings);
  }
}

function choiceHtml(card: ChoiceCard, id: string, seed: string, strings: NoteStrings): string {
  const type = card.several ? 'checkbox' : 'radio';
  const option = (index: number): string => {
    const { html, right, whyHtml } = card.options[index]!;
    const verdicts = right
      ? `<span class="verdict good" data-if="chosen">${icon('check')}${escapeHtml(strings.rightAnswer)}</span><span class="verdict missed" data-if="unchosen">${icon('check')}${escapeHtml(strings.missedAnswer)}</span>`
      : `<span class="verdict wrong" data-if="chosen">${icon('cross')}${escapeHtml(strings.wrongAnswer)}</span><span class="verdict" data-if="unchosen">${icon('cross')}${escapeHtml(strings.wrongAnswer)}</span>`;
    return `<div class="option"><label><input type="${type}" name="${id}.option" value="${index}" data-right="${right}"><span>${html}</span></label>
<div class="why" data-after hidden>${verdicts}${whyHtml}</div></div>`;
  };
  return `<fieldset aria-labelledby="${id}.ask">
${shuffled(card.options.length, seed).map(option).join('\n')}
</fieldset>
<p class="hint" data-hint hidden>${escapeHtml(strings.chooseFirst)}</p>
<div class="buttons" data-before><button type="button" class="secondary" data-check>${escapeHtml(strings.check)}</button></div>
${resultHtml(strings.right, strings.wrong, strings)}`;
}

function recallHtml(card: RecallCard, id: string, strings: NoteStrings): string {
  const point = (html: string): string => `<li><label><input type="checkbox"><span>${html}</span></label></li>`;
  return `${textHtml(`${id}.text`, strings.yourAnswer, strings.reveal, '')}
<div class="answer" data-revealed tabindex="-1" hidden>
<h4>${escapeHtml(strings.modelAnswer)}</h4>
${card.answerHtml}
${card.pointsHtml.length === 0 ? '' : `<h4 id="${id}.points">${escapeHtml(strings.points)}</h4>
<ul class="points" aria-labelledby="${id}.points">${card.pointsHtml.map(point).join('')}</ul>`}
</div>
${judgeHtml(strings)}
${resultHtml(strings.youHadIt, strings.youMissedIt, strings)}`;
}

function predictHtml(card: PredictCard, id: string, strings: NoteStrings): string {
  return `${card.codeHtml}
${textHtml(`${id}.text`, strings.yourPrediction, strings.revealOutput, ' mono')}
<div class="answer" data-revealed tabindex="-1" hidden>
${card.outputHtml}
<h4>${escapeHtml(strings.why)}</h4>
${card.whyHtml}
</div>
${judgeHtml(strings)}
${resultHtml(strings.youHadIt, strings.youMissedIt, strings)}`;
}

function textHtml(id: string, label: string, reveal: string, look: string): string {
  return `<div class="field"><label for="${id}">${escapeHtml(label)}</label><textarea id="${id}" class="text${look}" rows="3" maxlength="4000" data-text></textarea></div>
<div class="buttons" data-before><button type="button" class="secondary" data-reveal>${escapeHtml(reveal)}</button></div>`;
}

function judgeHtml(strings: NoteStrings): string {
  return `<div class="buttons" data-judge hidden><button type="button" class="secondary" data-had="true">${icon('check')}${escapeHtml(strings.hadIt)}</button><button type="button" class="secondary" data-had="false">${icon('cross')}${escapeHtml(strings.missedIt)}</button></div>`;
}

function orderHtml(card: OrderCard, id: string, seed: string, strings: NoteStrings): string {
  const step = (index: number): string => {
    const text = card.steps[index]!;
    const move = (direction: 'up' | 'down', label: string): string =>
      `<button type="button" class="tool" data-move="${direction}" aria-label="${escapeHtml(fill(label, text))}" title="${escapeHtml(fill(label, text))}">${icon(direction)}</button>`;
    return `<li data-step="${index}"><span class="text" data-step-text>${card.stepsHtml[index]!}</span><span class="place" data-after hidden><span class="verdict good" data-if="in">${icon('check')}${escapeHtml(strings.inPlace)}</span><span class="verdict wrong" data-if="out">${icon('cross')}${escapeHtml(fill(strings.outOfPlace, index + 1))}</span></span><span class="moves" data-before>${move('up', strings.moveUp)}${move('down', strings.moveDown)}</span></li>`;
  };
  return `<ol class="order" aria-labelledby="${id}.ask" data-order>${disordered(card.steps.length, seed).map(step).join('')}</ol>
<div class="buttons" data-before><button type="button" class="secondary" data-check>${escapeHtml(strings.check)}</button></div>
<div class="answer" data-after hidden>
<h4>${escapeHtml(strings.rightOrder)}</h4>
<ol>${card.stepsHtml.map((html) => `<li>${html}</li>`).join('')}</ol>
<h4>${escapeHtml(strings.why)}</h4>
${card.whyHtml}
</div>
${resultHtml(strings.right, strings.wrong, strings)}`;
}

function resultHtml(right: string, wrong: string, strings: NoteStrings): string {
  return `<div class="result" data-result tabindex="-1" hidden><span class="verdict good" data-if="right">${icon('check')}${escapeHtml(right)}</span><span class="verdict wrong" data-if="wrong">${icon('cross')}${escapeHtml(wrong)}</span><button type="button" class="quiet" data-again>${escapeHtml(strings.tryAgain)}</button></div>`;
}
