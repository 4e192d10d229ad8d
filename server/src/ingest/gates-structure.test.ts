import assert from 'node:assert/strict';
import { test } from 'node:test';
import { silentProgress } from '../kernel/index.ts';
import { acceptPackage } from './consent.ts';
import type { PackageReport } from './report.ts';
import { FIRST_PACKAGE, openGates } from './testing/gate-setup.ts';
import { TEST_CONTENT } from './testing/open-world.ts';
import {
  citizenId,
  PAYMENT_COLUMNS,
  PERSON_COLUMNS,
  paymentDataset,
  paymentRow,
  personDataset,
  personRow,
} from './testing/people.ts';
import { currentRows, rowFaults } from './testing/published-state.ts';

const PAYMENTS = [paymentRow(1), paymentRow(2)];
const without = (
  columns: readonly string[],
  name: string,
  rows: readonly (readonly string[])[],
) => {
  const at = columns.indexOf(name);
  return { columns: columns.toSpliced(at, 1), rows: rows.map((row) => row.toSpliced(at, 1)) };
};

test('gate G6: a dataset of the wrong structure is refused', async (t) => {
  const { stopped, stoppedReport, world } = await openGates(t);

  await t.test('the header of the file differs from the manifest', async () => {
    const columns = [...PAYMENT_COLUMNS.slice(0, 2), 'AAC999', ...PAYMENT_COLUMNS.slice(3)];
    await stopped(
      { datasets: [paymentDataset(PAYMENTS, { declare: { columns } })] },
      { gate: 'G6', code: 'HEAD01', names: ['benefit_payment', '第 3 列', 'AAC001', 'AAC999'] },
    );
    await stopped(
      {
        datasets: [
          paymentDataset(PAYMENTS, { declare: { columns: [...PAYMENT_COLUMNS, 'AAE357'] } }),
        ],
      },
      { gate: 'G6', code: 'HEAD01', names: ['benefit_payment', '9 列', '10 列'] },
    );
  });

  await t.test('a required column is missing', () =>
    stopped(
      {
        datasets: [
          paymentDataset([], { money: [], ...without(PAYMENT_COLUMNS, 'AAE019', PAYMENTS) }),
        ],
      },
      { gate: 'G6', code: 'HEAD02', names: ['benefit_payment', 'AAE019'] },
    ),
  );

  await t.test('one column under its code and under its name', () =>
    stopped(
      {
        datasets: [
          paymentDataset(
            PAYMENTS.map((row) => [...row, 'P1']),
            { columns: [...PAYMENT_COLUMNS, 'person_id'] },
          ),
        ],
      },
      { gate: 'G6', code: 'HEAD03', names: ['benefit_payment', 'person_id'] },
    ),
  );

  await t.test('an incremental file without op and op_time', () =>
    stopped(
      { datasets: [paymentDataset(PAYMENTS, { mode: 'I' })] },
      { gate: 'G6', code: 'HEAD04', names: ['benefit_payment', 'op_time'] },
    ),
  );

  await t.test('a dataset that is no table of ours', () =>
    stopped(
      { datasets: [personDataset([personRow(1)], { dataset: 'people' })] },
      { gate: 'G6', code: 'TABLE01', names: ['people'] },
    ),
  );

  await t.test('one key twice, with its lines shown', async () => {
    const rows = [paymentRow(1), paymentRow(2), paymentRow(1, { AAE019: '9.00' }), paymentRow(3)];
    const report = await stoppedReport(
      { datasets: [paymentDataset(rows)] },
      { gate: 'G6', code: 'KEY01', names: ['benefit_payment.txt', '2 行', '第 2 行'] },
    );
    assert.deepEqual(await rowFaults(world, report.package_id ?? ''), [
      'benefit_payment 2 AAZ220 KEY01 refused',
      'benefit_payment 4 AAZ220 KEY01 refused',
    ]);
  });
});

test('gate G6: the other datasets of the package load, unless the source wants all or none', async (t) => {
  const datasets = [
    personDataset([personRow(1), personRow(2), personRow(3)]),
    paymentDataset([paymentRow(1), paymentRow(1, { AAE019: '9.00' }), paymentRow(3)]),
  ];

  await t.test(
    'the refused dataset keeps what was published before and shows its rows',
    async (t) => {
      const { build, loadOne, world } = await openGates(t);
      const before = await currentRows(world, 'benefit_payment');
      const report = await loadOne((await build({ datasets })).dir);
      assert.equal(report.state, 'published');
      const [payments, persons] = report.datasets;
      assert.deepEqual(
        [payments?.state, payments?.gate, payments?.code],
        ['refused', 'G6', 'KEY01'],
      );
      assert.deepEqual([payments?.declared, payments?.landed, payments?.accepted], [3, 0, 0]);
      assert.deepEqual([persons?.state, persons?.added, persons?.unchanged], ['accepted', 1, 2]);
      assert.equal(report.return_rate, 0.5);
      assert.deepEqual(await currentRows(world, 'benefit_payment'), before);
      assert.deepEqual(await rowFaults(world, report.package_id ?? ''), [
        'benefit_payment 2 AAZ220 KEY01 refused',
        'benefit_payment 3 AAZ220 KEY01 refused',
      ]);
    },
  );

  await t.test('a source that is refused whole', async (t) => {
    const profile = TEST_CONTENT.sources.get('SX');
    assert.ok(profile !== undefined);
    const sources = new Map(TEST_CONTENT.sources).set('SX', { ...profile, refuseWhole: true });
    const { stoppedReport, world } = await openGates(t, { content: { ...TEST_CONTENT, sources } });
    const report = await stoppedReport(
      { datasets },
      { gate: 'G6', code: 'KEY01', names: ['benefit_payment.txt', '2 行'] },
    );
    assert.equal((await rowFaults(world, report.package_id ?? '')).length, 2);
    assert.deepEqual(
      report.datasets.map((item) => [item.dataset, item.state]),
      [['benefit_payment', 'refused']],
    );
  });
});

test('keys that only nearly repeat are not refused', async (t) => {
  const { build, loadOne, world } = await openGates(t);
  const change = (op: string, time: string | null, row: readonly string[]) => [
    op,
    time ?? '',
    ...row,
  ];
  const incremental = paymentDataset(
    [
      change('I', '20261101000000', paymentRow(3, { AAC001: 'P1' })),
      change('U', '20261102000000', paymentRow(3, { AAC001: 'P1', AAE019: '2.00' })),
      change('U', '昨天', paymentRow(1)),
      change('U', '昨天', paymentRow(1)),
      change('U', '20261102000000', paymentRow(2, { AAE003: '202613' })),
      change('U', '20261102000000', paymentRow(2, { AAE003: '202613' })),
    ],
    { mode: 'I', columns: ['op', 'op_time', ...PAYMENT_COLUMNS] },
  );
  const report = await loadOne((await build({ datasets: [incremental] })).dir);
  assert.deepEqual([report.state, report.reason], ['published', null]);
  assert.deepEqual(await rowFaults(world, report.package_id ?? ''), [
    'benefit_payment 4 op_time DATE01 open',
    'benefit_payment 5 op_time DATE01 open',
    'benefit_payment 6 AAE003 DATE01 open',
    'benefit_payment 7 AAE003 DATE01 open',
  ]);
});

test('gate G7: one citizen number on two persons', async (t) => {
  await t.test('within a file the first keeps it and the second is quarantined', async (t) => {
    const { build, loadOne, world } = await openGates(t);
    const twin = personRow(4, { AAC002: citizenId(3) });
    const datasets = [personDataset([personRow(1), personRow(2), personRow(3), twin])];
    const report = await loadOne((await build({ datasets })).dir);
    assert.deepEqual([report.state, report.datasets[0]?.quarantined], ['published', 1]);
    assert.deepEqual(await rowFaults(world, report.package_id ?? ''), [
      'person 5 AAC002 ID08 open',
    ]);
  });

  await t.test('who held it before keeps it', async (t) => {
    const { build, loadOne, world } = await openGates(t);
    const thief = personRow(9, { AAC002: citizenId(1) });
    const rows = [thief, personRow(1), personRow(2)];
    const report = await loadOne((await build({ datasets: [personDataset(rows)] })).dir);
    assert.deepEqual(await rowFaults(world, report.package_id ?? ''), [
      'person 2 AAC002 ID08 open',
    ]);
    const ids = (await currentRows(world, 'person')).map(({ values }) => values.person_id);
    assert.deepEqual(ids, ['P1', 'P2']);
  });

  await t.test(
    'a number its holder gives up in the same package passes to the other',
    async (t) => {
      const { build, loadOne, world } = await openGates(t);
      const rows = [personRow(1, { AAC002: citizenId(7) }), personRow(2, { AAC002: citizenId(1) })];
      const report = await loadOne((await build({ datasets: [personDataset(rows)] })).dir);
      assert.deepEqual(await rowFaults(world, report.package_id ?? ''), []);
    },
  );

  await t.test('a holder whom the full file no longer names has given it up', async (t) => {
    const { build, loadOne, world } = await openGates(t);
    const rows = [personRow(2), personRow(3, { AAC002: citizenId(1) })];
    const report = await loadOne((await build({ datasets: [personDataset(rows)] })).dir);
    assert.deepEqual(await rowFaults(world, report.package_id ?? ''), []);
    const ids = (await currentRows(world, 'person')).map(({ values }) => values.person_id);
    assert.deepEqual(ids, ['P2', 'P3']);
  });

  await t.test('a holder deleted in the same incremental file has given it up', async (t) => {
    const { build, loadOne, world } = await openGates(t);
    const rows = [
      ['D', '20261101000000', ...personRow(1)],
      ['I', '20261101000000', ...personRow(3, { AAC002: citizenId(1) })],
    ];
    const columns = ['op', 'op_time', ...PERSON_COLUMNS];
    const dataset = personDataset(rows, { mode: 'I', columns });
    const report = await loadOne((await build({ datasets: [dataset] })).dir);
    assert.deepEqual(await rowFaults(world, report.package_id ?? ''), []);
  });
});

test('gate G8: what looks unlike before waits for a person', async (t) => {
  const columns = [...PERSON_COLUMNS, 'XYZ999'];
  const drifted = personDataset(
    [
      [...personRow(1), '?'],
      [...personRow(2), '?'],
    ],
    { columns },
  );

  await t.test('an unknown column', async (t) => {
    const { stoppedReport, world } = await openGates(t);
    const report = await stoppedReport(
      { datasets: [drifted] },
      { state: 'awaiting', gate: 'G8', code: 'DRIFT01', names: ['person', 'XYZ999', '确认'] },
    );
    const request = { packageId: report.package_id ?? '', by: '李四', reason: '来源新增了一列' };
    await assert.rejects(acceptPackage(world, { ...request, reason: '好' }, silentProgress), {
      code: 'INGEST_REASON_MISSING',
    });
    const accepted = await acceptPackage(world, request, silentProgress);
    assert.deepEqual([accepted.state, accepted.reason], ['published', null]);
    await assert.rejects(acceptPackage(world, request, silentProgress), {
      code: 'INGEST_PACKAGE_NOT_WAITING',
    });
    const unknown = { ...request, packageId: 'SX-F-20991231-001' };
    await assert.rejects(acceptPackage(world, unknown, silentProgress), {
      code: 'INGEST_PACKAGE_UNKNOWN',
    });
  });

  await t.test('rows or money that jump; a change of exactly the share passes', async (t) => {
    const { stoppedReport, build, loadOne, world } = await openGates(t);
    const payments = (count: number, amount = '10.00') =>
      paymentDataset(
        Array.from({ length: count }, (_, i) => paymentRow(1, { AAZ220: `M${i}`, AAE019: amount })),
      );
    const publish = async (report: PackageReport) => {
      const request = { packageId: report.package_id ?? '', by: '李四', reason: '核实属实' };
      assert.equal((await acceptPackage(world, request, silentProgress)).state, 'published');
      return { seq: (report.seq ?? 0) + 1, prevPackageId: report.package_id };
    };
    const names = ['benefit_payment', '140502', '确认'];
    const awaiting = { state: 'awaiting', gate: 'G8' } as const;
    const first = await stoppedReport(
      { datasets: [payments(100)] },
      { ...awaiting, code: 'ROWS02', names: [...names, '2 行', '100 行'] },
    );
    const second = await stoppedReport(
      { ...(await publish(first)), datasets: [payments(131)] },
      { ...awaiting, code: 'ROWS02', names: [...names, '100 行', '131 行'] },
    );
    const third = await stoppedReport(
      { ...(await publish(second)), datasets: [payments(131, '6.99')] },
      { ...awaiting, code: 'SUM03', names: [...names, 'amount'] },
    );
    const fourth = { ...(await publish(third)), datasets: [payments(131, '9.08')] };
    assert.equal((await loadOne((await build(fourth)).dir)).state, 'published');
  });

  await t.test('an increment may be a multiple of the one before, up to the factor', async (t) => {
    const { stoppedReport, build, loadOne, world } = await openGates(t);
    const factor = TEST_CONTENT.sources.get('SX')?.plausibility.incrementFactor ?? 0;
    const changes = (seq: number, count: number) =>
      paymentDataset(
        Array.from({ length: count }, (_, i) => [
          'U',
          '20261101090000',
          ...paymentRow(1, { AAZ220: `M${seq}-${i}` }),
        ]),
        { mode: 'I', columns: ['op', 'op_time', ...PAYMENT_COLUMNS] },
      );
    const place = (seq: number) => ({
      packageId: `I-${seq}`,
      seq,
      prevPackageId: seq === 2 ? FIRST_PACKAGE : `I-${seq - 1}`,
    });
    const first = await build({ ...place(2), datasets: [changes(2, 100)] });
    assert.equal((await loadOne(first.dir)).state, 'published');
    const most = await build({ ...place(3), datasets: [changes(3, 100 * factor)] });
    assert.equal((await loadOne(most.dir)).state, 'published');
    const more = await stoppedReport(
      { ...place(4), datasets: [changes(4, 100 * factor * factor + 1)] },
      { state: 'awaiting', gate: 'G8', code: 'ROWS02', names: [`${100 * factor} 行`] },
    );
    const request = { packageId: more.package_id ?? '', by: '李四', reason: '集中补报' };
    assert.equal((await acceptPackage(world, request, silentProgress)).state, 'published');
  });
});
