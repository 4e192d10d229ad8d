import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { silentProgress } from '../../kernel/index.ts';
import { loadPackages } from '../load-packages.ts';
import { type OpenedWorld, scratchWorld } from './open-world.ts';
import { buildPackage } from './package-builder.ts';
import { paymentDataset, paymentRow, personDataset, personRow } from './people.ts';

test('worlds of one test file share a server and nothing else', async (t) => {
  const first = await scratchWorld(t);
  const second = await scratchWorld(t);
  const { dir } = await buildPackage(join(first.dir, 'tmp', 'package'), {
    datasets: [personDataset([personRow(1)]), paymentDataset([paymentRow(1)])],
  });
  const [report] = await loadPackages(first.world, [dir], silentProgress);
  assert.equal(report?.state, 'published');
  assert.equal(report?.acceptance_rate, 1);
  const count = ({ world }: OpenedWorld) =>
    world.duck.read((session) => session.first('select count(*) as n from main.benefit_payment'));
  assert.deepEqual(await count(first), { n: 1n });
  assert.deepEqual(await count(second), { n: 0n });
});
