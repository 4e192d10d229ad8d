import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { openKeyStore } from '../security/index.ts';
import { openDuck } from '../store/index.ts';
import { runCommand } from './testing/run-command.ts';

const SAMPLE = join(import.meta.dirname, '../../../tools/sample-package');

describe('keys of a data folder that is in use', async () => {
  const data = await mkdtemp(join(tmpdir(), 'huiliu-rotation-'));
  after(() => rm(data, { recursive: true, force: true }));
  const run = async (...words: string[]) => {
    const result = await runCommand(...words, '--data', data);
    assert.equal(result.code, 0, result.err);
    return result.out;
  };
  const opens = async (keyId: string) => {
    const keys = await openKeyStore({ dir: join(data, 'config', 'keys') });
    const duck = await openDuck({
      ...{ file: join(data, 'city.duckdb'), keys: [keys.find(keyId).secret] },
      ...{ stagingDir: join(data, 'staging'), tempDir: join(data, 'tmp') },
    });
    await duck.close();
  };

  it('the municipal database stays readable under the old key and moves to the new one by a rebuild', async () => {
    await run('feed', 'load', SAMPLE, '--no-pipeline');
    await opens('city-1');
    await run('keys', 'rotate', 'city');
    assert.match(await run('feed', 'status'), /SX-F-20261031-001/);
    await assert.rejects(opens('city-2'), { code: 'STORE_DUCK_KEY_WRONG' });
    await run('feed', 'rebuild');
    await opens('city-2');
    await assert.rejects(opens('city-1'), { code: 'STORE_DUCK_KEY_WRONG' });
    assert.match(await run('feed', 'status'), /SX-F-20261031-001/);
  });

  it('fields, files and checkpoints go on under new keys, and what was written before is read', async () => {
    for (const purpose of ['field', 'file', 'anchor']) await run('keys', 'rotate', purpose);
    await run('feed', 'rebuild');
    const report = JSON.parse(await run('audit', 'verify', '--json'));
    assert.deepEqual([report.sound, report.bad_checkpoint], [true, null]);
    const lines = await readFile(join(data, 'audit-anchor', 'checkpoints.jsonl'), 'utf8');
    const signedBy = lines
      .trim()
      .split('\n')
      .map((line) => (JSON.parse(line) as { key_id: string }).key_id);
    assert.ok(signedBy.includes('anchor-1') && signedBy.includes('anchor-2'), signedBy.join());
  });

  it('the key of the blind indexes is not rotated: what could be found would be found no more', async () => {
    const refused = await runCommand('keys', 'rotate', 'blind', '--data', data);
    assert.equal(refused.code, 2);
    assert.match(refused.err, /盲索引换钥须重建索引/);
  });
});
