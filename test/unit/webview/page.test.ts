import assert from 'node:assert/strict';
import fc from 'fast-check';
import { notePage } from '../../../src/core/notes/page.js';
import { disordered, shuffled } from '../../../src/core/notes/shuffle.js';
import { fill, noteStrings } from '../../../src/core/notes/strings.js';
import { pageFor } from '../../support/notePreview.js';
import { incompleteNote, sampleNote } from '../../support/sampleNote.js';

describe('Page of a note', () => {
  it('allows one script by its nonce, and no inline style, no evaluation, no other source', () => {
    const html = notePage(pageFor({ nonce: 'bm9uY2U=', cspSource: 'https://source.test' }));
    const policy = /http-equiv="Content-Security-Policy" content="([^"]*)"/.exec(html)?.[1]?.replaceAll('&#39;', "'");
    assert.equal(policy, "default-src 'none'; style-src https://source.test; font-src https://source.test; img-src https://source.test; script-src 'nonce-bm9uY2U='; base-uri 'none'; form-action 'none'");
    assert.equal([...html.matchAll(/<script/g)].length, 1);
    assert.doesNotMatch(html, /<style|\sstyle=|\son[a-z]+=|<base|<iframe|<form|unsafe-/);
  });

  it('has one h1 and no heading that skips a level', () => {
    const levels = [...notePage(pageFor()).matchAll(/<h([1-6])[\s>]/g)].map((match) => Number(match[1]));
    assert.equal(levels.filter((level) => level === 1).length, 1);
    assert.equal(levels[0], 1);
    levels.reduce((before, level) => {
      assert.ok(level <= before + 1, `h${level} after h${before}`);
      return level;
    });
  });

  it('has no id twice', () => {
    const ids = [...notePage(pageFor()).matchAll(/\sid="([^"]*)"/g)].map((match) => match[1]);
    assert.deepEqual(ids, [...new Set(ids)]);
  });

  it('shows the state it is given and the one button that goes with it', () => {
    for (const [state, button] of [['notStarted', 'Mark done'], ['reading', 'Mark done'], ['skipped', 'Mark done'], ['done', 'Mark not done']] as const) {
      const html = notePage(pageFor({ state }));
      const visible = [...html.matchAll(/<button[^>]*class="(?:primary|secondary)" data-set-state[^>]*>([^<]*)/g)].filter((match) => !match[0].includes(' hidden')).map((match) => match[1]);
      assert.deepEqual(visible, [button], state);
      assert.equal([...html.matchAll(/<span class="state[^>]*>/g)].filter((match) => !match[0].includes(' hidden')).map((match) => match[0]).join(), `<span class="state state-${state}" data-when="${state}">`);
    }
  });

  it('shows the words of the source, its sources and no cards while a topic has no note', () => {
    const html = notePage(pageFor({ note: { ...incompleteNote(), cards: sampleNote().cards } }));
    assert.match(html, /<blockquote class="source-says">/);
    assert.match(html, /A Critique of ANSI SQL Isolation Levels/);
    assert.doesNotMatch(html, /class="card"|Check yourself|coming soon|\d min</i);
  });

  it('escapes whatever stands in titles, names and answers', () => {
    const evil = `"><script>x</script><img src=x onerror=x>'&`;
    const shape = (text: string): RegExpMatchArray | null => notePage(pageFor({
      note: sampleNote({
        title: text, summary: text, breadcrumb: [text], reviewed: text,
        prerequisites: [{ id: text, title: text }], related: [{ id: text, title: text }],
        stages: [{ project: text, projectTitle: text, stage: text, number: 1, title: text }],
        sources: [{ type: text, title: text, by: text, url: `https://x/${text}`, why: text }, { type: 'docs', title: 'Trap', url: 'javascript:alert(1)', why: text }],
        headings: [1, 2, 3].map((n) => ({ id: `${text}${n}`, text, level: 2 as const })),
        cards: [{ kind: 'order', id: text, askHtml: '', steps: [text, text], stepsHtml: ['', ''], whyHtml: '' }, { kind: 'recall', id: `${text}2`, askHtml: '', answerHtml: '', points: [text], pointsHtml: [''] }],
      }),
      answers: { [text]: { right: true, given: text } }, lang: text, navigation: { back: false, forward: false, next: { id: text, title: text } },
    })).replace(/"[^"]*"/g, '""').match(/<[^>]*>/g);
    assert.deepEqual(shape(evil), shape('harmless'));
  });

  it('makes a link of https alone', () => {
    const urls = ['javascript:alert(1)', 'data:text/html,x', 'http://x.test', 'command:x', '//x.test', ' https://x.test'];
    const html = notePage(pageFor({ note: sampleNote({ html: '', sources: urls.map((url) => ({ type: 'docs', title: 'Trap', url, why: '' })) }) }));
    assert.doesNotMatch(html, /data-external/);
  });

  it('takes every word from the strings', () => {
    const strings = Object.fromEntries(Object.keys(noteStrings).map((key) => [key, `«${key}»`])) as unknown as typeof noteStrings;
    const texts = notePage(pageFor({ strings, note: sampleNote({ html: '', headings: [], title: '', summary: '', breadcrumb: [], prerequisites: [], related: [], stages: [], sources: [{ type: 'docs', title: '', url: 'https://x.test', why: '' }], cards: sampleNote().cards.filter((card) => card.kind === 'order').map((card) => ({ ...card, steps: ['', ''], stepsHtml: ['', ''], askHtml: '', whyHtml: '' })) }), navigation: { back: false, forward: false } }))
      .replace(/<[^>]*>/g, ' ').replace(/«\w+»/g, ' ').trim();
    assert.equal(texts.replace(/[\s·]+/g, ''), '');
  });
});

describe('Order of steps and options', () => {
  it('hangs on the seed alone, loses nothing and is never sorted for a card to put in order', () => {
    fc.assert(fc.property(fc.integer({ min: 0, max: 12 }), fc.string(), (count, seed) => {
      const order = disordered(count, seed);
      assert.deepEqual(order, disordered(count, seed));
      assert.deepEqual([...order].sort((a, b) => a - b), Array.from({ length: count }, (_, index) => index));
      assert.ok(count < 2 || order.some((value, index) => value !== index));
    }));
  });

  it('differs between seeds', () => {
    const first = new Set(Array.from({ length: 60 }, (_, index) => shuffled(4, `topic/card-${index}`)[0]));
    assert.deepEqual([...first].sort(), [0, 1, 2, 3]);
  });
});

describe('Filling in', () => {
  it('puts values in by number and leaves what it was not given', () => assert.equal(fill('{1} of {0}, {2}', 'a', 2), '2 of a, {2}'));
  it('does not fill in a value again', () => assert.equal(fill('{0}', '{1}'), '{1}'));
});
