import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import type { CodeList, SourceProfile, TableDef } from '../../contract/index.ts';
import { codeTable, columnOf, headerColumns, loadContent, mapCode } from './index.ts';

const BASE = join(import.meta.dirname, '../../../../content/base');
const FIXTURES = join(import.meta.dirname, 'fixtures');
const content = loadContent([BASE, join(FIXTURES, 'other-systems')]);

function source(src: string): SourceProfile {
  const found = content.sources.get(src);
  assert.ok(found, `source ${src}`);
  return found;
}

function listOf(code: string): CodeList {
  for (const table of content.tables.values()) {
    const column = table.columns.find((c) => (c.code ?? c.name) === code && c.codes !== null);
    const list = content.codeLists.get(column?.codes ?? '');
    if (list !== undefined) return list;
  }
  throw new assert.AssertionError({ message: `no list for ${code}` });
}

function table(name: string): TableDef {
  const found = content.tables.get(name);
  assert.ok(found, `table ${name}`);
  return found;
}

const map = (src: string, code: string, value: string): string | null =>
  mapCode(source(src), listOf(code), code, value);

// Data dictionary §2.2: code, value, and what it becomes by source.
const conflicts: [string, string, Record<string, string | null>][] = [
  ['AAC008', '3', { SX: '3', X2003: '3', HN: null, TY: '4' }],
  ['AAC008', '4', { SX: '4', X2003: '4', HN: '4', TY: '2' }],
  ['AAE116', '2', { SX: '2', X2003: null, HN: '2' }],
  ['AAE116', '0', { SX: null, X2003: '2', HN: null }],
  ['AAE117', '2', { SX: '2', X2003: '0', HN: '2' }],
  ['AAE117', '3', { SX: '3', X2003: '4', HN: '3' }],
  ['AAB033', '2', { SX: '2', X2003: '2', HN: '1' }],
  ['AAB019', '80', { SX: '80', X2003: '80', T3: '60' }],
  ['AAE140', '1', { SX: null, X2003: '110', HN: '110', TY: null, T3: null }],
  ['AAE140', '03', { SX: null, X2003: null, TY: '310' }],
  ['AAE140', '110', { SX: '110', X2003: '110', HN: '110', TY: '110', T3: '110' }],
  ['AAE140', '150', { SX: '170', X2003: null, T3: '170' }],
  ['AAE160', '451', { SX: null, X2003: '1401', HN: null, T3: null }],
  ['AAE160', '1401', { SX: '1401', X2003: '1401', HN: '1401', T3: '1401' }],
  ['AAC009', '1', { SX: null, X2003: '10', HN: null }],
  ['AAC009', '10', { SX: '10', X2003: '10', HN: '10' }],
  ['AAC031', '4', { SX: null, X2003: '1', TY: '1' }],
  ['AAE145', '2', { SX: '2', X2003: '1' }],
  ['AAA115', '31', { SX: '31', X2003: null }],
  ['AAF200', '315', { SX: null, X2003: '403' }],
];

for (const [code, value, bySource] of conflicts) {
  test(`${code} ${value} means what the source means by it`, () => {
    for (const [src, expected] of Object.entries(bySource)) {
      assert.equal(map(src, code, value), expected, src);
    }
  });
}

test('a value nobody mapped is no value', () => {
  for (const value of ['', ' ', '999', '11O', 'null'])
    assert.equal(map('SX', 'AAE140', value), null);
});

test('the table of accepted values agrees with mapping one value at a time', () => {
  for (const profile of content.sources.values()) {
    for (const { columns } of content.tables.values()) {
      for (const column of columns) {
        const list = content.codeLists.get(column.codes ?? '');
        if (list === undefined) continue;
        const code = column.code ?? column.name;
        const accepted = codeTable(profile, list, code);
        const tried = [
          ...list.values.map(({ value }) => value),
          ...profile.codeMap.map((m) => m.from),
        ];
        for (const value of tried) {
          assert.equal(accepted.get(value) ?? null, mapCode(profile, list, code, value));
        }
        assert.ok(!accepted.has(''));
      }
    }
  }
});

test('a mapping of one field does not reach another field of the same list', () => {
  assert.equal(mapCode(source('X2003'), listOf('AAE140'), 'AAB033', '1'), null);
});

test('a file column is found by dictionary code, by our name and by the alias of the source', () => {
  assert.equal(columnOf(table('person'), source('SX'), 'AAC001')?.name, 'person_id');
  assert.equal(columnOf(table('person'), source('SX'), 'person_id')?.name, 'person_id');
  assert.equal(columnOf(table('person'), source('SX'), 'AAE135')?.name, 'id_no');
  assert.equal(columnOf(table('unit'), source('SX'), 'AAB069')?.name, 'unit_name');
  assert.equal(columnOf(table('contribution'), source('X2003'), 'AAE143')?.name, 'pay_type');
  assert.equal(columnOf(table('household_member'), source('SX'), 'AAC001')?.name, 'person_id');
  assert.equal(columnOf(table('household_member'), source('SX'), 'related_id')?.name, 'related_id');
});

test('the same code is another column in another table', () => {
  assert.equal(columnOf(table('claim_item'), source('SX'), 'AAE017')?.name, 'reject_reason');
  assert.equal(columnOf(table('biz_event'), source('SX'), 'AAE017')?.name, 'org');
  assert.equal(columnOf(table('enrolment'), source('SX'), 'AAE031')?.name, 'end_ym');
  assert.equal(columnOf(table('custody_event'), source('SX'), 'AAE031')?.name, 'end_on');
  assert.equal(columnOf(table('injury_case'), source('SX'), 'ALC040')?.name, 'death_on');
  assert.equal(columnOf(table('death_event'), source('SX'), 'ALC040')?.name, 'death_date');
});

test('a code with two meanings is taken only where the source says which', () => {
  assert.equal(columnOf(table('unit'), source('SX'), 'AAB003'), null);
  assert.equal(columnOf(table('unit'), source('T3'), 'AAB003')?.name, 'unit_name');
});

const names = (header: string): (string | null)[] =>
  headerColumns(table('person'), source('SX'), header.split(' ')).map((c) => c?.name ?? null);

test('a file that has a column by its own code and by an alias is read by its own code', () => {
  assert.deepEqual(names('AAC001 YAB139 AAB034'), ['person_id', null, 'agency']);
  assert.deepEqual(names('AAC001 YAB139 YAB003'), ['person_id', null, 'agency']);
  assert.deepEqual(names('AAC001 YAB139 ZZZ999'), ['person_id', 'agency', null]);
});

test('a column given twice stays twice, so that the file can be refused', () => {
  assert.deepEqual(names('AAC001 person_id'), ['person_id', 'person_id']);
  assert.deepEqual(names('AAC001 AAC001'), ['person_id', 'person_id']);
});

test('unknown columns and those the platform fills are not taken from a file', () => {
  for (const name of ['ZZZ999', 'id_no_raw', 'name_norm', 'birth_date_id', '', '__proto__']) {
    assert.equal(columnOf(table('person'), source('SX'), name), null, name);
  }
  assert.equal(columnOf(table('death_event'), source('SX'), 'match_level'), null);
});

const sample: Record<string, Record<string, string[]>> = JSON.parse(
  readFileSync(join(FIXTURES, 'sample-headers.json'), 'utf8'),
);

test('every header of the sample package names a column of its own', () => {
  for (const [dataset, columns] of Object.entries(sample)) {
    const found = Object.keys(columns).map((h) => columnOf(table(dataset), source('SX'), h)?.name);
    assert.ok(!found.includes(undefined), dataset);
    assert.equal(new Set(found).size, found.length, dataset);
  }
});

test('of the coded values in the sample package only the two planted ones are unknown', () => {
  const unknown: string[] = [];
  for (const [dataset, columns] of Object.entries(sample)) {
    for (const [header, values] of Object.entries(columns)) {
      const column = columnOf(table(dataset), source('SX'), header);
      const list = content.codeLists.get(column?.codes ?? '');
      if (column === null || list === undefined) continue;
      assert.ok(values.length > 0, `${dataset}.${header}`);
      for (const value of values.filter((v) => v !== '')) {
        const mapped = mapCode(source('SX'), list, column.code ?? column.name, value);
        if (mapped === null) unknown.push(`${dataset}.${header}=${value}`);
      }
    }
  }
  assert.deepEqual(unknown, ['person.AAC004=3', 'contribution.AAE140=999']);
});
