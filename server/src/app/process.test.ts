import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { runCommand } from './testing/run-command.ts';

const RECEIPT = join(import.meta.dirname, '../process/fixtures/receipt.csv.gz');

describe('process at the command line', () => {
  let data = '';
  const json = async (...words: string[]) => {
    const { code, out, err } = await runCommand(...words, '--json', '--data', data);
    assert.equal(code, 0, err);
    return JSON.parse(out);
  };

  before(async () => {
    data = await mkdtemp(join(tmpdir(), 'huiliu-process-cli-'));
  });
  after(() => rm(data, { recursive: true, force: true }));

  it('imports a file under its name and answers with the map of the contract', async () => {
    const info = await json('process', 'import', RECEIPT);
    assert.deepEqual([info.log, info.cases, info.events], ['receipt', 1434, 8577]);
    const map = await json('process', 'map', '--log', 'receipt');
    assert.deepEqual(
      [map.log, map.cases, map.events, map.activities, map.variants],
      ['receipt', 1434, 8577, 27, 116],
    );
    assert.equal(map.edges.length, 99);
    for (const name of ['from', 'to', 'count', 'median_s', 'mean_s', 'p90_s', 'max_s']) {
      assert.ok(name in map.edges[0], name);
    }
    assert.deepEqual([map.start.length, map.end.length], [1, 14]);
    assert.deepEqual(
      ['median_s', 'mean_s', 'max_s', 'p90_s'].filter((name) => !(name in map.duration)),
      [],
    );
  });

  it('filters by options, and refuses one that is not written as it should be', async () => {
    const options = ['--log', 'receipt', '--attribute', 'department=General', '--by', 'within'];
    const page = await json('process', 'variants', ...options, '--from', '2011-01-01');
    assert.ok(page.cases > 0 && page.cases < 1434);
    const refused = await runCommand('process', 'map', '--leads-to', '甲', '--data', data);
    assert.equal(refused.code, 2);
    assert.match(refused.err, /甲>乙/);
  });
});
