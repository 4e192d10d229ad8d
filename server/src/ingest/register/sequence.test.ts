import assert from 'node:assert/strict';
import { test } from 'node:test';
import { silentProgress } from '../../kernel/index.ts';
import { loadPackages } from '../load-packages.ts';
import { openGates } from '../testing/gate-setup.ts';
import { personDataset, personRow } from '../testing/people.ts';
import type { RegisteredPackage } from './model.ts';
import { findByPackageId, movePackage } from './queries.ts';
import { reasonToHold } from './sequence.ts';

const newest = (seq: number): RegisteredPackage => ({
  batch: seq,
  packageId: `A-${seq}`,
  src: 'SX',
  mode: 'F',
  asOf: '2026-10-31',
  seq,
  prevPackageId: null,
  digest: null,
  manifest: null,
  signature: 'valid',
  state: 'published',
  refusal: null,
  edition: seq,
  consent: null,
  reviewBy: null,
  files: [],
  receivedAt: '2026-11-03T09:00:00+08:00',
  publishedAt: '2026-11-03T09:00:00+08:00',
});

test('a package is next in line, or the reason names what it waits for', () => {
  const cases = [
    // [published up to, seq, prev] → code
    [null, 1, null, null],
    [null, 1, 'A-0', null],
    [null, 5, null, null],
    [null, 5, 'A-4', 'SEQ01'],
    [3, 4, 'A-3', null],
    [3, 4, null, null],
    [3, 4, 'A-2', 'SEQ03'],
    [3, 5, 'A-4', 'SEQ01'],
    [3, 3, 'A-2', 'SEQ02'],
    [3, 2, 'A-1', 'SEQ02'],
  ] as const;
  for (const [last, seq, prevPackageId, code] of cases) {
    const link = { packageId: `B-${seq}`, seq, prevPackageId };
    const hold = reasonToHold(link, last === null ? null : newest(last));
    assert.equal(hold?.code ?? null, code, JSON.stringify([last, seq, prevPackageId]));
  }
});

test('a gap of one is named as one number, a longer one as a range', () => {
  const reason = (seq: number) =>
    reasonToHold({ packageId: 'B', seq, prevPackageId: null }, newest(3))?.reason ?? '';
  assert.match(reason(5), /缺 4。/);
  assert.match(reason(6), /缺 4–5。/);
});

test('a package moves only from the state it is thought to be in', async (t) => {
  const { world, build } = await openGates(t);
  const { dir } = await build({ datasets: [personDataset([personRow(1)])], packageId: 'M-2' });
  await loadPackages(world, [dir], silentProgress);
  const found = await findByPackageId(world.db, 'M-2');
  assert.equal(found?.state, 'published');
  const batch = found?.batch ?? 0;
  assert.equal(await movePackage(world.db, batch, ['held', 'received'], 'refused'), false);
  assert.equal((await findByPackageId(world.db, 'M-2'))?.state, 'published');
});
