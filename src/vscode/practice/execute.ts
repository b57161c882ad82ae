import * as vscode from 'vscode';
import { commands, type CommandId } from '../contributions.js';
import type { ProjectNode } from '../views/projectsView.js';
import type { Practice } from './practice.js';

type Act = (practice: Practice, args: readonly unknown[]) => unknown;

/** What the commands on practice projects do. */
const acts: Readonly<Partial<Record<CommandId, Act>>> = {
  /** Called from the tree with a stage, from a CodeLens or a note with a project's and a stage's id, or without: the current stage. */
  [commands.openStage]: async (practice, [first, second]) => {
    if (typeof first === 'string') return practice.panels.open(first, typeof second === 'string' ? second : undefined);
    const stage = stageNode(first);
    if (stage !== undefined) return practice.panels.open(stage.project.id, stage.stage.id);
    const open = await practice.pick(vscode.l10n.t('A stage of which project?'));
    return open === undefined ? undefined : practice.panels.open(open.project.id, open.project.stages[await practice.checks.currentStage(open) - 1]?.id);
  },
  /** Called from the tree with a stage, from a CodeLens with the manifest and a stage's id, or without: the current stage. */
  [commands.checkStage]: async (practice, [first, second]) => {
    const node = stageNode(first);
    const title = vscode.l10n.t('Check which project?');
    const open = node === undefined
      ? await practice.pick(title, typeof first === 'string' ? first : undefined)
      : practice.projects.all.find(({ project }) => project.id === node.project.id) ?? await practice.pick(title);
    if (open === undefined) return;
    const stage = node?.stage.id ?? second;
    const index = open.project.stages.findIndex(({ id }) => id === stage);
    await practice.checkStage(open, index < 0 ? await practice.checks.currentStage(open) : index + 1);
  },
  [commands.checkCurrentStage]: (practice) => practice.checkCurrentStage(),
  [commands.checkAll]: (practice) => practice.checkAll(),
  [commands.stopChecks]: (practice) => { practice.checks.stop(); },
  [commands.prepareProject]: (practice, [manifest]) => practice.prepare(typeof manifest === 'string' ? manifest : undefined),
  [commands.showSolution]: (practice) => practice.showSolution(),
  [commands.resetFile]: (practice, [uri]) => practice.resetFile(uri instanceof vscode.Uri ? uri : undefined),
  [commands.resetStage]: (practice) => practice.resetStage(),
  [commands.undoFileReset]: (practice) => practice.undoReset(),
};

export async function execute(practice: Practice, id: CommandId, args: readonly unknown[]): Promise<void> {
  await acts[id]?.(practice, args);
}

function stageNode(value: unknown): Extract<ProjectNode, { kind: 'stage' }> | undefined {
  const node = value as ProjectNode | undefined;
  return typeof node === 'object' && node.kind === 'stage' ? node : undefined;
}
