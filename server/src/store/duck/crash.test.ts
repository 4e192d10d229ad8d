import assert from 'node:assert/strict';
import test from 'node:test';
import { afterwards, duckOptions, scratchFolder, startChild } from '../fixtures/scratch.ts';
import { openDuck } from '../index.ts';

interface Said {
  readonly begun?: number;
  readonly committed?: number;
}

for (const killAfter of [1, 4, 9]) {
  test(`kill -9 inside transaction ${killAfter} keeps every acknowledged batch and no half one`, async (t) => {
    const dir = await scratchFolder(t);
    const child = startChild(t, 'duck-writer.ts', [dir]);
    const said: Said[] = [];
    while (said.at(-1)?.begun !== killAfter) said.push((await child.next()) as Said);
    said.push(...((await child.kill()) as Said[]));
    const acknowledged = said.flatMap((line) => line.committed ?? []);
    const begun = Math.max(...said.flatMap((line) => line.begun ?? []));

    const duck = await openDuck(duckOptions(dir));
    afterwards(t, () => duck.close());
    const batches = await duck.read((s) =>
      s.rows<{ batch: number; n: bigint }>(
        'select batch, count(*) as n from batch_row group by batch order by batch',
      ),
    );
    assert.ok(batches.every((each) => each.n === 5000n));
    const present = batches.map((each) => each.batch);
    assert.deepEqual(present.slice(0, acknowledged.length), acknowledged);
    // The commit may have reached the disk just before the kill, unacknowledged; nothing later can.
    assert.ok(present.length <= begun);
  });
}
