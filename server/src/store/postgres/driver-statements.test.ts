import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { driverStatements } from './driver-statements.ts';
import { openPostgres } from './open.ts';

test('the rows of every statement of one text come back, with the driver’s own values', async () => {
  const dataDir = await mkdtemp(join(tmpdir(), 'huiliu-driver-'));
  const postgres = await openPostgres({ dataDir });
  try {
    const { executeSql } = driverStatements(postgres.pool);
    const several = await executeSql('begin; select 1 as lock; select 2 as claim; commit');
    assert.deepEqual(several.rows, [{ lock: 1 }, { claim: 2 }]);
    const one = await executeSql('select $1::timestamptz as at', ['2026-11-29T08:00:00+08:00']);
    assert.ok(one.rows[0]?.at instanceof Date);
  } finally {
    await postgres.close();
    await rm(dataDir, { recursive: true, force: true });
  }
});
