import assert from 'node:assert/strict';
import { createHash, createHmac } from 'node:crypto';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { canonicalJson, isHuiliuError, silentProgress } from '../../server/src/kernel/index.ts';
import { type CitySummary, generateCity } from './index.ts';
import { type ReadManifest, type Row, readManifest, readRows } from './testing/read-package.ts';

const root = mkdtempSync(join(tmpdir(), 'city-test-'));
after(() => rmSync(root, { recursive: true, force: true }));

async function generate(name: string, seed: string, more: object = {}): Promise<CitySummary> {
  return generateCity({
    persons: 2000,
    months: 3,
    seed,
    out: join(root, name),
    variant: 'clean',
    historyMonths: 30,
    progress: silentProgress,
    ...more,
  });
}

let summary: CitySummary;
const manifests: ReadManifest[] = [];
/** Rows per dataset and package; incremental rows keep `op`. */
const tables: Map<string, Row[]>[] = [];

before(async () => {
  summary = await generate('a', 'seed-1');
  for (const { path } of summary.packages) {
    const manifest = readManifest(path);
    manifests.push(manifest);
    tables.push(new Map(manifest.datasets.map((entry) => [entry.dataset, readRows(path, entry)])));
  }
});

const rowsOf = (index: number, dataset: string): Row[] => tables[index]?.get(dataset) ?? [];
const digestOf = (name: string): string => {
  const hash = createHash('sha256');
  for (const folder of readdirSync(join(root, name)).sort()) {
    for (const file of readdirSync(join(root, name, folder)).sort())
      hash.update(readFileSync(join(root, name, folder, file)));
  }
  return hash.digest('hex');
};

test('the same seed gives the same bytes and another seed gives others', async () => {
  await generate('b', 'seed-1');
  await generate('c', 'seed-2');
  assert.equal(digestOf('b'), digestOf('a'));
  assert.notEqual(digestOf('c'), digestOf('a'));
});

test('every package is complete, chained and signed with the demonstration key', () => {
  for (const [index, manifest] of manifests.entries()) {
    assert.ok(existsSync(join(summary.packages[index]?.path ?? '', '.ok')));
    const { sign, ...body } = manifest;
    assert.equal(
      sign.value,
      createHmac('sm3', 'huiliu-demo-secret').update(canonicalJson(body)).digest('hex'),
    );
    assert.equal(manifest.seq, index + 1);
    assert.equal(manifest.prev_package_id, manifests[index - 1]?.package_id ?? null);
    assert.equal(manifest.datasets.length, 24);
  }
  assert.deepEqual(
    manifests.map((m) => m.package_id),
    ['SX-F-20260831-001', 'SX-I-20260930-001', 'SX-I-20261031-001'],
  );
});

test('rows, bytes, digests and sums of every manifest are those of its files', () => {
  for (const [index, manifest] of manifests.entries()) {
    for (const entry of manifest.datasets) {
      const raw = readFileSync(join(summary.packages[index]?.path ?? '', entry.file));
      assert.equal(raw.length, entry.bytes);
      assert.equal(createHash('sm3').update(raw).digest('hex'), entry.sm3);
      const rows = rowsOf(index, entry.dataset);
      assert.equal(rows.length, entry.rows, entry.dataset);
      for (const [column, sum] of Object.entries(entry.sums))
        assert.equal(sumFen(rows, column), fen(sum), `${entry.dataset}.${column}`);
    }
  }
});

test('keys are unique within a file, and only known keys are changed later', () => {
  const known = new Map<string, Set<string>>();
  for (const [index, manifest] of manifests.entries()) {
    for (const entry of manifest.datasets) {
      const keys = rowsOf(index, entry.dataset).map((row) =>
        entry.keys.map((key) => row[key]).join('|'),
      );
      assert.equal(new Set(keys).size, keys.length, entry.dataset);
      const before = known.get(entry.dataset) ?? new Set();
      for (const [i, row] of rowsOf(index, entry.dataset).entries()) {
        if (row.op === 'I')
          assert.ok(!before.has(keys[i] ?? ''), `${entry.dataset} inserts a known key`);
        if (row.op === 'U')
          assert.ok(before.has(keys[i] ?? ''), `${entry.dataset} updates an unknown key`);
        assert.notEqual(row.op, 'D');
      }
      for (const key of keys) before.add(key);
      known.set(entry.dataset, before);
    }
  }
});

test('every reference names somebody, an employer, an enrolment, a benefit or an account of the same or an earlier package', () => {
  const known: Record<string, Set<string>> = {};
  const targets = {
    AAC001: 'person',
    AAB001: 'unit',
    AAZ159: 'enrolment',
    AAZ257: 'entitlement',
    AAZ003: 'payee_account',
    AAZ002: 'biz_case',
    AAZ127: 'injury_case',
    AAZ216: 'medical_claim',
    AAE011: 'operator',
  };
  for (const [index, manifest] of manifests.entries()) {
    for (const [column, dataset] of Object.entries(targets)) {
      const set = known[column] ?? new Set<string>();
      known[column] = set;
      for (const row of rowsOf(index, dataset)) set.add(row[column] ?? '');
    }
    for (const entry of manifest.datasets) {
      for (const column of entry.columns.filter((name) => name in known)) {
        for (const row of rowsOf(index, entry.dataset)) {
          if (row[column] !== '')
            assert.ok(
              known[column]?.has(row[column] ?? ''),
              `${entry.dataset}.${column} ${row[column]}`,
            );
        }
      }
    }
  }
});

test('identity numbers have valid check digits and agree with birth and sex', () => {
  const people = rowsOf(0, 'person');
  assert.ok(people.length > 1900);
  assert.equal(new Set(people.map((row) => row.AAC002)).size, people.length);
  for (const row of people) {
    const id = row.AAC002 ?? '';
    assert.equal(idCheck(id), id[17]);
    assert.equal(id.slice(6, 14), row.AAC006);
    assert.equal(Number(id[16]) % 2 === 1 ? '1' : '2', row.AAC004);
  }
});

test('card numbers pass Luhn and employers have valid credit codes', () => {
  for (const row of rowsOf(0, 'payee_account')) assert.equal(luhnSum(row.AAE010 ?? '') % 10, 0);
  for (const row of rowsOf(0, 'unit')) {
    if (row.AAB998 !== '') assert.equal(usccCheck(row.AAB998 ?? ''), row.AAB998?.[17]);
  }
});

test('nobody is paid after death, twice, or beside another pension', () => {
  const deaths = new Map(
    tables
      .flatMap((t) => t.get('death_event') ?? [])
      .map((row) => [row.AAC001, row.AAE138?.slice(0, 6) ?? '']),
  );
  const seen = new Map<string, string>();
  for (const row of tables.flatMap((t) => t.get('benefit_payment') ?? [])) {
    assert.ok(
      (row.AAE003 ?? '') <= (deaths.get(row.AAC001) ?? '999999'),
      'paid for a month after death',
    );
    const month = `${row.AAC001}|${row.AAE003}`;
    if (row.AAZ257 === '') continue;
    assert.equal(seen.get(month) ?? row.AAE140, row.AAE140, 'two insurances in one month');
    seen.set(month, row.AAE140 ?? '');
  }
});

test('maker and checker differ and every step falls into working hours in order', () => {
  const steps = new Map<string, Row[]>();
  for (const row of rowsOf(0, 'biz_event'))
    steps.set(row.AAZ002 ?? '', [...(steps.get(row.AAZ002 ?? '') ?? []), row]);
  assert.ok(steps.size > 300);
  for (const events of steps.values()) {
    const clerks = events
      .filter((row) => ['030', '040', '050'].includes(row.step ?? ''))
      .map((row) => row.AAE011);
    assert.equal(new Set(clerks).size, clerks.length);
    const times = events.map((row) => row.AAE036 ?? '');
    assert.deepEqual(times, [...times].sort());
    for (const time of times)
      assert.ok(time.slice(8) >= '090000' && time.slice(8) <= '173000', time);
  }
});

test('bad options and a used folder are refused in Chinese', async () => {
  await assert.rejects(generate('x', 's', { persons: 10 }), (error) =>
    isHuiliuError(error, 'CITY_OPTIONS_INVALID'),
  );
  await assert.rejects(generate('x', 's', { variant: 'planted' }), (error) =>
    isHuiliuError(error, 'CITY_OPTIONS_INVALID'),
  );
  await assert.rejects(generate('a', 's'), (error) => isHuiliuError(error, 'CITY_OUTPUT_IN_USE'));
});

function fen(text: string): bigint {
  return BigInt(text.replace('.', ''));
}

function sumFen(rows: readonly Row[], column: string): bigint {
  return rows.reduce((sum, row) => sum + (row[column] === '' ? 0n : fen(row[column] ?? '')), 0n);
}

function idCheck(id: string): string | undefined {
  const weights = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
  return '10X98765432'[weights.reduce((sum, weight, i) => sum + weight * Number(id[i]), 0) % 11];
}

function luhnSum(card: string): number {
  return [...card].reverse().reduce((sum, digit, i) => {
    const doubled = Number(digit) * (i % 2 === 1 ? 2 : 1);
    return sum + (doubled > 9 ? doubled - 9 : doubled);
  }, 0);
}

function usccCheck(code: string): string | undefined {
  const charset = '0123456789ABCDEFGHJKLMNPQRTUWXY';
  let weight = 1;
  let sum = 0;
  for (const char of code.slice(0, 17)) {
    sum += charset.indexOf(char) * weight;
    weight = (weight * 3) % 31;
  }
  return charset[(31 - (sum % 31)) % 31];
}
