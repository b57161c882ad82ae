import { toJsonSchema } from '@valibot/to-json-schema';
import * as v from 'valibot';
import { runnableLanguages } from '../../core/notes/fence.js';
import { isWebAddress } from '../../core/notes/render.js';
import { resourceKinds } from '../../core/roadmap/model.js';

const slug = v.pipe(v.string(), v.regex(/^[a-z0-9]+(-[a-z0-9]+)*$/, 'a slug: lower-case letters, digits and single hyphens'));
const text = v.pipe(v.string(), v.trim(), v.minLength(1, 'a text that is not empty'));
const address = v.pipe(v.string(), v.check(isWebAddress, 'an https address in plain ASCII'));
const slugs = v.array(slug);
const someSlugs = v.pipe(slugs, v.minLength(1, 'at least one'));

export const sourceTypes = ['rfc', 'paper', 'docs', 'book', 'article', 'video', 'source-code'] as const;

export const topicSchema = v.strictObject({
  id: v.pipe(slug, v.description('Stable slug: never changed, never reused.')),
  title: text,
  source: v.pipe(text, v.description('The bullet of the source document, verbatim.')),
  summary: v.pipe(text, v.description('One sentence that says what the reader will understand.')),
  covers: v.pipe(v.array(v.strictObject({
    name: v.pipe(text, v.description('The word as the source has it; the note contains it.')),
    text: v.pipe(text, v.description('One or two plain sentences that already teach something about it.')),
  })), v.description('Every technology and sub-point that the source names in this bullet.')),
  minutes: v.pipe(v.optional(v.pipe(v.number(), v.integer())), v.description('Computed: `npm run check:content -- --fix` writes it.')),
  prerequisites: slugs,
  related: slugs,
  reviewed: v.pipe(v.string(), v.isoDate('a date: 2026-11-22'), v.description('The day when every claim was last checked.')),
  sources: v.pipe(v.array(v.strictObject({
    type: v.picklist(sourceTypes),
    title: text,
    by: v.optional(text),
    url: address,
    why: v.pipe(text, v.description('One sentence on what it gives that the note does not.')),
  })), v.minLength(2, 'at least two sources'), v.maxLength(8, 'at most eight sources')),
});

const cardBase = { id: v.pipe(slug, v.description('Stable, unique in the topic.')), ask: v.pipe(text, v.description('Markdown; stands alone without the note.')) };
export const cardsSchema = v.array(v.variant('kind', [
  v.strictObject({
    ...cardBase,
    kind: v.literal('choice'),
    options: v.pipe(v.array(v.strictObject({
      text,
      right: v.optional(v.boolean()),
      why: v.pipe(text, v.description('Why it is right, or the misconception by its name.')),
    })), v.minLength(2, 'at least two options'), v.check((options) => options.some(({ right }) => right), 'one option at least with right: true')),
  }),
  v.strictObject({
    ...cardBase,
    kind: v.literal('recall'),
    answer: text,
    points: v.pipe(v.array(text), v.minLength(1, 'at least one point'), v.description('What must be in the answer, as short phrases.')),
  }),
  v.strictObject({
    ...cardBase,
    kind: v.literal('predict'),
    language: v.picklist(runnableLanguages),
    code: text,
    output: v.pipe(v.string(), v.description('Compared with a real run; {{shown|regular expression}} for what varies.')),
    timeout: v.optional(v.pipe(v.number(), v.minValue(1), v.maxValue(120))),
    why: text,
  }),
  v.strictObject({
    ...cardBase,
    kind: v.literal('order'),
    steps: v.pipe(v.array(text), v.minLength(3, 'at least three steps'), v.description('In the right order; shown shuffled.')),
    why: text,
  }),
]));

const recommendation = v.strictObject({ source: text, text, topics: someSlugs });
const sectionBase = { id: slug, title: text, source: text, summary: text, recommendation: v.optional(recommendation) };
const group = v.strictObject({ id: slug, title: text, source: text, topics: someSlugs });
export const roadmapSchema = v.strictObject({
  sections: v.pipe(v.array(v.strictObject({
    ...sectionBase,
    choose: v.optional(v.pipe(v.number(), v.integer(), v.minValue(1))),
    groups: v.optional(v.array(group)),
    topics: v.optional(someSlugs),
  })), v.minLength(1, 'at least one section')),
  projects: slugs,
});

export const redirectsSchema = v.strictObject({ redirects: v.pipe(v.record(slug, slug), v.description('Old id: current id.')) });

export const resourcesSchema = v.array(v.strictObject({
  id: slug,
  kind: v.picklist(resourceKinds),
  title: text,
  source: v.pipe(v.optional(text), v.description('The bullet of the source document, verbatim, when it is one.')),
  by: v.optional(text),
  url: address,
  what: text,
  when: text,
  start: text,
  topics: slugs,
}));

export const projectSchema = v.strictObject({
  id: slug,
  title: text,
  source: text,
  summary: text,
  builds: v.pipe(text, v.description('What stands at the end.')),
  topics: someSlugs,
  languages: v.optional(slugs),
  stages: v.pipe(v.array(v.strictObject({ id: slug, title: text, goal: text, topics: slugs })), v.minLength(1, 'at least one stage')),
});

export type TopicSource = v.InferOutput<typeof topicSchema>;
export type CardSource = v.InferOutput<typeof cardsSchema>[number];
export type RoadmapSource = v.InferOutput<typeof roadmapSchema>;
export type ResourceSource = v.InferOutput<typeof resourcesSchema>[number];
export type ProjectSource = v.InferOutput<typeof projectSchema>;

/** The schema files for editors: name → text. */
export function jsonSchemas(): Map<string, string> {
  const schemas = { topic: topicSchema, cards: cardsSchema, roadmap: roadmapSchema, redirects: redirectsSchema, resources: resourcesSchema, project: projectSchema };
  return new Map(Object.entries(schemas).map(([name, schema]) =>
    [`${name}.schema.json`, `${JSON.stringify({ title: name, ...toJsonSchema(schema, { errorMode: 'ignore', typeMode: 'input' }) }, null, 2)}\n`]));
}
