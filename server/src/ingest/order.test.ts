import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import fc from 'fast-check';
import { silentProgress } from '../kernel/index.ts';
import { loadPackages } from './load-packages.ts';
import { newDatabase, openWorld } from './testing/open-world.ts';
import { type PublishedState, publishedState } from './testing/published-state.ts';
import { buildTwoSources, TWO_SOURCES } from './testing/two-sources.ts';

let dir = '';
let packages: readonly string[] = [];

before(async () => {
  dir = await mkdtemp(join(tmpdir(), 'huiliu-order-'));
  packages = await buildTwoSources(join(dir, 'sent'));
});
after(() => rm(dir, { recursive: true, force: true }));

/** Loads packages (by number) in this order into an empty world and reads what is published. */
async function stateAfter(order: readonly number[]): Promise<PublishedState> {
  const dataDir = await mkdtemp(join(dir, 'world-'));
  const opened = await openWorld({
    dataDir,
    postgresUrl: await newDatabase(),
    content: TWO_SOURCES,
  });
  try {
    for (const index of order) {
      await loadPackages(opened.world, [packages[index] ?? ''], silentProgress);
    }
    return await publishedState(opened.world);
  } finally {
    await opened.close();
    await rm(dataDir, { recursive: true, force: true });
  }
}

test('the same packages in any order, any number of times, give the same published state', async () => {
  const expected = await stateAfter([0, 1, 2, 3, 4]);
  assert.deepEqual(Object.keys(expected.tables).sort(), [
    'benefit_payment',
    'death_event',
    'enrolment',
    'person',
    'unit',
  ]);
  assert.deepEqual(expected.quarantine, [
    'MZ-1 enrolment 4',
    'MZ-3 benefit_payment 6',
    'SX-2 person 4',
  ]);
  const all = [0, 1, 2, 3, 4];
  await fc.assert(
    fc.asyncProperty(
      fc.shuffledSubarray(all, { minLength: 5 }),
      fc.array(fc.tuple(fc.nat(5), fc.nat(4)), { maxLength: 4 }),
      async (order, repeats) => {
        const given = repeats.reduce((list, [at, item]) => list.toSpliced(at, 0, item), order);
        assert.deepEqual(await stateAfter(given), expected, `order ${given}`);
      },
    ),
    { seed: 20261103, numRuns: 6, endOnFailure: true },
  );
});

test('the civil affairs packages first, or between those of the core system, change nothing', async () => {
  const expected = await stateAfter([0, 1, 2, 3, 4]);
  for (const order of [
    [2, 3, 4, 0, 1],
    [4, 3, 2, 1, 0],
    [2, 0, 3, 1, 4],
  ]) {
    assert.deepEqual(await stateAfter(order), expected, `order ${order}`);
  }
});
