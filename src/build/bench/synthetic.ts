import type { Roadmap, Topic } from '../../core/roadmap/model.js';

/** @returns a roadmap with sections of `perSection` topics each, the last one with what remains of `topics`. */
export function syntheticRoadmap(topics: number, perSection: number): Roadmap {
  const all = Array.from({ length: topics }, (_, i): Topic => ({ id: `topic-${i}`, title: `Topic ${i}`, minutes: 20, cards: 8, prerequisites: i === 0 ? [] : [`topic-${i - 1}`] }));
  const sections = Array.from({ length: Math.ceil(topics / perSection) }, (_, i) => ({
    id: `section-${i}`, title: `Section ${i}`, groups: [], recommended: [], topics: all.slice(i * perSection, (i + 1) * perSection).map(({ id }) => id),
  }));
  return { schema: 1, sections, topics: all, projects: [], redirects: {} };
}
