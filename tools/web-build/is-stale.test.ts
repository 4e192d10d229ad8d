import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { BUILD_STAMP, isStale } from './is-stale.ts';

test('pages are stale until they are built and when a source is newer', (t) => {
  const root = mkdtempSync(join(tmpdir(), 'huiliu-stale-'));
  t.after(() => rmSync(root, { recursive: true }));
  const write = (path: string, at: number) => {
    mkdirSync(join(root, path, '..'), { recursive: true });
    writeFileSync(join(root, path), '');
    utimesSync(join(root, path), at, at);
  };
  write('web/src/views/a.vue', 1_000);
  write('web/index.html', 1_000);
  assert.equal(isStale(root), true);
  write(BUILD_STAMP, 2_000);
  assert.equal(isStale(root), false);
  write('server/src/contract/access.ts', 3_000);
  assert.equal(isStale(root), true);
  write(BUILD_STAMP, 4_000);
  write('web/src/views/a.vue', 5_000);
  assert.equal(isStale(root), true);
});
