import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { runCommand } from './testing/run-command.ts';

test('the demonstration publishes the sample and three months, and does it once', async () => {
  const data = await mkdtemp(join(tmpdir(), 'huiliu-demo-test-'));
  try {
    const words = ['demo', '--persons', '500', '--no-serve', '--data', data];
    const first = await runCommand(...words);
    assert.equal(first.code, 0, first.err);
    assert.equal(first.out.match(/ {2}已发布/g)?.length, 4, first.out);
    assert.equal(first.out.match(/回流率 100\.00%/g)?.length, 4, first.out);
    assert.match(first.out, /发布后的比对与检查：第 1 次，版次 \d+，完成/);
    assert.match(first.out, /疑点转为预警：完成/);
    const again = await runCommand(...words);
    assert.equal(again.code, 0, again.err);
    assert.match(again.out, /重复（已发布）/);
    assert.match(again.out, /已经装好/);
  } finally {
    await rm(data, { recursive: true, force: true });
  }
});
