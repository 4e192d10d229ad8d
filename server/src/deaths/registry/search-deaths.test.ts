import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { forWholeCity } from '../../security/index.ts';
import { afterReports } from '../compare/after-reports.ts';
import { askerOf } from '../testing/askers.ts';
import { openSmallCity, personOf, reportOf } from '../testing/open-city.ts';
import { searchDeaths } from './list-deaths.ts';
import type { RegistryDb } from './tables.ts';
import { takeIn } from './take-in.ts';

const city = await openSmallCity();
const { world } = city;
const NAMES = ['王建国', '阿依古丽·买买提', '张䶮', '李峰', '阎哲'] as const;
const people = NAMES.map((name, i) => ({ ...personOf(i + 1), name, name_norm: name }));
await city.publish('2026-10-31', { person: people });

const ann = askerOf('ann');
const purpose = '核实死亡';
const search = async (key: string, asker = ann) =>
  (await searchDeaths(world, asker, { key, purpose })).map(({ person_id }) => person_id);

const reported = ['王建國', '阿依古丽.买买提', '张\uE863', '李鋒', '闫 喆'];
const taken = await takeIn(
  world,
  people.map(({ id_no: idNo }, i) => reportOf({ idNo, name: reported[i] ?? null })),
);
await afterReports(
  world,
  taken.map(({ subject }) => subject),
);

describe('the search by name', () => {
  for (const [key, person, why] of [
    ['王建国', 'P001', 'the report wrote it in traditional characters'],
    ['王建國', 'P001', 'and so does who searches'],
    ['王 建\u3000国', 'P001', 'blanks, full width too'],
    ['阿依古丽•买买提', 'P002', 'another middle dot'],
    ['阿依古丽买买提', 'P002', 'no middle dot'],
    ['张䶮', 'P003', 'a rare character that was once in the private use area'],
    ['张\uE863', 'P003', 'and is still there where it is typed'],
    ['李峯', 'P004', 'a variant of the name in our own data, the report mistyped it'],
    ['李锋', 'P004', 'and the name of the report, written simply'],
    ['阎喆', 'P005', 'two variants'],
  ] as const) {
    it(`finds ${person}: ${why}`, async () => {
      assert.deepEqual(await search(key), [person]);
    });
  }

  it('finds nobody by a part, another character, or nothing but dots', async () => {
    for (const key of ['王建', '王建设', '李锋x', '·', '，'])
      assert.deepEqual(await search(key), []);
  });

  it('finds nobody of another county', async () => {
    assert.deepEqual(await search('王建国', askerOf('carl', ['140521'])), []);
  });

  it('leaves no name readable in the database', async () => {
    const rows = await forWholeCity(world.db as RegistryDb, (db) =>
      db.selectFrom('death_person').selectAll().execute(),
    );
    const text = JSON.stringify(rows, (_, each) =>
      typeof each === 'bigint' ? String(each) : each,
    );
    for (const name of [...NAMES, ...reported]) assert.ok(!text.includes(name));
  });
});

describe('a report without a number', () => {
  it('is matched by name and birth in any writing of the name, as a clue and no alarm', async () => {
    const { birth_date: birthDate } = personOf(1);
    const [one] = await takeIn(world, [reportOf({ name: '王 建國', birthDate, source: '01' })]);
    const delivery = await afterReports(world, [one?.subject ?? '']);
    assert.deepEqual([delivery.findings, delivery.persons], [[], []]);
    const row = await forWholeCity(world.db as RegistryDb, (db) =>
      db
        .selectFrom('death_person')
        .select(['grade', 'person_id'])
        .where('subject', '=', one?.subject ?? '')
        .executeTakeFirst(),
    );
    assert.deepEqual(row, { grade: '3', person_id: 'P001' });
  });

  it('matches nobody of another birth date or of a name one character away', async () => {
    const { birth_date: birthDate } = personOf(1);
    for (const given of [
      { name: '王建国', birthDate: '1940-12-31' },
      { name: '王建设', birthDate },
    ]) {
      const [one] = await takeIn(world, [reportOf({ ...given, source: '02' })]);
      await afterReports(world, [one?.subject ?? '']);
      const row = await forWholeCity(world.db as RegistryDb, (db) =>
        db
          .selectFrom('death_person')
          .select('grade')
          .where('subject', '=', one?.subject ?? '')
          .executeTakeFirst(),
      );
      assert.equal(row?.grade, '0');
    }
  });
});
