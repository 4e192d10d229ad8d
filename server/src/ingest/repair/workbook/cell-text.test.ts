import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import fc from 'fast-check';
import readExcel from 'read-excel-file/node';
import writeExcel from 'write-excel-file/node';
import { cellText, rawText, readCell } from './cell-text.ts';

test('every text survives the way through an xlsx file', async (t) => {
  const dir = await mkdtemp(join(tmpdir(), 'huiliu-cell-'));
  t.after(() => rm(dir, { recursive: true, force: true }));
  const awkward = [
    '=1+1',
    "'=1+1",
    "''-x",
    '-12.25',
    "'-12.25",
    '@SUM',
    '+86',
    '０＝',
    '＝1',
    ' a ',
    '\t',
    'a\r\nb',
  ];
  const strange = [
    '_x0041_',
    '_x005F_x0041_',
    '_x',
    '\u0001\u001e',
    '<&>"',
    '珅𠮷',
    '\uFFFE',
    '0012',
    '1E5',
    '#N/A',
  ];
  const letters = fc.constantFrom(
    "'",
    '=',
    '-',
    '+',
    '@',
    '_',
    'x',
    '0',
    '4',
    '1',
    '\r',
    '\n',
    '\t',
    ' ',
    '\u0001',
    '人',
  );
  const random = fc.sample(fc.string({ unit: letters, minLength: 1, maxLength: 9 }), {
    numRuns: 500,
    seed: 7,
  });
  const values = [...awkward, ...strange, ...random];
  const path = join(dir, 'cells.xlsx');
  await writeExcel(values.map((value) => [{ type: String, value: cellText(value) }])).toFile(path);
  const [sheet] = await readExcel(path, { trim: false });
  const back = values.map((_, index) => rawText(String(sheet?.data[index]?.[0] ?? '')));
  assert.deepEqual(back, values);
});

test('no cell text begins like a formula, and a plain negative amount stays as it is', () => {
  for (const raw of ['=cmd()', '+1', '-1+1', '@x', '\t=x', '＝x', "'=x"]) {
    assert.match(cellText(raw), /^'/, raw);
  }
  assert.equal(cellText('-12.25'), '-12.25');
  assert.equal(cellText(null), '');
});

test('what a spreadsheet has damaged is refused, what it kept is taken', () => {
  const problem = /(丢失|文本|公式)/;
  const cases: [unknown, string | null, 'number' | 'text', string | RegExp][] = [
    [{ number: '1.4E+17' }, null, 'text', problem],
    [{ number: '140105194905200000' }, null, 'number', problem],
    ['1.40502E+17', null, 'text', problem],
    ['1.4E+17', '1.4E+17', 'text', '1.4E+17'],
    [{ number: '7' }, '007', 'text', problem],
    [{ number: '7' }, '7', 'text', '7'],
    [{ number: '1234.5' }, '1234.50', 'number', '1234.50'],
    [{ number: '1234.6' }, '1234.50', 'number', '1234.6'],
    [{ number: '202610' }, '202613', 'number', '202610'],
    [true, null, 'text', problem],
    [new Date(0), null, 'number', problem],
    ['#REF!', null, 'text', problem],
    [null, 'x', 'text', ''],
    ["'-12.25", null, 'number', '-12.25'],
  ];
  for (const [cell, before, kind, expected] of cases) {
    const read = readCell(cell, before, kind);
    if (expected instanceof RegExp) assert.match('problem' in read ? read.problem : '', expected);
    else assert.deepEqual(read, { value: expected }, JSON.stringify(cell));
  }
});
