import * as assert from 'node:assert/strict';
import * as vscode from 'vscode';

const extensionId = process.env.BACKEND_ROADMAP_EXTENSION_ID ?? 'backend-roadmap.backend-roadmap';

describe('activation', () => {
  it('finds the extension by its id and activates it', async () => {
    const extension = vscode.extensions.getExtension(extensionId);
    assert.ok(extension, `${extensionId} is not installed`);
    await extension.activate();
    assert.equal(extension.isActive, true);
  });
});
