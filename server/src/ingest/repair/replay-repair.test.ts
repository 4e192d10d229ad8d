import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { silentProgress } from '../../kernel/index.ts';
import { openDuck } from '../../store/index.ts';
import { openMunicipalDatabase } from '../open-database.ts';
import { openRegistered, readAndPublish } from '../process-package.ts';
import { digestTables } from '../rebuild/digest.ts';
import { listEditions } from '../rebuild/editions.ts';
import {
  citizenId,
  paymentDataset,
  paymentRow,
  personDataset,
  personRow,
} from '../testing/people.ts';
import { openSharedWorld } from '../testing/repair-setup.ts';
import type { IngestWorld } from '../world.ts';
import { approveRepair, proposeCodeMap, proposeEdit, replayRepair } from './index.ts';

const shared = await openSharedWorld(['R1', 'R2']);
const { world } = shared;
const who = { reason: '与原件核对', by: '张经办' };

/** Packages and repairs in turn: edits carried over, a mapping used later, rows released. */
async function live(): Promise<void> {
  const [feed, other] = [shared.feed('R1'), shared.feed('R2')];
  const people = (name: string) =>
    personDataset([personRow(1), personRow(2, { AAC002: '14050219600101000X', AAC003: name })]);
  const payments = paymentDataset([paymentRow(1, { AAE140: '11' }), paymentRow(2), paymentRow(3)]);
  const first = await feed.load([people('甲')]);
  await other.load([payments]);
  const changes = { AAC002: citizenId(2) };
  const edit = await proposeEdit(world, {
    ...who,
    packageId: first,
    dataset: 'person',
    line: 3,
    changes,
  });
  await approveRepair(world, edit.repairId, '李复核');
  const mapping = { src: 'R2', field: 'AAE140', from: '11', to: '110' };
  const map = await proposeCodeMap(world, { ...who, ...mapping });
  await approveRepair(world, map.repairId, '李复核');
  await feed.load([people('乙')]);
  await other.load([payments]);
}

test('packages and repairs read again in their order give the same tables and quarantine', async () => {
  await live();
  const steps = await listEditions(world.duck);
  assert.deepEqual(
    steps.map((step) => step.kind),
    ['package', 'package', 'repair', 'repair', 'package', 'package'],
  );
  const duck = await openDuck({
    file: join(shared.opened.dir, 'again.duckdb'),
    stagingDir: world.folders.staging,
    tempDir: join(shared.opened.dir, 'tmp'),
    memoryLimit: '512MiB',
    threads: 2,
  });
  try {
    await openMunicipalDatabase(duck, world.content);
    const copy: IngestWorld = { ...world, duck };
    let edition = 0;
    for (const step of steps) {
      edition += 1;
      if (step.kind === 'repair') {
        assert.deepEqual(await replayRepair(copy, step.repairId, edition), []);
      } else {
        const opened = await openRegistered(copy, step.batch);
        await readAndPublish(copy, opened, silentProgress, { skipPlausibility: true });
      }
    }
    const tables = [...world.content.tables.values()];
    assert.deepEqual(await digestTables(duck, tables), await digestTables(world.duck, tables));
    assert.deepEqual(await repaired(copy), await repaired(world));
    assert.equal((await repaired(copy)).length, 3);
  } finally {
    await duck.close();
  }
});

const repaired = ({ duck }: IngestWorld) =>
  duck.read((session) => session.rows('select * from feed.repaired order by all'));
