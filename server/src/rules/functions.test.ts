import assert from 'node:assert/strict';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { parse } from 'yaml';
import { type DuckEngine, openDuck } from '../store/index.ts';
import { inCallingOrder } from './content/functions.ts';

/** Functions of law are checked against published examples and against the dated parameters. */

interface FunctionFile {
  readonly id: string;
  readonly title: string;
  readonly basis: readonly string[];
  readonly args: Readonly<Record<string, string>>;
  readonly sql: string;
}
type Row = Readonly<Record<string, string | number | boolean | null>>;
interface Retirement {
  readonly cat: string;
  readonly birth: string;
  readonly delay: number;
  readonly ageMonths: number;
  readonly retire: string;
  readonly earliest: string;
  readonly latest: string;
  readonly minMonths: number;
}
interface Vectors {
  readonly retirement: readonly Retirement[];
  readonly min_months: Readonly<Record<string, number>>;
  readonly survivor_months_active: Readonly<Record<string, number>>;
  readonly survivor_months_retired: readonly { years: number; drawn: number; months: number }[];
  readonly unemployment_max_months: readonly { years: number; months: number }[];
}

const BASE = new URL('../../../content/base/', import.meta.url).pathname;
const vectors: Vectors = JSON.parse(
  await readFile(new URL('./fixtures/policy-vectors.json', import.meta.url), 'utf8'),
);

let folder: string;
let duck: DuckEngine;
let macros: string;

before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'huiliu-functions-'));
  duck = await openDuck({
    file: join(folder, 'law.duckdb'),
    stagingDir: join(folder, 'staging'),
    tempDir: join(folder, 'temp'),
    memoryLimit: '512MB',
    threads: 1,
  });
  const dir = join(BASE, 'functions');
  const names = (await readdir(dir)).filter((name) => name.endsWith('.function.yaml')).sort();
  const files = await Promise.all(
    names.map(async (name) => parse(await readFile(join(dir, name), 'utf8')) as FunctionFile),
  );
  const defs = files.map(({ id, args, ...rest }) => ({
    ...rest,
    name: id,
    args: Object.keys(args),
  }));
  macros = inCallingOrder(defs)
    .map((f) => `create or replace temp macro ${f.name}(${f.args.join(', ')}) as (${f.sql});`)
    .join('\n');
});

after(async () => {
  await duck?.close();
  await rm(folder, { recursive: true, force: true });
});

const ask = <T>(sql: string): Promise<T[]> =>
  duck.read(async (session) => {
    await session.run(macros);
    return session.rows<T>(sql);
  });

const one = async (expression: string): Promise<unknown> =>
  (await ask<{ x: unknown }>(`select ${expression} as x`))[0]?.x;

const list = (rows: readonly (readonly (string | number)[])[]): string =>
  rows
    .map((row) => `(${row.map((x) => (typeof x === 'string' ? `'${x}'` : x)).join(', ')})`)
    .join(', ');

async function paramRows(id: string): Promise<readonly Row[]> {
  const file = parse(await readFile(join(BASE, 'params', `${id}.param.yaml`), 'utf8'));
  return (file as { rows: readonly Row[] }).rows;
}

test('all 43 worked examples of the delayed retirement age come out', async () => {
  assert.equal(vectors.retirement.length, 43);
  const given = vectors.retirement.map((v) => [v.cat, `${v.birth}-15`]);
  const found = await ask<Record<string, unknown>>(`select category, birth,
      retirement_delay_months(category, birth) as delay,
      months_between(birth, statutory_retirement_month(category, birth)) as age,
      cast(statutory_retirement_month(category, birth) as varchar) as retire,
      cast(earliest_retirement_month(category, birth) as varchar) as earliest,
      cast(latest_retirement_month(category, birth) as varchar) as latest,
      minimum_months(extract(year from statutory_retirement_month(category, birth))) as least
    from (select category, cast(birth as date) as birth from (values ${list(given)}) v(category, birth))`);
  for (const v of vectors.retirement) {
    const row = found.find((r) => r.category === v.cat && String(r.birth).slice(0, 7) === v.birth);
    const expected = [v.delay, v.ageMonths, v.retire, v.earliest, v.latest, v.minMonths];
    const got = [
      ...[Number(row?.delay), Number(row?.age)],
      ...[row?.retire, row?.earliest, row?.latest].map((month) => String(month).slice(0, 7)),
      Number(row?.least),
    ];
    assert.deepEqual(got, expected, `${v.cat} ${v.birth}`);
  }
});

test('every birth month from 1940 to 2010 keeps the order the law promises', async () => {
  const broken = await ask(`with b as (
      select category, cast(date '1940-01-01' + interval '1' month * i as date) as birth
      from (values ('M60'), ('F55'), ('F50')) c(category), range(0, 852) t(i)),
    r as (select category, birth, original_retirement_month(category, birth) as original,
        retirement_delay_months(category, birth) as delay,
        statutory_retirement_month(category, birth) as retire,
        earliest_retirement_month(category, birth) as earliest,
        latest_retirement_month(category, birth) as latest from b),
    s as (select *, lag(delay) over (partition by category order by birth) as delay_before,
        lag(retire) over (partition by category order by birth) as retire_before from r)
    select * from s where delay is null or delay < delay_before or retire <= retire_before
      or not (original <= earliest and earliest <= retire and retire < latest)
      or months_between(earliest, retire) <> case when delay < 36 then delay else 36 end
      or months_between(original, retire) <> delay or months_between(retire, latest) <> 36
      or (original < date '2025-01-01') <> (delay = 0)`);
  assert.deepEqual(broken, []);
});

test('the delay agrees with the dated parameters for every birth month', async () => {
  const rows = await paramRows('retirement_delay');
  const values = rows.map((r) => [
    String(r.category),
    Number(r.base_age_months),
    `${r.first_birth_month}-01`,
    Number(r.step_months),
    Number(r.cap_months),
  ]);
  const broken = await ask(`select category, birth from (
      select category, base, step, cap, cast(date '1940-01-01' + interval '1' month * i as date) as birth,
        i - date_diff('month', date '1940-01-01', cast(first as date)) as d
      from (values ${list(values)}) p(category, base, first, step, cap), range(0, 852) t(i))
    where retirement_delay_months(category, birth)
        <> case when d < 0 then 0 when d // step + 1 > cap then cap else d // step + 1 end
      or months_between(birth, original_retirement_month(category, birth)) <> base`);
  assert.equal(rows.length, 3);
  assert.deepEqual(broken, []);
});

test('the day of birth does not move the month', async () => {
  for (const day of ['01', '12', '31']) {
    const month = await one(
      `cast(statutory_retirement_month('M60', date '1965-01-${day}') as varchar)`,
    );
    assert.equal(month, '2025-02-01');
  }
});

test('a missing birth date or an unknown category gives no month, not a wrong one', async () => {
  for (const fn of ['original', 'statutory', 'earliest', 'latest']) {
    for (const args of [
      "'M60', cast(null as date)",
      "null, date '1965-01-01'",
      "'X', date '1965-01-01'",
    ]) {
      assert.equal(await one(`${fn}_retirement_month(${args})`), null, `${fn} ${args}`);
    }
  }
  assert.equal(await one("retirement_delay_months('X', date '1990-01-01')"), null);
  for (const call of [
    'minimum_months(null)',
    'unemployment_entitlement_months(null)',
    'unemployment_total_months(24, null)',
    'survivor_grant_months(null)',
    'survivor_grant_months_retired(30, null)',
    'disability_pension_months(null)',
    'residents_pension_month(cast(null as date))',
    "months_between(cast(null as date), date '2025-01-01')",
  ]) {
    assert.equal(await one(call), null, call);
  }
});

test('the minimum of paid months rises by six a year from 2030 to 2039', async () => {
  for (const [year, months] of Object.entries(vectors.min_months)) {
    assert.equal(await one(`minimum_months(${year})`), months, year);
  }
  for (const row of await paramRows('minimum_months')) {
    for (const year of [Number(row.year_from), Number(row.year_to)]) {
      assert.equal(await one(`minimum_months(${year})`), row.months, String(year));
    }
  }
});

test('unemployment benefit lasts 12, 18 or 24 months by paid months', async () => {
  for (const { years, months } of vectors.unemployment_max_months) {
    const call = `unemployment_entitlement_months(${Math.floor(years * 12 + 1e-6)})`;
    assert.equal(await one(call), months, `${years} years`);
  }
  for (const row of await paramRows('unemployment_months')) {
    for (const paid of [row.paid_from, row.paid_to]) {
      assert.equal(await one(`unemployment_entitlement_months(${paid})`), row.months, `${paid}`);
    }
  }
  assert.equal(await one('unemployment_total_months(12, 11)'), 23);
  assert.equal(await one('unemployment_total_months(60, 6)'), 24);
  assert.equal(await one('unemployment_total_months(120, 12)'), 24);
});

test('a bereavement grant counts whole paid years, less the years drawn', async () => {
  for (const [years, months] of Object.entries(vectors.survivor_months_active)) {
    assert.equal(await one(`survivor_grant_months(${years})`), months, `${years} years`);
  }
  for (const { years, drawn, months } of vectors.survivor_months_retired) {
    const call = `survivor_grant_months_retired(${years}, ${drawn})`;
    assert.equal(await one(call), months, call);
  }
  for (const row of await paramRows('survivor_months')) {
    for (const years of [row.years_from, row.years_to]) {
      assert.equal(await one(`survivor_grant_months(${years})`), row.months, `${years}`);
    }
  }
});

test('a disability pension lasts a year and three months more for each year begun after five', async () => {
  const months = [
    [0, 12],
    [60, 12],
    [61, 15],
    [72, 15],
    [73, 18],
    [179, 42],
  ] as const;
  for (const [paid, expected] of months) {
    assert.equal(await one(`disability_pension_months(${paid})`), expected, `${paid} months`);
  }
});

test('months are first days, also across ends of months and years', async () => {
  const text = (call: string) => one(`cast(${call} as varchar)`);
  assert.equal(await text("month_of(date '2024-02-29')"), '2024-02-01');
  assert.equal(await text("add_months(date '2024-01-31', 1)"), '2024-02-01');
  assert.equal(await text("add_months(date '2025-01-01', -1)"), '2024-12-01');
  assert.equal(await text("residents_pension_month(date '1964-02-29')"), '2024-02-01');
  assert.equal(await one("months_between(date '2024-12-31', date '2025-01-01')"), 1);
  assert.equal(await one("months_between(date '2025-03-01', date '2025-01-31')"), -2);
});
