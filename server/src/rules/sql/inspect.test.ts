import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openSmallCity } from '../testing/small-city.ts';
import { bindSql, boundNames } from './bind.ts';
import { inspectSql } from './inspect.ts';

const city = await openSmallCity();
const inspect = (sql: string) =>
  city.world.duck.read((session) => inspectSql(session, sql, new Set(['month_of'])));

test('relations are those the query does not define itself', async () => {
  const { reads, problems } = await inspect(
    `with dead as (select person_id from death_event where person_id in (select person_id from person))
     select d.person_id from dead d join unit u on true order by 1`,
  );
  assert.deepEqual(reads, ['death_event', 'person', 'unit']);
  assert.deepEqual(problems, []);
});

for (const [sql, problem] of [
  ['select a::date from person', /cast/],
  ['select * from person', /写明各列/],
  ['select a from person qualify row_number() over () = 1', /qualify/],
  ['select a, count(b) from person group by all', /group by all/],
  ['select distinct on (a) a, b from person', /distinct on/],
  ["select string_agg(a, ',') from person", /array_join/],
  ["select strftime(a, '%Y') from person", /strftime/],
  ['select a from person where b < now()', /:as_of/],
  ['select a from person where b < current_date', /:as_of/],
  ['select random() from person', /random/],
  ['select a // 2 from person', /floor/],
  ["select a from read_csv('/etc/passwd')", /不能是函数/],
  ['select a from rows.person', /不写库名/],
  ['select a form person', /写法有误/],
] as const) {
  test(`refused as not portable: ${sql}`, async () => {
    const { problems } = await inspect(sql);
    assert.match(problems.join('；'), problem);
  });
}

test('what both engines know passes, functions of law too', async () => {
  const { problems } = await inspect(
    `select person_id, month_of(a) as m, count(*) filter (where b > 1) as n,
       array_agg(c order by c) as rows_found, max_by(d, e) as last_d, coalesce(f, 0) as f
     from person where regexp_like(g, 'x') and a between date '2025-01-01' and date '2025-02-01'
     group by person_id, a, f having count(*) > 1 order by person_id`,
  );
  assert.deepEqual(problems, []);
});

test('values stand in the text as literals, not inside strings, casts or comments', () => {
  const sql = `select ':n', "a:n", cast(x as date) -- :n\n from t where a > :n and b in :list and c = :day`;
  assert.deepEqual([...boundNames(sql)], ['n', 'list', 'day']);
  const values = new Map<string, number | string | readonly string[]>([
    ['n', 3],
    ['list', ["a'b", 'c']],
    ['day', '2025-01-01'],
  ]);
  assert.equal(
    bindSql(sql, values),
    `select ':n', "a:n", cast(x as date) -- :n\n from t where a > 3 and b in ('a''b', 'c') and c = date '2025-01-01'`,
  );
});
