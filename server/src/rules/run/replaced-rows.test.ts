import assert from 'node:assert/strict';
import { test } from 'node:test';
import { keyText } from '../findings/finding.ts';
import { listFindings } from '../findings/list-findings.ts';
import { openSmallCity, packOf, ruleOf } from '../testing/small-city.ts';
import { runIncrementally } from './incremental-run.ts';
import { startRun } from './start-run.ts';

const rule = ruleOf(
  'CTL-900',
  `select o.person_id, o.birth_date as old_birth, n.birth_date as new_birth, o.replaced_on,
     n.person_id is null as removed
   from replaced_person o left join person n on n.person_id = o.person_id
   where o.birth_date is distinct from n.birth_date
   order by o.person_id, o.replaced_on`,
  { reads: ['person', 'replaced_person'], key: ['person_id', 'replaced_on'] },
);
const city = await openSmallCity({ pack: packOf(rule) });
await city.publish('2026-08-31', { person: ['A', 'B', 'C'].map((person_id) => ({ person_id })) });

const actor = 'test';

async function found(run: string): Promise<string[]> {
  const request = { run, rule: null, department: null, actor, origin: 'test' };
  const rows = await listFindings(city.world, request);
  return rows.map(({ key, evidence, provenance }) => {
    const places = provenance.map(({ package_id: id, line }) => `${id}:${line}`);
    return [keyText(key), evidence.old_birth, evidence.new_birth, ...places].join(' ');
  });
}

async function publishMoved(asOf: string, person: string, birth: string): Promise<void> {
  const rows = { person: [{ person_id: person, birth_date: birth }] };
  await city.publish(asOf, rows, { person: [person] });
}

test('nothing was replaced by the first package', async () => {
  const run = await startRun(city.world, { actor });
  assert.deepEqual(await found(run.run_id), []);
});

test('a changed and a removed row are seen with the date of the package, in full and in part', async () => {
  await publishMoved('2026-09-30', 'A', '1956-02-02');
  await city.publish('2026-10-31', {}, { person: ['B'] });
  const part = await runIncrementally(city.world, { actor });
  const full = await startRun(city.world, { actor });
  const seen = await found(full.run_id);
  assert.equal(part.kind, 'incremental');
  assert.deepEqual(await found(part.run_id), seen);
  assert.deepEqual(
    seen.map((text) => text.replaceAll('\u001f', ' ')),
    [
      'person_id=A replaced_on=2026-09-30 1955-01-01 1956-02-02',
      'person_id=B replaced_on=2026-10-31 1955-01-01 ',
    ],
  );
});

test('as of a date before, the row still stands', async () => {
  const then = await startRun(city.world, { actor, asOf: '2026-10-15' });
  const texts = await found(then.run_id);
  assert.deepEqual(
    texts.map((text) => text.slice(0, 'person_id=A'.length)),
    ['person_id=A'],
  );
});

test('what a repair of ours replaced is no change by the province', async () => {
  const before = await startRun(city.world, { actor });
  await city.world.duck.transaction(async (session) => {
    // An applied repair is an edition without a package.
    await session.run(`insert into feed.edition values (9, 'repair', null, 1);
      insert into rows.person select * replace (date '1960-06-06' as birth_date, 9 as edition_from)
        from rows.person where person_id = 'C' and edition_to is null;
      update rows.person set edition_to = 9 where person_id = 'C' and edition_from < 9`);
  });
  const after = await startRun(city.world, { actor });
  assert.deepEqual(await found(after.run_id), await found(before.run_id));
});
