import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { createRowsTable } from '../../municipal/index.ts';
import type { DuckEngine } from '../../store/index.ts';
import { TEST_CONTENT } from '../testing/open-world.ts';
import { testDuck } from '../testing/stage-rows.ts';
import { insertInOrder } from './insert-in-order.ts';

let duck: DuckEngine;
before(async () => {
  duck = (await testDuck()).duck;
});

/** Rows of `persons` people in arrival order (month by month), a few without a person. */
async function arrivals(table: string, persons: number, months: number): Promise<void> {
  await duck.write((session) =>
    session.run(
      `create table ${table} as select 'C' || (m * ${persons} + p) as contrib_id,
         case when p % 97 = 0 then null else 'P' || lpad(p::varchar, 6, '0') end as person_id, '110' as insurance,
         (date '2020-01-01' + to_months(m::int))::date as due_period, m * ${persons} + p + 2 as line
       from range(${months}) a(m), range(${persons}) b(p)`,
    ),
  );
}

for (const pieceRows of [10_000_000, 7_000, 300]) {
  test(`every row goes in once and in order in pieces of ${pieceRows}`, async () => {
    const def = TEST_CONTENT.tables.get('contribution');
    assert.ok(def);
    const [source, target] = [`arrived_${pieceRows}`, `ordered_${pieceRows}`];
    await arrivals(source, 1_000, 24);
    await duck.write((session) => session.run(createRowsTable(def, target)));
    const select = def.columns
      .map(({ name }) =>
        ['contrib_id', 'person_id', 'insurance', 'due_period'].includes(name) ? name : 'null',
      )
      .join(', ');
    const told: number[] = [];
    const done = await duck.transaction((session) =>
      insertInOrder(session, {
        def,
        into: target,
        from: `(select * from ${source})`,
        select: `${select}, 1, line, 1, null`,
        rows: 24_000,
        pieceRows,
        onRows: (rows) => told.push(rows),
      }),
    );
    assert.equal(done, 24_000);
    assert.equal(told.at(-1), 24_000);
    assert.equal(told.length > 1, pieceRows < 24_000);
    const found = await duck.read((session) =>
      session.first<{ rows: bigint; ids: bigint; wrong: bigint }>(
        `select count(*) as rows, count(distinct contrib_id) as ids,
           count(*) filter (where person_id < before) as wrong
         from (select contrib_id, person_id, lag(person_id) over (order by rowid) as before from ${target})`,
      ),
    );
    assert.deepEqual(found, { rows: 24_000n, ids: 24_000n, wrong: 0n });
  });
}
