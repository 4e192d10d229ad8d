import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isHuiliuError } from '../../kernel/index.ts';
import {
  citizenId,
  paymentDataset,
  paymentRow,
  personDataset,
  personRow,
} from '../testing/people.ts';
import { openSharedWorld } from '../testing/repair-setup.ts';
import type { IngestWorld } from '../world.ts';
import { approveRepair, listRepairs, proposeEdit, recoverRepairs, rejectRepair } from './index.ts';

const shared = await openSharedWorld(['T1', 'T2', 'T3', 'T4', 'T5', 'T6', 'T7', 'T8', 'T9']);
const { world } = shared;

/** The last digit of a correct number, changed. */
const wrongId = (serial: number): string => {
  const id = citizenId(serial);
  return id.slice(0, 17) + (id.endsWith('1') ? '2' : '1');
};

const by = '张经办';
const reason = '与身份证原件核对';

const refusedWith = (code: string) => (error: unknown) => isHuiliuError(error, code);

function edit(packageId: string, line: number, changes: Record<string, string | null>) {
  return proposeEdit(world, { packageId, dataset: 'person', line, changes, reason, by });
}

const quarantined = (src: string) =>
  shared.rows(`select q.dataset, q.line, q.state from feed.quarantine_row q join feed.batch b using (batch)
    where b.src = '${src}' order by b.edition, q.dataset, q.line`);

test('an approved edit publishes the row under its own package and line and keeps the raw value', async () => {
  const wrong = wrongId(100);
  const feed = shared.feed('T1');
  const packageId = await feed.load([
    personDataset([personRow(101), personRow(100, { AAC002: wrong, AAC004: '2' })]),
    paymentDataset([paymentRow(100), paymentRow(101)]),
  ]);
  assert.deepEqual(await quarantined('T1'), [
    { dataset: 'benefit_payment', line: 2n, state: 'open' },
    { dataset: 'person', line: 3n, state: 'open' },
  ]);
  const proposed = await edit(packageId, 3, { AAC002: citizenId(100), AAC003: '测试100' });
  assert.equal(proposed.state, 'proposed');
  assert.deepEqual(proposed.kind === 'edit' && proposed.changes, [
    { column: 'AAC002', before: wrong, after: citizenId(100) },
  ]);
  const applied = await approveRepair(world, proposed.repairId, '李复核');
  assert.equal(applied.state, 'applied', applied.outcome ?? '');
  assert.deepEqual(
    await shared.rows(`select p.id_no, b.package_id, p.line from person p join feed.batch b using (batch)
      where person_id = 'P100'`),
    [{ id_no: citizenId(100), package_id: packageId, line: 3n }],
  );
  assert.deepEqual(
    await shared.rows(`select raw[2] as raw, state, closed_edition from feed.quarantine_row q
      join feed.batch b using (batch) where b.src = 'T1' and q.dataset = 'person'`),
    [{ raw: wrong, state: 'repaired', closed_edition: applied.edition }],
  );
});

test('a repaired person releases the rows that waited for it, and its issues are listed', async () => {
  assert.deepEqual(await shared.rows(`select line from benefit_payment where person_id = 'P100'`), [
    { line: 2n },
  ]);
  assert.equal((await quarantined('T1'))[0]?.state, 'released');
  assert.deepEqual(
    await shared.rows(`select i.line, i.code, i.label from feed.issue i join feed.batch b using (batch)
      where b.src = 'T1'`),
    [{ line: 3n, code: 'ID06', label: 'AAC004' }],
  );
});

test('a repair takes one proposal and one decision of two people', async () => {
  const packageId = await shared
    .feed('T2')
    .load([personDataset([personRow(201), personRow(200, { AAC002: wrongId(200) })])]);
  const changes = { AAC002: citizenId(200) };
  const { repairId } = await edit(packageId, 3, changes);
  await assert.rejects(edit(packageId, 3, changes), refusedWith('INGEST_REPAIR_PENDING'));
  await assert.rejects(
    approveRepair(world, repairId, ` ${by} `),
    refusedWith('INGEST_REPAIR_SECOND_PERSON'),
  );
  await assert.rejects(
    rejectRepair(world, repairId, by, '自己退回'),
    refusedWith('INGEST_REPAIR_SECOND_PERSON'),
  );
  await assert.rejects(
    rejectRepair(world, repairId, '李复核', '不行'),
    refusedWith('INGEST_REASON_MISSING'),
  );
  await assert.rejects(
    shared.opened.postgres.pool.query(
      `update ingest_repair set state = 'approved', decided_by = proposed_by, approval = 0
       where repair_id = $1`,
      [repairId],
    ),
    /violates check constraint/,
  );
  const rejected = await rejectRepair(world, repairId, '李复核', '证件照片看不清');
  assert.equal(rejected.state, 'rejected');
  assert.equal(rejected.decisionReason, '证件照片看不清');
  await assert.rejects(
    approveRepair(world, repairId, '李复核'),
    refusedWith('INGEST_REPAIR_NOT_PROPOSED'),
  );
  const again = await edit(packageId, 3, changes);
  assert.equal((await approveRepair(world, again.repairId, '李复核')).state, 'applied');
  await assert.rejects(edit(packageId, 3, changes), refusedWith('INGEST_REPAIR_ROW_SETTLED'));
});

test('of two officials who approve at once one does', async () => {
  const packageId = await shared
    .feed('T9')
    .load([personDataset([personRow(901), personRow(900, { AAC002: wrongId(900) })])]);
  const { repairId } = await edit(packageId, 3, { AAC002: citizenId(900) });
  const outcomes = await Promise.allSettled([
    approveRepair(world, repairId, '李复核'),
    approveRepair(world, repairId, '王复核'),
  ]);
  assert.deepEqual(outcomes.map((item) => item.status).sort(), ['fulfilled', 'rejected']);
  const published = await shared.rows(
    `select count(*) as n from feed.edition where repair_id = ${repairId}`,
  );
  assert.deepEqual(published, [{ n: 1n }]);
});

test('what cannot be repaired is refused by name', async () => {
  const packageId = await shared
    .feed('T3')
    .load([personDataset([personRow(301), personRow(300, { AAC002: wrongId(300) })])]);
  const good = { AAC002: citizenId(300) };
  const cases: [() => Promise<unknown>, string][] = [
    [() => edit('T3-F-0', 3, good), 'INGEST_PACKAGE_UNKNOWN'],
    [() => edit(packageId, 2, good), 'INGEST_REPAIR_ROW_UNKNOWN'],
    [() => edit(packageId, 2.5, good), 'INGEST_REPAIR_ROW_UNKNOWN'],
    [() => edit(packageId, 3, { AAC999: 'x' }), 'INGEST_REPAIR_COLUMN_UNKNOWN'],
    [() => edit(packageId, 3, { AAC002: wrongId(300) }), 'INGEST_REPAIR_EMPTY'],
    [() => edit(packageId, 3, {}), 'INGEST_REPAIR_EMPTY'],
    [() => approveRepair(world, 999_999, '李复核'), 'INGEST_REPAIR_UNKNOWN'],
    [() => approveRepair(world, 2 ** 40, '李复核'), 'INGEST_REPAIR_UNKNOWN'],
    [
      () =>
        proposeEdit(world, {
          packageId,
          dataset: 'person',
          line: 3,
          changes: good,
          reason: '短',
          by,
        }),
      'INGEST_REASON_MISSING',
    ],
    [
      () => proposeEdit(world, { packageId, dataset: `x'`, line: 3, changes: good, reason, by }),
      'INGEST_REPAIR_ROW_UNKNOWN',
    ],
  ];
  for (const [attempt, code] of cases) await assert.rejects(attempt, refusedWith(code));
});

test('an edit that leaves a fault publishes nothing, says what is wrong and can be proposed again', async () => {
  const packageId = await shared
    .feed('T4')
    .load([
      personDataset([personRow(401), personRow(400, { AAC002: wrongId(400), AAC006: '20230229' })]),
    ]);
  const before = await shared.rows('select max(edition) as edition from feed.edition');
  const { repairId } = await edit(packageId, 3, { AAC002: citizenId(400) });
  const failed = await approveRepair(world, repairId, '李复核');
  assert.equal(failed.state, 'failed');
  assert.match(failed.outcome ?? '', /DATE01 日期不存在或写法不对（AAC006）/);
  assert.doesNotMatch(failed.outcome ?? '', /ID05|1405/);
  assert.deepEqual(await shared.rows('select max(edition) as edition from feed.edition'), before);
  assert.deepEqual(await quarantined('T4'), [{ dataset: 'person', line: 3n, state: 'open' }]);
  const both = await edit(packageId, 3, { AAC002: citizenId(400), AAC006: '19600101' });
  assert.equal((await approveRepair(world, both.repairId, '李复核')).state, 'applied');
});

test('an edit cannot take the key of a published record nor the id number of another person', async () => {
  const packageId = await shared
    .feed('T5')
    .load([
      personDataset([
        personRow(500),
        personRow(501, { AAC001: '' }),
        personRow(502, { AAC002: wrongId(502) }),
      ]),
    ]);
  const key = await edit(packageId, 3, { AAC001: 'P500' });
  const taken = await approveRepair(world, key.repairId, '李复核');
  assert.equal(taken.state, 'failed');
  assert.match(taken.outcome ?? '', /KEY01/);
  const id = await edit(packageId, 4, { AAC002: citizenId(500) });
  const shares = await approveRepair(world, id.repairId, '李复核');
  assert.equal(shares.state, 'failed');
  assert.match(shares.outcome ?? '', /ID08/);
  assert.deepEqual(await shared.rows(`select id_no from person where person_id = 'P500'`), [
    { id_no: citizenId(500) },
  ]);
  const free = await edit(packageId, 3, { AAC001: 'P501' });
  assert.equal((await approveRepair(world, free.repairId, '李复核')).state, 'applied');
});

test('a row with the wrong number of fields is repaired by filling it in whole', async () => {
  const packageId = await shared.feed('T6').load([
    personDataset([personRow(600), personRow(601)], {
      damage: (bytes) => Buffer.from(bytes.toString('latin1').replace('P601|', 'P601'), 'latin1'),
    }),
  ]);
  const columns = [
    'AAC001',
    'AAC002',
    'AAC058',
    'AAC003',
    'AAC004',
    'AAC006',
    'AAC008',
    'AAC084',
    'AAB034',
  ];
  const whole = Object.fromEntries(columns.map((column, i) => [column, personRow(601)[i] ?? '']));
  const { repairId } = await edit(packageId, 3, whole);
  assert.equal((await approveRepair(world, repairId, '李复核')).state, 'applied');
  assert.deepEqual(await shared.rows(`select line from person where person_id = 'P601'`), [
    { line: 3n },
  ]);
});

test('a crash between the municipal database and the register is recovered without a second effect', async () => {
  const packageId = await shared
    .feed('T7')
    .load([
      personDataset([
        personRow(700),
        personRow(701, { AAC002: wrongId(701) }),
        personRow(702, { AAC002: wrongId(702) }),
      ]),
    ]);
  const first = await edit(packageId, 3, { AAC002: citizenId(701) });
  const dying: IngestWorld = {
    ...world,
    onStep: () => {
      throw new Error('power cut');
    },
  };
  await assert.rejects(approveRepair(dying, first.repairId, '李复核'), /power cut/);
  const second = await edit(packageId, 4, { AAC002: citizenId(702) });
  const unwritable: IngestWorld = {
    ...world,
    duck: { ...world.duck, transaction: () => Promise.reject(new Error('power cut')) },
  };
  await assert.rejects(approveRepair(unwritable, second.repairId, '李复核'), /power cut/);
  const ids = [first.repairId, second.repairId];
  const states = async () => (await listRepairs(world, { ids })).map((item) => item.state);
  assert.deepEqual(await states(), ['approved', 'approved']);
  assert.deepEqual(await recoverRepairs(world), ids);
  assert.deepEqual(await states(), ['applied', 'applied']);
  assert.deepEqual(await recoverRepairs(world), []);
  const editions = await shared.rows(
    `select repair_id, count(*) as n from feed.edition where repair_id in (${ids.join(', ')})
     group by 1 order by 1`,
  );
  assert.deepEqual(
    editions,
    ids.map((id) => ({ repair_id: id, n: 1n })),
  );
  assert.deepEqual(
    await shared.rows(
      `select person_id from person where person_id in ('P701', 'P702') order by 1`,
    ),
    [{ person_id: 'P701' }, { person_id: 'P702' }],
  );
});

test('a list of repairs masks personal values and every act is audited', async () => {
  const packageId = await shared
    .feed('T8')
    .load([personDataset([personRow(801), personRow(800, { AAC002: wrongId(800) })])]);
  const { repairId } = await edit(packageId, 3, { AAC002: citizenId(800) });
  await approveRepair(world, repairId, '李复核');
  const [masked] = await listRepairs(world, { packageId });
  assert.equal(masked?.state_title, '已入库');
  assert.equal(masked?.changes[0]?.title, '公民身份号码（社会保障号码）');
  assert.notEqual(masked?.changes[0]?.after, citizenId(800));
  const [plain] = await listRepairs(world, { packageId, plain: true });
  assert.equal(plain?.changes[0]?.after, citizenId(800));
  const { rows } = await shared.opened.postgres.pool.query(
    `select actor, action, object, purpose from audit_entry
     where object = $1 or object = $2 order by seq`,
    [`${packageId} person 3`, `repair ${repairId}`],
  );
  assert.deepEqual(rows, [
    { actor: by, action: 'repair.propose', object: `${packageId} person 3`, purpose: reason },
    {
      actor: '李复核',
      action: 'repair.approve',
      object: `repair ${repairId}`,
      purpose: '审核通过',
    },
  ]);
});
