import assert from 'node:assert/strict';
import { test } from 'node:test';
import { encodeGb18030 } from '../kernel/index.ts';
import { flipBit, openGates, replaceFile } from './testing/gate-setup.ts';
import {
  PAYMENT_COLUMNS,
  paymentDataset,
  paymentRow,
  personDataset,
  personRow,
} from './testing/people.ts';
import { currentRows, rowFaults } from './testing/published-state.ts';

const PAYMENTS = [paymentRow(1), paymentRow(2)];
const asUtf8 = (text: string) => Buffer.from(text, 'utf8');

test('gate G4: a file that is not whole or not what it says refuses its package', async (t) => {
  const { stopped, build } = await openGates(t);

  await t.test('the last line is missing', () =>
    stopped(
      { datasets: [personDataset([personRow(1)], { declare: { rows: 2 } })] },
      { gate: 'G4', code: 'ROWS01', names: ['person.txt', '2 行', '1 行'] },
    ),
  );

  await t.test('more rows than declared', () =>
    stopped(
      { datasets: [personDataset([personRow(1), personRow(2)], { declare: { rows: 1 } })] },
      { gate: 'G4', code: 'ROWS01', names: ['person.txt', '1 行'] },
    ),
  );

  await t.test(
    'a gzip cut short, or with a byte flipped, that the digest agrees with',
    async () => {
      const rows = Array.from({ length: 400 }, (_, i) => paymentRow(1, { AAZ220: `Z${i}` }));
      const spec = { datasets: [paymentDataset(rows, { gzip: true })] };
      const expected = { gate: 'G4', code: 'GZIP01', names: ['benefit_payment.txt.gz'] };
      const half = (bytes: Buffer) => bytes.subarray(0, bytes.length >> 1);
      await stopped(await replaceFile(await build(spec), 'benefit_payment', half), expected);
      const flip = (bytes: Buffer) => flipBit(bytes, 0.6);
      await stopped(await replaceFile(await build(spec), 'benefit_payment', flip), expected);
    },
  );

  await t.test('a quote that is never closed', () =>
    stopped(
      {
        datasets: [
          personDataset([personRow(1), personRow(2)], {
            damage: (bytes) =>
              Buffer.from(bytes.toString('latin1').replace('P2|', '"P2|'), 'latin1'),
          }),
        ],
      },
      { gate: 'G4', code: 'QUOTE01', names: ['person.txt', '第 3 行'] },
    ),
  );

  await t.test('a flipped byte that no character begins with', () =>
    stopped(
      {
        datasets: [
          personDataset([personRow(1)], {
            damage: (bytes) => {
              const damaged = Buffer.from(bytes);
              damaged.writeUInt8(0xff, bytes.length - 8);
              return damaged;
            },
          }),
        ],
      },
      { gate: 'G4', code: 'ENC01', names: ['person.txt', 'GB18030', '字节', 'ff'] },
    ),
  );

  await t.test('UTF-8 text in a GB18030 file, and the reverse', async () => {
    const row = personRow(1).join('|');
    const mixed = (name: string, encode: (text: string) => Buffer) => (bytes: Buffer) =>
      Buffer.concat([bytes, encode(`${row.replace('测试1', name)}\r\n`)]);
    const gb = personDataset([personRow(2)], {
      damage: mixed('王淑英', asUtf8),
      declare: { rows: 2 },
    });
    const names = ['person.txt', '字节'];
    await stopped({ datasets: [gb] }, { gate: 'G4', code: 'ENC02', names: [...names, 'UTF-8'] });
    const utf8 = personDataset([personRow(2)], {
      encoding: 'UTF-8',
      damage: mixed('王淑英', encodeGb18030),
      declare: { rows: 2 },
    });
    await stopped({ datasets: [utf8] }, { gate: 'G4', code: 'ENC01', names: [...names, 'UTF-8'] });
  });

  await t.test('a whole UTF-8 file declared GB18030, with and without a mark', async () => {
    for (const bom of [true, false]) {
      const dataset = personDataset([personRow(1, { AAC003: '王淑英' })], {
        encoding: 'UTF-8',
        bom,
        declare: { encoding: 'GB18030' },
      });
      await stopped({ datasets: [dataset] }, { gate: 'G4', code: 'ENC02', names: ['person.txt'] });
    }
  });

  await t.test('an empty byte, an empty file and a record without end', async () => {
    const nul = personDataset([personRow(1)], {
      damage: (bytes) => Buffer.concat([bytes, Buffer.from('P2|\0\r\n')]),
    });
    await stopped(
      { datasets: [nul] },
      { gate: 'G4', code: 'NUL01', names: ['person.txt', '第 3 行'] },
    );
    const empty = personDataset([], { damage: () => Buffer.alloc(0) });
    await stopped({ datasets: [empty] }, { gate: 'G4', code: 'EMPTY01', names: ['person.txt'] });
    const long = personDataset([personRow(1)], {
      damage: (bytes) => Buffer.concat([bytes, Buffer.alloc(3 << 20, 0x41)]),
      declare: { rows: 2 },
    });
    await stopped(
      { datasets: [long] },
      { gate: 'G4', code: 'LONG01', names: ['person.txt', '第 3 行'] },
    );
  });
});

test('gate G5: totals that do not agree refuse the package', async (t) => {
  const { stopped, loadOne, build } = await openGates(t);

  await t.test('a wrong sum', () =>
    stopped(
      { datasets: [paymentDataset(PAYMENTS, { declare: { sums: { AAE019: '2469.01' } } })] },
      { gate: 'G5', code: 'SUM01', names: ['benefit_payment', 'AAE019', '2469.01', '2469.00'] },
    ),
  );

  await t.test('a sum over a column the file does not have', () =>
    stopped(
      { datasets: [paymentDataset(PAYMENTS, { declare: { sums: { AAE999: '1.00' } } })] },
      { gate: 'G5', code: 'SUM01', names: ['benefit_payment', 'AAE999'] },
    ),
  );

  await t.test('a wrong number of persons', () =>
    stopped(
      { datasets: [paymentDataset(PAYMENTS, { distinctPerson: 3 })] },
      { gate: 'G5', code: 'SUM02', names: ['benefit_payment', '3 人', '2 人'] },
    ),
  );

  await t.test('right totals over good and quarantined rows alike', async () => {
    const rows = [...PAYMENTS, paymentRow(3, { AAC001: 'P404', AAE019: '-0.50' })];
    const built = await build({
      datasets: [
        paymentDataset(rows, { distinctPerson: 3, declare: { sums: { AAE019: '2468.5' } } }),
      ],
    });
    const report = await loadOne(built.dir);
    assert.deepEqual([report.state, report.datasets[0]?.quarantined], ['published', 1]);
    assert.deepEqual([report.return_rate, report.acceptance_rate], [1, 2 / 3]);
  });
});

test('what looks like damage and is not loads whole', async (t) => {
  const { build, loadOne, world } = await openGates(t);
  const names = [
    '珅',
    '瑋',
    '玕',
    '琝',
    '芢',
    '乗',
    '王㛃',
    '郝𠅤',
    '䶮',
    '李·阿里木',
    '张|三',
    '李"四',
    '王\r\n五',
  ];
  const rows = names.map((name, i) => personRow(i + 1, { AAC003: name }));
  const variants = [
    { delimiter: '|', newline: '\r\n' },
    { delimiter: '\\', newline: '\n' },
    { delimiter: '\t', newline: '\n', gzip: true },
    { delimiter: ',', newline: '\r\n', encoding: 'UTF-8', bom: true },
    { delimiter: '\x01', newline: '\n', encoding: 'UTF-8' },
    { delimiter: '\x1e', newline: '\r\n' },
    { delimiter: '^', newline: '\n', header: false },
  ] as const;
  let [seq, previous] = [1, 'SX-F-20261031-001'];
  for (const variant of variants) {
    seq += 1;
    // Another agency each time, so that every row is a new version read from this very file.
    const agency = ['140521', '140522'][seq % 2] ?? '';
    const moved = rows.map((row) => row.map((value) => (value === '140502' ? agency : value)));
    const datasets = [personDataset(moved, variant)];
    const built = await build({ datasets, seq, prevPackageId: previous });
    const report = await loadOne(built.dir);
    assert.deepEqual([report.state, report.reason], ['published', null], JSON.stringify(variant));
    previous = report.package_id ?? '';
    const current = await currentRows(world, 'person');
    const found = current.map(({ values }) => [values.person_id, values.name, values.agency]);
    const expected = names.map((name, i) => [`P${i + 1}`, name, agency]);
    assert.deepEqual(
      found,
      expected.sort(([a = ''], [b = '']) => (a < b ? -1 : 1)),
    );
    assert.ok(current.every(({ from }) => from.startsWith(`${previous} `)));
  }
});

test('fields that only look odd are read as they stand', async (t) => {
  const { build, loadOne, world } = await openGates(t);
  const columns = [...PAYMENT_COLUMNS, 'AAE357', 'AAE009'];
  const texts = [
    'a\rb',
    '约"三"室',
    "O'Neil",
    '  两端空格  ',
    'NULL',
    '\\N',
    '-',
    '张""三',
    'x'.repeat(90),
  ];
  const rows = texts.map((text, i) => [...paymentRow(1, { AAZ220: `T${i}` }), text, text]);
  const quoted = paymentDataset(rows, { columns });
  const built = await build({ datasets: [quoted] });
  const report = await loadOne(built.dir);
  assert.deepEqual([report.state, report.datasets[0]?.quarantined], ['published', 0]);
  const current = await currentRows(world, 'benefit_payment');
  assert.deepEqual(
    current.map(({ values }) => [values.fail_reason, values.account_name]),
    texts.map((text) => [text, text]),
  );
  const bare = paymentDataset(rows.slice(0, 2), {
    columns,
    newline: '\n',
    // Nothing quoted, also where the builder would: a lone CR and a quote inside are characters.
    damage: () =>
      encodeGb18030([columns, ...rows.slice(0, 2)].map((row) => `${row.join('|')}\n`).join('')),
  });
  const again = await build({ datasets: [bare], seq: 3, prevPackageId: report.package_id });
  const second = await loadOne(again.dir);
  assert.deepEqual([second.state, second.reason], ['published', null]);
  assert.deepEqual(second.datasets[0]?.unchanged, 2);
});

test('records that do not fit are quarantined one by one with their line and text', async (t) => {
  const { build, loadOne, world } = await openGates(t);
  const dataset = paymentDataset([paymentRow(1), paymentRow(2)], {
    newline: '\n',
    money: [],
    declare: { rows: 6 },
    damage: (bytes) =>
      Buffer.concat([
        bytes,
        encodeGb18030(
          '太短|两列\n多|了|一|列|1|2|3|4|5|6\n"甲"乙|1|2|3|4|5|6|7|8\n"一\r\n二"三|1\n',
        ),
      ]),
  });
  const built = await build({ datasets: [dataset] });
  const report = await loadOne(built.dir);
  assert.deepEqual([report.state, report.datasets[0]?.quarantined], ['published', 4]);
  assert.equal(report.return_rate, 1);
  assert.deepEqual(
    await rowFaults(world, report.package_id ?? ''),
    [4, 5, 6, 7].map((line) => `benefit_payment ${line} null ROW01 open`),
  );
});
