import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { isHuiliuError } from '../../kernel/index.ts';
import { scratchDuck } from '../fixtures/scratch.ts';

test('every column type arrives as a plain value', async (t) => {
  const duck = await scratchDuck(t);
  const row = await duck.read((s) =>
    s.first(`select 9007199254740993::bigint as big, (2::hugeint ** 100)::hugeint as huge,
      7 as whole, true as yes, 1.5::double as real, 12345678901234567890.1234::decimal(24,4) as money,
      date '2024-02-29' as day, timestamp '2024-02-29 01:02:03' as at,
      timestamp '2024-02-29 01:02:03.25' as finer, timestamp_s '2024-02-29 01:02:03' as second,
      timestamptz '2024-02-29 01:02:03+08' as instant, '珅|"' as text, null as nothing,
      [1, null, 3] as list, {day: date '2024-01-31', sums: [1.10::decimal(6,2)]} as record`),
  );
  assert.deepEqual(row, {
    big: 9007199254740993n,
    huge: 2n ** 100n,
    whole: 7,
    yes: true,
    real: 1.5,
    money: '12345678901234567890.1234',
    day: '2024-02-29',
    at: '2024-02-29T01:02:03',
    finer: '2024-02-29T01:02:03.25',
    second: '2024-02-29T01:02:03',
    instant: '2024-02-29T01:02:03.000+08:00',
    text: '珅|"',
    nothing: null,
    list: [1, null, 3],
    record: { day: '2024-01-31', sums: ['1.10'] },
  });
});

test('negative and zero-padded decimals and days before 1970 keep their digits', async (t) => {
  const duck = await scratchDuck(t);
  const row = await duck.read((s) =>
    s.first("select (-0.05)::decimal(18,2) as a, 0::decimal(18,2) as b, date '1923-05-06' as c"),
  );
  assert.deepEqual(row, { a: '-0.05', b: '0.00', c: '1923-05-06' });
});

test('parameters fill typed columns: days, times, decimals, big numbers, nothing', async (t) => {
  const duck = await scratchDuck(t);
  const given = {
    day: '2024-02-29',
    moment: '2024-02-29T01:02:03',
    money: '1234567890123456.78',
    fen: 9007199254740993n,
    people: 1_760_000,
    rate: 0.08,
    yes: false,
    none: null,
  };
  await duck.write(async (s) => {
    await s.run(`create table typed (day date, moment timestamp, money decimal(18,2), fen bigint,
      people integer, rate double, yes boolean, none varchar)`);
    const names = Object.keys(given).map((name) => `$${name}`);
    assert.equal(await s.run(`insert into typed values (${names.join(', ')})`, given), 1);
    assert.deepEqual(await s.first('from typed'), given);
    const where = 'day = $day and fen = $fen and none is not distinct from $none';
    assert.equal((await s.rows(`from typed where ${where}`, given)).length, 1);
  });
});

test('list parameters serve membership, an empty list matches nothing', async (t) => {
  const duck = await scratchDuck(t);
  const sql = 'select i from range(5) t(i) where i = any($wanted) order by i';
  const wanted = async (list: readonly number[] | readonly bigint[]) =>
    (await duck.read((s) => s.rows<{ i: bigint }>(sql, { wanted: list }))).map((row) => row.i);
  assert.deepEqual(await wanted([1, 3, 9]), [1n, 3n]);
  assert.deepEqual(await wanted([4n]), [4n]);
  assert.deepEqual(await wanted([]), []);
  const names = await duck.read((s) =>
    s.rows("select x from (values ('张'), ('李')) t(x) where x in (select unnest($names))", {
      names: ['李', "'); drop table x; --"],
    }),
  );
  assert.deepEqual(names, [{ x: '李' }]);
});

test('one parameter set serves all statements of a text', async (t) => {
  const duck = await scratchDuck(t);
  const changed = await duck.write((s) =>
    s.run('create table a as select $n as n; insert into a select n from a where n = $n', { n: 3 }),
  );
  assert.equal(changed, 1);
});

test('a parameter without a value is our bug and is named', async (t) => {
  const duck = await scratchDuck(t);
  await assert.rejects(
    duck.read((s) => s.rows('select $here, $gone', { here: 1 })),
    (error: Error) =>
      /no value for SQL parameter \$gone/.test(error.message) && !isHuiliuError(error),
  );
});

test('any text survives a parameter unchanged', async (t) => {
  const duck = await scratchDuck(t);
  // A zero character cannot occur: the feed forbids it and DuckDB's binding ends at it.
  const text = fc.string({ unit: 'binary', maxLength: 40 }).filter((each) => !each.includes('\0'));
  await fc.assert(
    fc.asyncProperty(text, async (given) => {
      const row = await duck.read((s) => s.first<{ x: string }>('select $x as x', { x: given }));
      assert.equal(row?.x, given);
    }),
    { numRuns: 100, seed: 20260131 },
  );
});
