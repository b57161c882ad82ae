import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../../src/build/paths.js';
import { commands, contextKeys, notePanel, settings, stagePanel, viewContainer, views, walkthrough } from '../../src/vscode/contributions.js';

interface Manifest {
  activationEvents: string[];
  icon: string;
  engines: { vscode: string };
  devDependencies: Record<string, string>;
  dependencies?: unknown;
  contributes: {
    commands: { command: string; title: string }[];
    views: Record<string, { id: string }[]>;
    viewsContainers: { activitybar: { id: string; icon: string }[] };
    menus: Record<string, { command?: string; submenu?: string; when?: string; group?: string }[]>;
    submenus: { id: string }[];
    keybindings: { command: string }[];
    configuration: { properties: Record<string, { default: unknown; markdownDescription: string }> };
    walkthroughs: { id: string; steps: { description: string; media: { svg: string } }[] }[];
    viewsWelcome: { view: string; contents: string }[];
  };
}

const text = readFileSync(join(root, 'package.json'), 'utf8');
const manifest = JSON.parse(text) as Manifest;
const nls = JSON.parse(readFileSync(join(root, 'package.nls.json'), 'utf8')) as Record<string, string>;
const { contributes } = manifest;

describe('manifest', () => {
  it('declares exactly the commands of the code', () => {
    assert.deepEqual(contributes.commands.map(({ command }) => command).sort(), Object.values(commands).sort());
  });

  it('declares exactly the views, the container and the walkthrough of the code', () => {
    assert.deepEqual(contributes.viewsContainers.activitybar.map(({ id }) => id), [viewContainer]);
    assert.deepEqual(contributes.views[viewContainer]?.map(({ id }) => id), Object.values(views));
    assert.deepEqual(contributes.walkthroughs.map(({ id }) => id), [walkthrough]);
    for (const panel of [notePanel, stagePanel]) assert.ok(manifest.activationEvents.includes(`onWebviewPanel:${panel}`));
  });

  it('declares exactly the settings of the code', () => {
    const { section, ...names } = settings;
    assert.deepEqual(Object.keys(contributes.configuration.properties).sort(), Object.values(names).map((name) => `${section}.${name}`).sort());
  });

  it('uses only commands, submenus and context keys that exist', () => {
    const ids = new Set<string>(Object.values(commands));
    const keys = new Set<string>([...Object.values(contextKeys), ...Object.values(views), notePanel, stagePanel]);
    for (const [menu, items] of Object.entries(contributes.menus)) {
      for (const { command, submenu, when } of items) {
        if (command !== undefined) assert.ok(ids.has(command), `${menu}: ${command}`);
        if (submenu !== undefined) assert.ok(contributes.submenus.some(({ id }) => id === submenu), submenu);
        for (const [key] of (when ?? '').matchAll(/backendRoadmap\.\w+/g)) assert.ok(keys.has(key), `${menu}: ${key} in ${when}`);
      }
    }
    for (const { command } of contributes.keybindings) assert.ok(ids.has(command));
    const links = [...contributes.walkthroughs.flatMap(({ steps }) => steps.map(({ description }) => description)), ...contributes.viewsWelcome.map(({ contents }) => contents)];
    for (const key of links) {
      for (const [, id] of (nls[key.replaceAll('%', '')] ?? '').matchAll(/\(command:([\w.]+)\)/g)) {
        assert.ok(ids.has(id ?? '') || id === `${views.roadmap}.focus`, `${key}: ${id}`);
      }
    }
  });

  it('shows at most two inline actions on any kind of tree item', () => {
    const kinds = ['topic.notStarted', 'topic.reading', 'topic.done', 'topic.skipped', 'upNext.reading', 'upNext.notStarted', 'section', 'section.choose', 'group', 'problem', 'project', 'project.starter', 'stage', 'stage.open', 'resource'];
    const inline = (contributes.menus['view/item/context'] ?? []).filter(({ group }) => group?.startsWith('inline'));
    for (const kind of kinds) {
      const shown = inline.filter(({ when = '' }) => {
        const exact = /viewItem == ([\w.]+)/.exec(when)?.[1];
        const pattern = /viewItem =~ \/(.+)\//.exec(when)?.[1];
        return exact === kind || (pattern !== undefined && new RegExp(pattern).test(kind));
      });
      assert.ok(shown.length <= 2, `${kind}: ${shown.map(({ command }) => command).join(', ')}`);
    }
  });

  it('has every text in package.nls.json, and no text too many', () => {
    const used = new Set([...text.matchAll(/%([\w.]+)%/g)].map(([, key]) => key as string));
    assert.deepEqual([...used].sort(), Object.keys(nls).sort());
  });

  it('names only files that exist', () => {
    const files = [manifest.icon, ...contributes.viewsContainers.activitybar.map(({ icon }) => icon), ...contributes.walkthroughs.flatMap(({ steps }) => steps.map(({ media }) => media.svg))];
    for (const file of files) assert.ok(existsSync(join(root, file)), file);
  });

  it('pins every package exactly, ships none unbundled, and compiles against the oldest supported editor', () => {
    for (const [name, version] of Object.entries(manifest.devDependencies)) assert.match(version, /^\d+\.\d+\.\d+(-[\w.]+)?$/, name);
    assert.equal(manifest.dependencies, undefined);
    assert.equal(`^${manifest.devDependencies['@types/vscode']}`, manifest.engines.vscode);
  });

  it('activates for nothing that the learner did not ask for', () => {
    for (const event of manifest.activationEvents) assert.doesNotMatch(event, /^\*$|onStartupFinished|onLanguage/);
  });

  it('keeps registry addresses out of the lock file', () => {
    assert.doesNotMatch(readFileSync(join(root, 'package-lock.json'), 'utf8'), /"resolved":/);
  });
});
