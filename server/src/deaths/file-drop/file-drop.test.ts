import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import writeExcel from 'write-excel-file/node';
import { encodeGb18030 } from '../../kernel/index.ts';
import { forWholeCity, openField } from '../../security/index.ts';
import type { RegistryDb } from '../registry/tables.ts';
import { askerOf } from '../testing/askers.ts';
import { openSmallCity, pensionOf, personOf } from '../testing/open-city.ts';
import { PACK } from '../testing/pack.ts';
import { importList, previewList } from './import-list.ts';
import { mappingProblem, proposeMapping } from './mapping.ts';
import { readDay } from './read-row.ts';

const city = await openSmallCity();
const { world } = city;
const people = Array.from({ length: 12 }, (_, i) => personOf(i + 1));
await city.publish('2026-10-31', {
  person: people,
  benefit_payment: people.flatMap((one) => pensionOf(one, '2026-01', '2026-09')),
});
const ann = askerOf('ann');
const read = <T>(work: (db: RegistryDb) => Promise<T>): Promise<T> =>
  forWholeCity(world.db as RegistryDb, work);
const code = (expected: string) => (error: unknown) =>
  (error as { code?: string }).code === expected;
const file = (text: string, source = '01', name = '名单.csv') => ({
  ...{ name, source, bytes: Buffer.from(text) },
});

describe('the meaning of columns', () => {
  it('is proposed from the usual names, whatever blanks and brackets stand in them', () => {
    const headers = [
      '序号',
      '死者 姓名',
      '身份证号码（死者）',
      '死亡时间',
      '火化日期',
      '申请人身份证号',
      '备注',
    ];
    assert.deepEqual(proposeMapping(headers, PACK.headers), {
      ...{ name: '死者 姓名', id_no: '身份证号码（死者）', death_date: '死亡时间' },
      cremated_on: '火化日期',
    });
  });

  it('never takes the number of the applicant or a relative for that of the dead', () => {
    const headers = ['姓名', '申领人身份证号', '家属姓名', '死亡日期'];
    assert.deepEqual(proposeMapping(headers, PACK.headers), {
      name: '姓名',
      death_date: '死亡日期',
    });
  });

  it('is refused when it does not say who died and when', () => {
    const headers = ['a', 'b', 'c'];
    assert.match(mappingProblem({ name: 'a', death_date: 'b' }, headers) ?? '', /身份号码/);
    assert.match(mappingProblem({ id_no: 'a' }, headers) ?? '', /死亡日期/);
    assert.match(mappingProblem({ id_no: 'a', death_date: 'a' }, headers) ?? '', /两个字段/);
    assert.match(mappingProblem({ id_no: 'x', death_date: 'b' }, headers) ?? '', /没有“x”/);
    assert.equal(mappingProblem({ id_no: 'a', death_date: 'b' }, headers), null);
  });
});

describe('days as lists write them', () => {
  for (const [text, day, precision] of [
    ['2026-03-10', '2026-03-10', 'D'],
    ['2026/3/1', '2026-03-01', 'D'],
    ['2026.3.10', '2026-03-10', 'D'],
    ['20260310', '2026-03-10', 'D'],
    ['２０２６年３月１０日', '2026-03-10', 'D'],
    ['2026-03-10 08:30:00', '2026-03-10', 'D'],
    ['46091', '2026-03-10', 'D'],
    ['2026年2月', '2026-02-28', 'M'],
    ['202602', '2026-02-28', 'M'],
    ['2026', '2026-12-31', 'Y'],
  ] as const) {
    it(`${text} is ${day}`, () => assert.deepEqual(readDay(text), { day, precision }));
  }
  for (const text of ['2026-02-30', '2026-13-01', '三月十日', '10/03/2026', '99999', '']) {
    it(`${text || '(empty)'} is none`, () => assert.equal(readDay(text), null));
  }
});

describe('a list of a department', () => {
  const [a, b, c] = people as [(typeof people)[0], (typeof people)[0], (typeof people)[0]];
  const text = [
    '某市殡仪馆 2026 年死亡名单,,,',
    '姓名,身份证号,死亡日期,备注',
    `${a.name},${a.id_no},2026-03-10,`,
    `${b.name},${b.id_no.toLowerCase()},2026年4月,"有,逗号"`,
    `某某,14050219400101,2026-03-10,少几位`,
    `某某,1.40502E+17,2026-03-10,`,
    `${c.name},${c.id_no},三月十日,`,
    `${c.name},${c.id_no},2031-01-01,`,
    ',,,',
    `${a.name},${a.id_no},2026-03-10,再写一次`,
  ].join('\r\n');

  it('of a new form asks a person once what its columns mean', async () => {
    await assert.rejects(importList(world, ann, file(text)), code('DEATHS_MAPPING_NEEDED'));
    const preview = await previewList(world, file(text));
    assert.equal(preview.remembered, null);
    assert.equal(preview.problem, null);
    assert.equal(preview.rows, 7);
    const none = await read((db) => db.selectFrom('death_report').select('report_no').execute());
    assert.deepEqual(none, [], 'a preview takes nothing in');
  });

  it('is taken in or listed row by row, with line and reason, and compared', async () => {
    const { proposed } = await previewList(world, file(text));
    const { report, delivery } = await importList(world, ann, { ...file(text), mapping: proposed });
    assert.equal(report.rows, 7);
    assert.equal(report.accepted, 2);
    assert.equal(report.duplicate, 1);
    assert.deepEqual(
      report.bad.map(({ line }) => line),
      [5, 6, 7, 8],
    );
    assert.match(report.bad[1]?.reason ?? '', /科学计数/);
    assert.deepEqual(
      delivery?.findings.map(({ personId, rule }) => [personId, rule]),
      [
        ['P001', 'DRG-002'],
        ['P002', 'DRG-002'],
      ],
    );
    assert.equal(delivery?.findings[1]?.amountFen, 500_000n, 'April alone is its last day');
  });

  it('keeps what it could not read, sealed', async () => {
    const rows = await read((db) =>
      db.selectFrom('death_file_bad_row').selectAll().orderBy('line').execute(),
    );
    assert.equal(rows.length, 4);
    const [first] = rows;
    const place = { table: 'death_file_bad_row', column: 'sealed', key: `${first?.file_no}/5` };
    assert.match(openField(world.keys, place, first?.sealed ?? ''), /14050219400101/);
    assert.ok(!JSON.stringify(rows.map(({ sealed }) => sealed)).includes('14050219400101'));
  });

  it('is remembered: the next one of the same columns, in any order, asks nothing', async () => {
    const next = `死亡日期,备注,身份证号,姓名\n2026-05-01,,${c.id_no},${c.name}\n`;
    const { report } = await importList(world, ann, file(next));
    assert.equal(report.accepted, 1);
    const other = importList(world, ann, file(next, '02'));
    await assert.rejects(other, code('DEATHS_MAPPING_NEEDED'), 'but for its own source only');
  });

  it('sent again takes nothing in twice', async () => {
    const { report, delivery } = await importList(world, ann, file(text));
    assert.equal(report.accepted, 0);
    assert.equal(report.duplicate, 3);
    assert.equal(delivery, null);
  });

  it('with a number of its own and other words than before is a conflict, and both are kept', async () => {
    const mapping = { id_no: '证件', death_date: '日期', event_id: '流水号' };
    const row = (day: string) => `流水号,证件,日期\n7,${personOf(4).id_no},${day}\n`;
    await importList(world, ann, { ...file(row('2026-03-01')), mapping });
    const { report } = await importList(world, ann, file(row('2026-03-05')));
    assert.equal(report.conflict, 1);
    assert.match(report.bad[0]?.reason ?? '', /内容不同/);
  });

  it('may be GB 18030, UTF-8 with a mark, tabs, or Excel with real dates and long numbers', async () => {
    const rows = (no: number) =>
      `姓名\t身份证号\t死亡日期\n${personOf(no).name}\t${personOf(no).id_no}\t2026-03-10\n`;
    const mapping = { name: '姓名', id_no: '身份证号', death_date: '死亡日期' };
    const gb = { name: 'a.txt', source: '07', bytes: encodeGb18030(rows(5)), mapping };
    assert.equal((await importList(world, ann, gb)).report.accepted, 1);
    const marked = { ...gb, bytes: Buffer.from(`\ufeff${rows(6)}`) };
    assert.equal((await importList(world, ann, marked)).report.accepted, 1);
    const { name, id_no } = personOf(7);
    const cells = [
      [{ value: '死亡人员名单' }],
      [{ value: '姓名' }, { value: '身份证号' }, { value: '死亡日期' }],
      [
        { value: name },
        { value: id_no },
        { value: new Date(Date.UTC(2026, 2, 10)), type: Date, format: 'yyyy-mm-dd' },
      ],
    ];
    const bytes = await (await writeExcel(cells as never)).toBuffer();
    const excel = await importList(world, ann, { name: 'a.xlsx', source: '07', bytes, mapping });
    assert.equal(excel.report.accepted, 1);
    const stored = await read((db) =>
      db
        .selectFrom('death_person')
        .select(['person_id', 'died_on', 'grade'])
        .where('person_id', 'in', ['P005', 'P006', 'P007'])
        .orderBy('person_id')
        .execute(),
    );
    assert.deepEqual(
      stored.map(({ died_on, grade }) => [died_on, grade]),
      Array.from({ length: 3 }, () => ['2026-03-10', '1']),
    );
  });

  it('that is no list is refused with what to do', async () => {
    const old = { ...file(''), bytes: Buffer.from('d0cf11e0a1b11ae1', 'hex') };
    await assert.rejects(previewList(world, old), /另存为 xlsx/);
    await assert.rejects(previewList(world, file('')), /空的/);
    const broken = { ...file(''), bytes: Buffer.from([0x50, 0x4b, 3, 4, 9, 9]) };
    await assert.rejects(previewList(world, broken), code('DEATHS_FILE_UNREADABLE'));
    await assert.rejects(previewList(world, file('a,b', '77')), code('DEATHS_SOURCE_UNKNOWN'));
    const twice = '姓名,身份证号,姓名,死亡日期\n';
    await assert.rejects(previewList(world, file(twice)), /出现两次/);
  });
});
