import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { silentProgress } from '../../kernel/index.ts';
import { openDuck } from '../../store/index.ts';
import { releasePackage } from '../consent.ts';
import { loadPackages } from '../load-packages.ts';
import { openMunicipalDatabase } from '../open-database.ts';
import { openRegistered, readAndPublish } from '../process-package.ts';
import { digestTables } from '../rebuild/digest.ts';
import { listEditions } from '../rebuild/editions.ts';
import { buildPackage } from '../testing/package-builder.ts';
import {
  citizenId,
  PERSON_COLUMNS,
  paymentDataset,
  paymentRow,
  personDataset,
  personRow,
} from '../testing/people.ts';
import { openSharedWorld } from '../testing/repair-setup.ts';
import type { IngestWorld } from '../world.ts';
import { approveRepair, listRepairs, proposeCodeMap, proposeEdit, replayRepair } from './index.ts';

const shared = await openSharedWorld(['R1', 'R2', 'R3']);
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

test('an older package laid in before repairs renumbers them, and what it overtakes is withdrawn', async () => {
  const bad = { AAC002: '14050219600101000X' };
  const change = (serial: number, wrong: object = {}) => [
    ...['U', '20261031000000'],
    ...personRow(serial, wrong),
  ];
  const send = async (seq: number, rows: string[][]) => {
    const packageId = `R3-I-20261031-00${seq}`;
    const columns = ['op', 'op_time', ...PERSON_COLUMNS];
    const spec = { packageId, src: 'R3', mode: 'I', seq } as const;
    const datasets = [personDataset(rows, { columns, keys: ['AAC001'] })];
    const { dir } = await buildPackage(join(shared.opened.dir, 'tmp', packageId), {
      ...spec,
      datasets,
    });
    const [report] = await loadPackages(world, [dir], silentProgress);
    if (report?.state === 'held') {
      await releasePackage(
        world,
        { packageId, by: '王负责', reason: '缺的包稍后补' },
        silentProgress,
      );
    }
    return packageId;
  };
  const repair = async (packageId: string, serial: number) => {
    const request = { ...who, packageId, dataset: 'person', line: 2 };
    const edit = await proposeEdit(world, { ...request, changes: { AAC002: citizenId(serial) } });
    return approveRepair(world, edit.repairId, '李复核');
  };
  const first = await send(1, [change(12, bad)]);
  const third = await send(3, [change(13, bad)]);
  const overtaken = await repair(first, 12);
  const kept = await repair(third, 13);
  assert.deepEqual([overtaken.state, kept.state], ['applied', 'applied']);
  await send(2, [change(12, { AAC003: '后来' })]);
  const ids = [overtaken.repairId, kept.repairId];
  const views = await listRepairs(world, { ids });
  assert.deepEqual(
    views.map(({ state, edition }) => ({ state, edition })),
    [
      { state: 'failed', edition: null },
      { state: 'applied', edition: (kept.edition ?? 0) + 1 },
    ],
  );
  assert.match(views[0]?.outcome ?? '', /重建后不再生效/);
  assert.deepEqual(
    await shared.rows(
      `select person_id, name from person where person_id in ('P12', 'P13') order by 1`,
    ),
    [
      { person_id: 'P12', name: '后来' },
      { person_id: 'P13', name: '测试13' },
    ],
  );
});
