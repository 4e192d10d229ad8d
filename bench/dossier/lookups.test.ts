import assert from 'node:assert/strict';
import { join } from 'node:path';
import test from 'node:test';
import { loadContent } from '../../server/src/municipal/index.ts';
import { jumping } from './choose-persons.ts';
import { measureLookups } from './measure-lookups.ts';
import { personTables } from './person-tables.ts';

const CONTENT = loadContent([join(import.meta.dirname, '../../content/base')]);

test('every person is looked up in turn and no more at once than there are readers', async () => {
  const asked: string[] = [];
  let [now, most] = [0, 0];
  const measured = await measureLookups(
    ['a', 'b', 'c'],
    { lookups: 7, readers: 3 },
    async (key) => {
      asked.push(key);
      now += 1;
      most = Math.max(most, now);
      await new Promise(setImmediate);
      now -= 1;
      return 2;
    },
  );
  assert.deepEqual(asked, ['a', 'b', 'c', 'a', 'b', 'c', 'a']);
  assert.equal(most, 3);
  assert.equal(measured.rows, 14);
  assert.equal(measured.latency.lookups, 7);
});

test('a failing look-up fails the measurement', async () => {
  const failing = async () => {
    throw new Error('lost');
  };
  await assert.rejects(measureLookups(['a'], { lookups: 2, readers: 1 }, failing), /lost/);
});

test('the order jumps, and nobody is left out', () => {
  const items = Array.from({ length: 50 }, (_, i) => i);
  const order = jumping(items);
  assert.deepEqual(
    [...order].sort((a, b) => a - b),
    items,
  );
  assert.ok(order.slice(1).every((item, at) => Math.abs(item - (order[at] ?? 0)) > 1));
  assert.deepEqual(jumping([]), []);
});

test('the baseline has every table of a dossier, found through an index on what it is asked by', () => {
  const tables = new Map(personTables(CONTENT).map((table) => [table.name, table]));
  const expected = [...CONTENT.tables.values()].filter((def) => def.person !== null);
  assert.deepEqual(
    [...tables.keys()].sort(),
    [...expected.map(({ name }) => name), 'claim_item', 'unit'].sort(),
  );
  assert.deepEqual(tables.get('contribution')?.indexed, ['person_id']);
  assert.deepEqual(tables.get('death_event')?.indexed, ['person_id', 'id_no']);
  assert.match(tables.get('death_event')?.query?.text ?? '', /"person_id" = \$1 or id_no = \$2/);
  assert.match(
    tables.get('contribution')?.createSql ?? '',
    /"base" bigint, .*"due_period"|"due_period" date/,
  );
});
