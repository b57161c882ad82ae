import type { Locator } from 'playwright-core';
import { escape } from '../support/escape.js';
import type { Workbench } from '../support/workbench.js';

/** 55 topics, of which four of six languages are optional until the learner chooses. */
export const total = 51;

/** Shows the Roadmap view and returns its pane. */
export async function showRoadmap(workbench: Workbench): Promise<Locator> {
  await workbench.openViewContainer('Backend Roadmap');
  return workbench.openView('Roadmap');
}

/** Shows the Roadmap view with the branches of this path expanded, one after the other. */
export async function expandRoadmap(workbench: Workbench, ...path: readonly string[]): Promise<Locator> {
  const roadmap = await showRoadmap(workbench);
  for (const branch of path) await workbench.setExpanded(await workbench.findTreeItem(branch, roadmap));
  return roadmap;
}

/** The row of a topic in this state, as a screen reader names it. */
export function topicRow(roadmap: Locator, title: string, state?: 'Not started' | 'Reading' | 'Done' | 'Skipped'): Locator {
  return roadmap.getByRole('treeitem', { name: new RegExp(`^${escape(title)}, ${state ?? ''}`) });
}
