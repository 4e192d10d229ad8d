import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { holdForReview, loadPackages } from '../ingest/index.ts';
import { silentProgress } from '../kernel/index.ts';
import { httpWorld } from './http-world.ts';
import { openWorkspace } from './workspace.ts';

const SAMPLE = join(import.meta.dirname, '../../../tools/sample-package');
const PACKAGE = 'SX-F-20261031-001';

test('a package that is read in is told apart from one that waits for a person', async (t) => {
  const dir = await mkdtemp(join(tmpdir(), 'huiliu-loading-'));
  const workspace = await openWorkspace({ dataDir: dir, purpose: '测试', memoryLimit: '1GiB' });
  t.after(async () => {
    await workspace.close();
    await rm(dir, { recursive: true, force: true });
  });
  const shown = async () => (await httpWorld(workspace).findPackage(PACKAGE)).state;
  const during: Promise<string>[] = [];
  const ingest = {
    ...workspace.ingest,
    onStep: (step: string) => {
      if (step === 'received' || step === 'staged') during.push(shown());
    },
  };
  await holdForReview(ingest, { path: SAMPLE, by: '王敏' }, silentProgress);
  assert.deepEqual([...new Set(await Promise.all(during))], ['received']);
  assert.equal(await shown(), 'awaiting', 'it waits for a person now');
  await loadPackages(workspace.ingest, [SAMPLE], silentProgress);
  assert.equal(await shown(), 'awaiting', 'and sending it again does not pass that person by');
});
