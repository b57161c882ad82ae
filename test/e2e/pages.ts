import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Frame, Page } from 'playwright-core';
import type { Workbench } from '../support/workbench.js';
import { expandRoadmap, topicRow } from './roadmap.js';

/** The topics of a compiled roadmap in the order in which its notes are walked through. */
export async function topicsInOrder(extension: string): Promise<string[]> {
  interface Part { readonly topics?: readonly string[]; readonly groups?: readonly Part[] }
  const { sections } = JSON.parse(await readFile(join(extension, 'dist', 'content', 'index.json'), 'utf8')) as { sections: readonly Part[] };
  return sections.flatMap(({ groups = [], topics = [] }) => [...groups.flatMap((group) => group.topics ?? []), ...topics]);
}

/** Opens the first note from the tree. */
export async function openFirst(workbench: Workbench, topic: string): Promise<Frame> {
  const roadmap = await expandRoadmap(workbench, 'Fundamentals', 'Operating systems');
  await topicRow(roadmap, 'How an OS works').click();
  return noteFrame(workbench.page, topic);
}

/** Goes on to the note that follows, or to the one before. */
export async function openNext(workbench: Workbench, frame: Frame, topic: string, to: 'next' | 'previous' = 'next'): Promise<Frame> {
  await frame.evaluate((to) => { document.querySelector<HTMLElement>(`[data-navigate="${to}"]`)?.click(); }, to);
  return noteFrame(workbench.page, topic);
}

/** The document of a topic's note, as soon as its script has run. */
async function noteFrame(page: Page, topic: string): Promise<Frame> {
  const body = page.frameLocator('iframe.webview.ready:visible').last().frameLocator('iframe#active-frame').locator(`body[data-note="${topic}"]`);
  await body.waitFor({ timeout: 60_000 });
  const frame = await (await body.elementHandle())?.ownerFrame();
  if (frame == null) throw new Error(`The note of ${topic} went away.`);
  return frame;
}
