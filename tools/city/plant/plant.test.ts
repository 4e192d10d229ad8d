import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { silentProgress } from '../../../server/src/kernel/index.ts';
import { generateCity } from '../index.ts';
import { type Row, readManifest, readRows } from '../testing/read-package.ts';
import type { Truth } from './index.ts';

const root = mkdtempSync(join(tmpdir(), 'city-plant-'));
after(() => rmSync(root, { recursive: true, force: true }));

const GROUPS = [
  'DTH',
  'DUP',
  'PEN',
  'GOV',
  'RES',
  'UNE',
  'INJ',
  'SUB',
  'HEA',
  'ENR',
  'ACC',
  'SUR',
  'JUS',
  'CRD',
  'CTL',
  'FIN',
  'TAX',
  'DAT',
];
let truth: Truth;
const tables = new Map<string, Row[]>();

before(async () => {
  // One package and the shortest history that holds every planted fact keep this quick.
  const city = await generateCity({
    persons: 20_000,
    months: 1,
    seed: 'planted',
    out: root,
    variant: 'planted',
    historyMonths: 96,
    progress: silentProgress,
  });
  truth = JSON.parse(readFileSync(join(root, 'truth.json'), 'utf8')) as Truth;
  const path = city.packages[0]?.path ?? '';
  const wanted = [
    'person',
    'unit',
    'payee_account',
    'biz_case',
    'operator',
    'fund_txn',
    'death_event',
    'benefit_payment',
  ];
  for (const entry of readManifest(path).datasets)
    if (wanted.includes(entry.dataset)) tables.set(entry.dataset, readRows(path, entry));
});

const keys = (dataset: string, column: string) =>
  new Set(tables.get(dataset)?.map((row) => row[column]));

test('every rule group has a planted fact, most with at least two', () => {
  for (const group of GROUPS)
    assert.ok(
      Object.keys(truth.rules).some((rule) => rule.startsWith(group)),
      group,
    );
  assert.ok(Object.keys(truth.rules).length >= 150);
  assert.ok(Object.values(truth.rules).filter((entries) => entries.length >= 2).length >= 145);
});

test('every subject of the truth exists in the files', () => {
  const known = {
    person: keys('person', 'AAC001'),
    unit: keys('unit', 'AAB001'),
    account: keys('payee_account', 'AAE010'),
    case: keys('biz_case', 'AAZ002'),
    operator: keys('operator', 'AAE011'),
    txn: keys('fund_txn', 'txn_id'),
  };
  for (const [rule, entries] of [...Object.entries(truth.rules), ...Object.entries(truth.never)]) {
    for (const entry of entries) {
      for (const [subject, set] of Object.entries(known)) {
        const key = entry[subject as keyof typeof known];
        if (key !== undefined) assert.ok(set.has(key), `${rule} ${subject} ${key}`);
      }
    }
  }
});

test('people planted for one rule are not planted for another, unless the truth says both', () => {
  const owner = new Map<string, string>();
  const shared = new Set(['INJ-011|SUR-008', 'INJ-015|JUS-005']);
  for (const [rule, entries] of Object.entries(truth.rules)) {
    for (const { person } of entries) {
      if (person === undefined) continue;
      const other = owner.get(person);
      assert.ok(
        other === undefined || other === rule || shared.has(`${other}|${rule}`),
        `${person} ${other} ${rule}`,
      );
      owner.set(person, rule);
    }
  }
});

test('DTH-001 amounts are what the files pay for months after a death two sources agree on', () => {
  for (const { person, amount_fen } of truth.rules['DTH-001'] ?? []) {
    const deaths = tables.get('death_event')?.filter((row) => row.AAC001 === person) ?? [];
    assert.ok(new Set(deaths.map((row) => row.source)).size >= 2);
    const month = deaths[0]?.AAE138?.slice(0, 6) ?? '';
    const paid =
      tables
        .get('benefit_payment')
        ?.filter(
          (row) => row.AAC001 === person && (row.AAE003 ?? '') > month && row.AAE117 === '1',
        ) ?? [];
    assert.equal(
      paid.reduce((sum, row) => sum + Number(row.AAE019?.replace('.', '')), 0),
      amount_fen,
    );
    assert.ok((amount_fen ?? 0) > 0);
  }
});
