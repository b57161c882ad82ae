import type { TopicId } from './model.js';

/** A line of source code that names a topic in a comment: `// roadmap: io-and-ipc`. */
export interface Mention { readonly line: number; readonly topic: TopicId }

/** A comment opener of any common language at the line's start or after code, then `roadmap:` and a topic's id. */
const pattern = /(?:\/\/|#|--|;|\/\*|<!--|%|^\s*\*|"""|''')\s*roadmap:\s*([a-z0-9]+(?:-[a-z0-9]+)*)/i;

/**
 * Finds the topics that a file names. Reads at most {@link maxLines} lines.
 * @returns one mention a line, in order; whether the topic exists is the caller's question.
 */
export function findMentions(lineCount: number, lineAt: (line: number) => string): Mention[] {
  const mentions: Mention[] = [];
  for (let line = 0; line < Math.min(lineCount, maxLines); line++) {
    const text = lineAt(line);
    if (text.length > 500 || !text.includes('oadmap:')) continue;
    const topic = pattern.exec(text)?.[1];
    if (topic !== undefined) mentions.push({ line, topic: topic.toLowerCase() });
  }
  return mentions;
}

export const maxLines = 20_000;
