import type { TopicId } from '../roadmap/model.js';

/** A compiled note: `content/notes/<topic>.json`. Every string named `html` is rendered and safe to place in the page. */
export interface Note {
  readonly topic: TopicId;
  readonly title: string;
  readonly summary: string;
  readonly breadcrumb: readonly string[];
  /** False while the topic has only what the source names of it. */
  readonly complete: boolean;
  readonly minutes?: number;
  readonly prerequisites: readonly Link[];
  readonly related: readonly Link[];
  readonly html: string;
  readonly headings: readonly Heading[];
  readonly cards: readonly Card[];
  readonly sources: readonly Source[];
  /** The practice stages that exercise this topic. */
  readonly stages: readonly StageLink[];
  /** Shell blocks by index, as the reader would type them: `data-run="0"` in the page names one. The page never sends code. */
  readonly commands: readonly string[];
  readonly reviewed: string;
}

export interface Link { readonly id: string; readonly title: string }
export interface StageLink { readonly project: string; readonly projectTitle: string; readonly stage: string; readonly number: number; readonly title: string }
export interface Heading { readonly id: string; readonly text: string; readonly level: 2 | 3 }
export interface Source { readonly type: string; readonly title: string; readonly by?: string; readonly url: string; readonly why: string }

export type Card = ChoiceCard | RecallCard | PredictCard | OrderCard;
interface CardBase { readonly id: string; readonly askHtml: string }
export interface ChoiceCard extends CardBase {
  readonly kind: 'choice';
  readonly several: boolean;
  readonly options: readonly { readonly html: string; readonly right: boolean; readonly whyHtml: string }[];
}
export interface RecallCard extends CardBase { readonly kind: 'recall'; readonly answerHtml: string; readonly points: readonly string[]; readonly pointsHtml: readonly string[] }
export interface PredictCard extends CardBase { readonly kind: 'predict'; readonly codeHtml: string; readonly outputHtml: string; readonly whyHtml: string }
export interface OrderCard extends CardBase {
  readonly kind: 'order';
  /** In the right order. Without markup, for labels. */
  readonly steps: readonly string[];
  /** The same steps with markup. */
  readonly stepsHtml: readonly string[];
  readonly whyHtml: string;
}
