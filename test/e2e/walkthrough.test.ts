import * as assert from 'node:assert/strict';
import { takePicture, useEditor } from './editor.js';
import { total } from './roadmap.js';

describe('the walkthrough', () => {
  const editor = useEditor();

  it('leads from the roadmap to a project in five steps, each with a picture and a button that works', async () => {
    const workbench = await editor.open({ viewport: { width: 1600, height: 900 } });
    await workbench.runCommand('Backend Roadmap: Open Walkthrough');
    const page = workbench.page.locator('.gettingStartedContainer');
    const steps = page.locator('.getting-started-step');
    await steps.nth(4).waitFor();
    assert.equal(await steps.count(), 5);
    for (const [title, shown] of [
      ['See the whole roadmap', 'Fundamentals'], ['Read your first note', 'I/O and IPC'], ['Mark it done', 'How an OS works'],
      ['Choose your languages', 'JavaScript and TypeScript'], ['Build something real', 'distributed-cache'],
    ] as const) {
      const step = steps.filter({ hasText: title });
      await step.locator('.step-title').click();
      await step.locator('.monaco-button').waitFor();
      assert.ok((await step.innerText()).length > title.length + 40, `${title}: the step says what to do`);
      await workbench.webview().locator('svg').getByText(shown, { exact: true }).waitFor();
      await takePicture(workbench, `walkthrough-${title.toLowerCase().replaceAll(' ', '-')}`);
    }

    await steps.filter({ hasText: 'See the whole roadmap' }).locator('.step-title').click();
    await steps.getByRole('button', { name: 'Show the Roadmap' }).click();
    await workbench.statusBarItem(`0/${total}`).waitFor();
    await workbench.treeItem('Fundamentals').waitFor();
    await steps.filter({ hasText: 'Choose your languages' }).locator('.step-title').click();
    await steps.getByRole('button', { name: 'Choose Languages' }).click();
    await workbench.quickInput.asks('Pick one or two; the others stay open to you and leave the total');
    await workbench.quickInput.pickMany(['Rust']);
    await workbench.statusBarItem(`0/${total - 1}`).waitFor();
    await steps.filter({ hasText: 'Read your first note' }).locator('.step-title').click();
    await steps.getByRole('button', { name: 'Open What’s Next' }).click();
    await workbench.webview().getByRole('heading', { level: 1 }).waitFor();
  });
});
