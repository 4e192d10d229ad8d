import assert from 'node:assert/strict';
import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import readExcel from 'read-excel-file/node';
import type { ExportColumn, ExportRow } from '../model.ts';
import { readZipText } from '../testing/read-zip.ts';
import { columnLetters, inertText, yuan } from './cell.ts';
import { writeCsv } from './csv.ts';
import { type Explanation, writeWorkbook } from './workbook.ts';
import { openZip } from './zip-writer.ts';

const NOW = new Date('2026-11-05T01:00:00Z');
const AT = '2026-11-05T09:00:00+08:00';
const COLUMNS: readonly ExportColumn[] = [
  { name: 'id_no', title: '证件号码', kind: 'text', mask: 'id_no', width: 22 },
  { name: 'account', title: '银行账号', kind: 'text', mask: 'account', width: 24 },
  { name: 'name', title: '姓名', kind: 'text', mask: 'name', width: 12 },
  { name: 'months', title: '月数', kind: 'count', mask: 'none', width: 8 },
  { name: 'amount_fen', title: '金额', kind: 'money_fen', mask: 'none', width: 14 },
];
const EXPLANATION: Explanation = {
  title: '待遇清单',
  lines: [
    ['导出人', '马测试（稽核科）'],
    ['筛选条件', '=1+1'],
  ],
  watermarkId: 'E20261105-000001',
  watermark: '马测试 & 稽核科 E20261105-000001',
};

let dir: string;
before(async () => {
  dir = await mkdtemp(join(tmpdir(), 'huiliu-workbook-'));
});
after(() => rm(dir, { recursive: true, force: true }));

async function* rowsOf(...rows: readonly ExportRow[]): AsyncGenerator<ExportRow> {
  yield* rows;
}

async function textOf(path: string, name: string): Promise<string> {
  let text = '';
  for await (const piece of readZipText(path, name)) text += piece;
  return text;
}

/** An invented number with 18 digits for each row. */
const idNo = (row: number) => `140502195611${String(row).padStart(6, '0')}`;

test('numbers that name something come back as the same text, amounts and counts as numbers', async () => {
  const path = join(dir, 'small.xlsx');
  const zip = await openZip(path, NOW);
  const rows = rowsOf(
    [idNo(19), '6217000010001234567', '王<测试>&"', 3, 287_640n],
    ['140502195611030019', '0012', '=HYPERLINK("http://x")', null, -5n],
    [null, '＠SUM(A1)', '-12.5', 0, 4_369_069],
  );
  const explanation = { explanation: EXPLANATION, at: AT };
  assert.equal(await writeWorkbook(zip, { ...explanation, columns: COLUMNS, rows }), 3);
  assert.equal(await zip.end(), (await stat(path)).size);
  assert.equal((await stat(path)).mode & 0o777, 0o600);
  const [first, second] = await readExcel(path);
  assert.deepEqual(second?.data, [
    ['证件号码', '银行账号', '姓名', '月数', '金额（元）'],
    [idNo(19), '6217000010001234567', '王<测试>&"', 3, 2876.4],
    ['140502195611030019', '0012', '\'=HYPERLINK("http://x")', null, -0.05],
    [null, "'＠SUM(A1)", '-12.5', 0, 43690.69],
  ]);
  assert.equal(first?.sheet, '导出说明');
  assert.deepEqual(first?.data[2], ['筛选条件', "'=1+1"]);
});

test('text cells have the format @, the watermark heads every page and stands in the properties', async () => {
  const path = join(dir, 'marked.xlsx');
  const zip = await openZip(path, NOW);
  const rows = rowsOf([idNo(1), null, null, null, null]);
  await writeWorkbook(zip, { explanation: EXPLANATION, columns: COLUMNS, rows, at: AT });
  await zip.end();
  const part = (name: string) => textOf(path, name);
  const sheet = await part('xl/worksheets/sheet2.xml');
  assert.match(sheet, /<c r="A2" s="1" t="inlineStr"><is><t xml:space="preserve">\d{18}</);
  assert.match(sheet, /<oddHeader>&amp;C&amp;K808080马测试 &amp;&amp; 稽核科 E20261105-000001</);
  const styles = await part('xl/styles.xml');
  assert.match(styles, /<cellXfs count="6"><xf numFmtId="0" xfId="0"\/><xf numFmtId="49"/);
  assert.match(await part('docProps/core.xml'), /<dc:identifier>E20261105-000001</);
});

test('half a million rows stream in bounded memory and every id is read back with 18 digits', async (t) => {
  const ROWS = 500_000;
  const path = join(dir, 'large.xlsx');
  const before = process.memoryUsage.rss();
  let peak = before;
  async function* many(): AsyncGenerator<ExportRow> {
    for (let row = 0; row < ROWS; row += 1) {
      yield [idNo(row), `62170000100${row}`, '王测试', row % 12, BigInt(row) * 137n];
    }
  }
  const zip = await openZip(path, NOW);
  const onRows = () => {
    peak = Math.max(peak, process.memoryUsage.rss());
  };
  const began = performance.now();
  const content = { explanation: EXPLANATION, columns: COLUMNS, rows: many(), at: AT, onRows };
  assert.equal(await writeWorkbook(zip, content), ROWS);
  const bytes = await zip.end();
  const megabytes = (value: number) => Math.round(value / 2 ** 20);
  t.diagnostic(
    `${ROWS} rows, ${megabytes(bytes)} MB, ${Math.round(performance.now() - began)} ms, peak RSS +${megabytes(peak - before)} MB (${megabytes(peak)} MB)`,
  );
  assert.ok(peak - before < 200 * 2 ** 20, `grew by ${megabytes(peak - before)} MB`);
  let rest = '';
  let row = 0;
  for await (const piece of readZipText(path, 'xl/worksheets/sheet2.xml')) {
    rest += piece;
    const cut = rest.lastIndexOf('</row>');
    if (cut < 0) continue;
    for (const [, id] of rest
      .slice(0, cut)
      .matchAll(/<c r="A\d+" s="1" [^>]*><is><t[^>]*>([^<]*)</g)) {
      if (id !== idNo(row)) assert.fail(`row ${row} has ${id}`);
      row += 1;
    }
    rest = rest.slice(cut);
  }
  assert.equal(row, ROWS);
});

test('a further sheet begins when one is full', async () => {
  const path = join(dir, 'two.xlsx');
  async function* many(): AsyncGenerator<ExportRow> {
    for (let row = 0; row < 14; row += 1) yield [null, null, null, null, null];
  }
  const zip = await openZip(path, NOW);
  const content = { explanation: EXPLANATION, columns: COLUMNS, rows: many(), at: AT };
  await writeWorkbook(zip, content, 10);
  await zip.end();
  const second = await textOf(path, 'xl/worksheets/sheet3.xml');
  assert.equal(second.match(/<row /g)?.length, 1 + 5);
});

test('CSV has its explanation beside it and quotes what needs it', async () => {
  const path = join(dir, 'data.zip');
  const zip = await openZip(path, NOW);
  const rows = rowsOf(['140502195611030019', '+1', '"a",b', 2, 100]);
  assert.equal(await writeCsv(zip, { explanation: EXPLANATION, columns: COLUMNS, rows }), 1);
  await zip.end();
  const text = await textOf(path, 'data.csv');
  assert.equal(text.split('\r\n')[1], '140502195611030019,\'+1,"""a"",b",2,1.00');
  assert.ok(text.startsWith('\uFEFF证件号码,'));
  const note = await textOf(path, '导出说明.txt');
  assert.match(note, /导出人：马测试（稽核科）/);
});

test('small things: letters of columns, yuan of fen, text nothing runs', () => {
  assert.deepEqual([0, 25, 26, 701, 702].map(columnLetters), ['A', 'Z', 'AA', 'ZZ', 'AAA']);
  assert.deepEqual([0n, 5n, -5n, 123_456n].map(yuan), ['0.00', '0.05', '-0.05', '1234.56']);
  assert.deepEqual(['=a', '-1', '-a', '\ta', 'a='].map(inertText), [
    "'=a",
    '-1',
    "'-a",
    "'\ta",
    'a=',
  ]);
});
