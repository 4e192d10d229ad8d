import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import readExcel from 'read-excel-file/node';
import writeExcel, { type Row } from 'write-excel-file/node';
import { isHuiliuError } from '../../../kernel/index.ts';
import { auditedChanges } from '../../../security/testing/audited-changes.ts';
import {
  citizenId,
  paymentDataset,
  paymentRow,
  personDataset,
  personRow,
} from '../../testing/people.ts';
import { openSharedWorld } from '../../testing/repair-setup.ts';
import { approveBatch, listRepairs, readFailedRows, writeFailedRows } from '../index.ts';

const shared = await openSharedWorld(['W1', 'W2', 'W3', 'W4']);
const { world } = shared;
const pathOf = (name: string) => join(shared.opened.dir, 'tmp', `${name}.xlsx`);
const who = { by: '张经办', reason: '各县核对后回填' };

const wrong = (serial: number) => {
  const id = citizenId(serial);
  return id.slice(0, 17) + (id.endsWith('1') ? '2' : '1');
};

type Book = { sheet: string; data: unknown[][] }[];

async function readBook(path: string): Promise<Book> {
  return (await readExcel(path, { trim: false })) as unknown as Book;
}

/** Saves a workbook as a spreadsheet program would after editing. */
async function saveBook(path: string, book: Book): Promise<void> {
  await writeExcel(book.map(({ sheet, data }) => ({ sheet, data: data as Row[] }))).toFile(path);
}

/** Exports a package's failed rows, lets `change` edit them and saves the result. */
async function fill(packageId: string, path: string, change: (book: Book) => void): Promise<void> {
  await writeFailedRows(world, { packageId, path, ...who });
  const book = await readBook(path);
  change(book);
  await saveBook(path, book);
}

const sheetOf = (book: Book, name: string): unknown[][] => {
  const found = book.find(({ sheet }) => sheet === name);
  assert.ok(found, name);
  return found.data;
};

function set(data: unknown[][], row: number, label: string, value: unknown): void {
  const column = data[0]?.indexOf(label) ?? -1;
  const cells = data[row];
  assert.ok(cells && column >= 0, label);
  cells[column] = value;
}

const problemsOf = async (path: string): Promise<string> => {
  let message = '';
  await assert.rejects(readFailedRows(world, { path, ...who }), (error: unknown) => {
    assert.ok(isHuiliuError(error, 'INGEST_WORKBOOK_INVALID'), String(error));
    message = error.message;
    return true;
  });
  return message;
};

test('a workbook goes out, comes back and is approved by a second person as one edition', async () => {
  const packageId = await shared
    .feed('W1')
    .load([
      personDataset([
        personRow(1),
        personRow(2, { AAC002: wrong(2), AAC003: '=危险' }),
        personRow(3, { AAC002: wrong(3) }),
      ]),
      paymentDataset([paymentRow(1, { AAE019: '12,5' }), paymentRow(2)], { money: [] }),
    ]);
  const path = pathOf('W1');
  const written = await writeFailedRows(world, { packageId, path, ...who });
  assert.deepEqual(written.datasets, [
    { dataset: 'benefit_payment', rows: 2 },
    { dataset: 'person', rows: 2 },
  ]);
  const book = await readBook(path);
  assert.deepEqual(
    book.map(({ sheet }) => sheet),
    ['说明', 'benefit_payment', 'person'],
  );
  const people = sheetOf(book, 'person');
  assert.deepEqual(people[0]?.slice(0, 5), ['行号', '错误代码', '错误说明', 'AAC001', 'AAC002']);
  assert.deepEqual(people[1]?.[3], '个人编号');
  assert.deepEqual(people[2]?.slice(0, 2), ['3', 'ID05']);
  assert.match(String(people[2]?.[2]), /证件号码校验位不符/);
  assert.equal(people[2]?.[6], `'=危险`);
  set(people, 2, 'AAC002', citizenId(2));
  set(sheetOf(book, 'benefit_payment'), 2, 'AAE019', 12.5);
  await saveBook(path, book);
  const read = await readFailedRows(world, { path, ...who });
  assert.equal(read.packageId, packageId);
  assert.equal(read.repairs.length, 2);
  const object = `${packageId} workbook ${read.workbook} (2)`;
  const [proposed] = await auditedChanges(world.db as never, { object }, '^repair.propose$');
  assert.equal(proposed?.before, null);
  await assert.rejects(approveBatch(world, read.workbook, who.by), (error) =>
    isHuiliuError(error, 'INGEST_REPAIR_SECOND_PERSON'),
  );
  const decided = await approveBatch(world, read.workbook, '李复核');
  assert.deepEqual([decided.applied, decided.failed], [2, 0]);
  assert.equal(new Set(decided.repairs.map((repair) => repair.edition)).size, 1);
  assert.deepEqual(
    await shared.rows(`select person_id, name, id_no from person where person_id = 'P2'`),
    [{ person_id: 'P2', name: '=危险', id_no: citizenId(2) }],
  );
  assert.deepEqual(await shared.rows(`select payment_id, amount from benefit_payment order by 1`), [
    { payment_id: 'B1', amount: 1250n },
    { payment_id: 'B2', amount: 123450n },
  ]);
  await assert.rejects(approveBatch(world, read.workbook, '李复核'), (error) =>
    isHuiliuError(error, 'INGEST_REPAIR_NOT_PROPOSED'),
  );
  await assert.rejects(approveBatch(world, 999, '李复核'), (error) =>
    isHuiliuError(error, 'INGEST_WORKBOOK_UNKNOWN'),
  );
});

test('of one workbook the rows that pass are applied and the others say what is left', async () => {
  const packageId = await shared
    .feed('W2')
    .load([
      personDataset([
        personRow(20),
        personRow(21, { AAC002: wrong(21) }),
        personRow(22, { AAC002: wrong(22) }),
      ]),
    ]);
  const path = pathOf('W2');
  await fill(packageId, path, (book) => {
    set(sheetOf(book, 'person'), 2, 'AAC002', citizenId(21));
    set(sheetOf(book, 'person'), 3, 'AAC002', citizenId(21));
  });
  const { workbook } = await readFailedRows(world, { path, ...who });
  const decided = await approveBatch(world, workbook, '李复核');
  assert.deepEqual(
    decided.repairs.map(({ state }) => state),
    ['applied', 'failed'],
  );
  assert.match(decided.repairs[1]?.outcome ?? '', /ID08/);
});

test('everything wrong with a workbook is told at once and nothing is proposed', async () => {
  const packageId = await shared
    .feed('W3')
    .load([
      personDataset([
        personRow(30),
        personRow(31, { AAC002: wrong(31) }),
        personRow(32, { AAC002: wrong(32) }),
      ]),
    ]);
  const path = pathOf('W3');
  await fill(packageId, path, (book) => {
    const people = sheetOf(book, 'person');
    set(people, 2, 'AAC002', 140502196001010000);
    set(people, 3, 'AAC002', citizenId(32));
    set(people, 3, 'AAB034', 140502.5);
    const copy = [...(people[2] ?? [])];
    people.push(copy, ['99', '', '', ...copy.slice(3)], ['三', '', '', ...copy.slice(3)]);
    book.push({ sheet: 'enrolment', data: [['行号']] });
  });
  const message = await problemsOf(path);
  assert.match(message, /有 6 处问题，没有提出任何更正/);
  assert.match(message, /工作表 person 第 3 行 E 列（AAC002）：被表格软件改成了数字，后几位已丢失/);
  assert.match(message, /工作表 person 第 4 行 L 列（AAB034）：/);
  assert.match(message, /第 5 行：行号 3 出现了两次/);
  assert.match(message, /第 6 行：行号 99 不在待更正的行中/);
  assert.match(message, /第 7 行：行号不是数字/);
  assert.match(message, /工作表 enrolment：不是本数据包的数据集/);
  assert.doesNotMatch(message, /140502/);
  assert.deepEqual(await listRepairs(world, { packageId }), []);
});

test('a sheet of another package, changed headers, a strange file and an unchanged one are refused', async () => {
  const first = await shared
    .feed('W4')
    .load([personDataset([personRow(40), personRow(41, { AAC002: wrong(41) })])]);
  const path = pathOf('W4');
  const only = (change: (book: Book) => void) =>
    fill(first, path, change).then(() => problemsOf(path));
  const other = await only((book) => {
    const mark = sheetOf(book, 'person')[1];
    if (mark) mark[0] = '数据包 W3-F-20261031-001';
  });
  assert.match(other, /这张表属于另一个数据包/);
  assert.match(
    await only((book) => {
      const head = sheetOf(book, 'person')[0];
      if (head) head[4] = 'AAC02';
    }),
    /表头 E1 应为“AAC002”/,
  );
  assert.match(await only((book) => void sheetOf(book, 'person')[0]?.push('备注')), /多出了列/);
  assert.match(await only((book) => void book.shift()), /缺少工作表“说明”/);
  await fill(first, path, () => undefined);
  const code = (name: string) => (error: unknown) => isHuiliuError(error, name);
  await assert.rejects(readFailedRows(world, { path, ...who }), code('INGEST_WORKBOOK_UNCHANGED'));
  await writeFile(path, 'no zip at all');
  await assert.rejects(readFailedRows(world, { path, ...who }), code('INGEST_WORKBOOK_UNREADABLE'));
  await assert.rejects(
    readFailedRows(world, { path: pathOf('nowhere'), ...who }),
    code('INGEST_WORKBOOK_UNREADABLE'),
  );
  await assert.rejects(
    writeFailedRows(world, { packageId: first, path, by: '张经办', reason: '短' }),
    code('INGEST_REASON_MISSING'),
  );
  await assert.rejects(
    writeFailedRows(world, { packageId: first, dataset: 'unit', path, ...who }),
    code('INGEST_WORKBOOK_EMPTY'),
  );
});

test('a row that waits for a decision cannot be proposed again by a workbook', async () => {
  const packageId = 'W4-F-20261031-001';
  const path = pathOf('W4');
  await fill(packageId, path, (book) => set(sheetOf(book, 'person'), 2, 'AAC002', citizenId(41)));
  await readFailedRows(world, { path, ...who });
  assert.match(await problemsOf(path), /行号 3 已有一条更正等待审核/);
});
