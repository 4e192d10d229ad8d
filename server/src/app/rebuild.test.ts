import assert from 'node:assert/strict';
import { mkdtemp, readdir, rm, truncate } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { runCommand } from './testing/run-command.ts';

const SAMPLE = join(import.meta.dirname, '../../../tools/sample-package');

describe('feed rebuild on a folder whose municipal database is lost', async () => {
  const data = await mkdtemp(join(tmpdir(), 'huiliu-lost-'));
  after(() => rm(data, { recursive: true, force: true }));
  const file = join(data, 'city.duckdb');
  const feed = (...words: string[]) => runCommand('feed', ...words, '--data', data);

  it('refuses to load onto an emptied folder and says what to do', async () => {
    assert.equal((await feed('load', SAMPLE, '--no-pipeline')).code, 0);
    await rm(file);
    const refused = await feed('load', SAMPLE, '--no-pipeline');
    assert.equal(refused.code, 2);
    assert.match(refused.err, /INGEST_DATABASE_BEHIND/);
    assert.match(refused.err, /\.\/huiliu feed rebuild/);
  });

  it('builds it from the raw files and ends well', async () => {
    const rebuilt = await feed('rebuild');
    assert.equal(rebuilt.code, 0, rebuilt.err);
    assert.match(rebuilt.out, /原来没有市级数据库.*共重放 1 次发布/);
    assert.match((await feed('load', SAMPLE, '--no-pipeline')).out, /重复（已发布）/);
  });

  it('names a damaged file at every other command, and rebuilds it beside the damaged one', async () => {
    await truncate(file, 5000);
    const refused = await feed('status');
    assert.equal(refused.code, 3);
    assert.match(refused.err, /feed rebuild.*STORE_DUCK_UNREADABLE/);
    const rebuilt = await feed('rebuild', '--json');
    assert.equal(rebuilt.code, 0, rebuilt.err);
    const { reason, kept } = JSON.parse(rebuilt.out) as { reason: string; kept: string };
    assert.equal(reason, 'damaged');
    assert.ok((await readdir(data)).includes(kept));
    assert.equal((await feed('rebuild')).code, 0);
  });
});
