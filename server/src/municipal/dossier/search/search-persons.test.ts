import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, it } from 'node:test';
import { sql } from 'kysely';
import { keyTag } from '../../../security/index.ts';
import { addRows } from '../testing/small-city.ts';
import {
  clerk,
  LI,
  ORIGIN,
  openTwoCounties,
  REASON,
  type TwoCounties,
  WANG,
} from '../testing/two-counties.ts';
import { type SearchRequest, searchPersons } from './index.ts';

let setup: TwoCounties;
before(async () => {
  setup = await openTwoCounties();
});
after(() => setup.close());
beforeEach(async () => {
  await sql`alter table audit_entry disable trigger all`.execute(setup.db);
  await sql`truncate audit_entry`.execute(setup.db);
  await sql`alter table audit_entry enable trigger all`.execute(setup.db);
});

const CITY = clerk({ agencies: 'all' });
const ask = (search: SearchRequest, principal = clerk(), reason: object = REASON, page = 1) =>
  searchPersons(setup.world, principal, {
    ...{ search, origin: ORIGIN, page, pageSize: 50 },
    reason: { ...REASON, ...reason },
  });
const entries = () => setup.db.selectFrom('audit_entry').selectAll().orderBy('seq').execute();

describe('searching persons', () => {
  it('finds by number in every spelling, card, account, person id, name with birth date', async () => {
    const ways: SearchRequest[] = [
      { kind: 'id_no', value: WANG },
      { kind: 'id_no', value: '140502561103001' },
      { kind: 'id_no', value: `'１４０５０２１９５６１１０３００１９` },
      { kind: 'person_id', value: ' P1' },
      { kind: 'account', value: '6217 0551 3564 0068 336' },
      { kind: 'account', value: 'a12345678' },
      { kind: 'name', value: '王 测试', birthDate: '1956-11-03' },
    ];
    for (const way of ways) {
      const answer = await ask(way);
      assert.deepEqual([answer.total, answer.near, answer.rows[0]?.person_id], [1, false, 'P1']);
    }
  });

  it('shows a masked row with agency and state, and no tail of the number', async () => {
    const [row] = (await ask({ kind: 'person_id', value: 'P1' })).rows;
    assert.deepEqual(row, {
      ...{ person_id: 'P1', name: '王*试', id_no: '140502************', sex: '1' },
      ...{ birth_date: '1956-11-03', agency: '140502', agency_title: '140502' },
      ...{ life_status: '1', person_status: '1', flags: ['retired', 'insured', 'paid'] },
      ...{ insurances: ['110'], allowed_actions: ['open'] },
    });
    const dead = (await ask({ kind: 'person_id', value: 'P2' }, CITY)).rows[0];
    assert.deepEqual(dead?.flags, ['deceased']);
  });

  it('answers the same for persons of another county and for nobody at all', async () => {
    const others: SearchRequest[] = [
      { kind: 'id_no', value: LI },
      { kind: 'person_id', value: 'P2' },
      { kind: 'account', value: 'B12345678' },
      { kind: 'name', value: '李甲乙', birthDate: '1960-01-31' },
    ];
    const nobody: SearchRequest[] = [
      { kind: 'id_no', value: '140521196001310144' },
      { kind: 'person_id', value: 'P99' },
      { kind: 'account', value: 'B99999999' },
      { kind: 'name', value: '没有此人', birthDate: '1960-01-31' },
    ];
    for (const [index, search] of others.entries()) {
      assert.equal((await ask(search, CITY)).total, 1);
      assert.deepEqual(await ask(search), await ask(nobody[index] as SearchRequest));
    }
  });

  it('reaches persons with a running enrolment in the county, not those whose enrolment ended', async () => {
    assert.equal((await ask({ kind: 'person_id', value: 'P3' })).total, 1);
    assert.equal((await ask({ kind: 'person_id', value: 'P4' })).total, 0);
    const nowhere = clerk({ agencies: [] });
    assert.equal((await ask({ kind: 'person_id', value: 'P1' }, nowhere)).total, 0);
  });

  it('tries near things when nobody is exactly who was asked for, and tells what', async () => {
    const wrongDigit = await ask({ kind: 'id_no', value: '140502195611030017' });
    assert.deepEqual([wrongDigit.near, wrongDigit.rows[0]?.person_id], [true, 'P1']);
    assert.deepEqual(
      wrongDigit.tried.map(({ hits }) => hits),
      [0, 0, 1],
    );
    const idBirth = await ask({ kind: 'name', value: '赵三', birthDate: '1970-05-06' });
    assert.deepEqual([idBirth.near, idBirth.rows[0]?.person_id], [true, 'P3']);
    const oneCharacter = await ask({ kind: 'name', value: '王侧试', birthDate: '1956-11-03' });
    assert.deepEqual([oneCharacter.near, oneCharacter.rows[0]?.person_id], [true, 'P1']);
    const none = await ask({ kind: 'name', value: '查无此人', birthDate: '1956-11-03' });
    assert.deepEqual([none.total, none.tried.length], [0, 4]);
  });

  it('asks to narrow a question that more than 200 persons answer, and shows none of them', async () => {
    const many = Array.from({ length: 201 }, (_, i) => ({
      ...{ person_id: `M${i}`, name: '李多多', name_norm: '李多多', birth_date: '1990-01-01' },
      agency: '140502',
    }));
    await addRows(setup.city, 'person', many);
    const answer = await ask({ kind: 'name', value: '李多多', birthDate: '1990-01-01' });
    assert.deepEqual([answer.refine, answer.rows, answer.total], [true, [], 201]);
  });

  it('refuses without purpose, matter number and note, and looks nobody up', async () => {
    const wrong = [
      [{ purpose: 'curiosity' }, 'purpose_unknown'],
      [{ matterNo: null }, 'matter_missing'],
      [{ matterNo: '随便' }, 'matter_form'],
      [{ matterNo: WANG }, 'matter_personal'],
      [{ note: '查一下' }, 'note_short'],
      [{ note: '。。。。。。' }, 'note_short'],
      [{ note: '长'.repeat(501) }, 'note_long'],
    ] as const;
    for (const [reason, problem] of wrong) {
      await assert.rejects(ask({ kind: 'person_id', value: 'P1' }, clerk(), reason), {
        code: 'MUNICIPAL_REASON_INVALID',
        details: { problem },
      });
    }
    for (const search of [
      { kind: 'name', value: '王测试', birthDate: null },
      { kind: 'name', value: '王1', birthDate: '1956-11-03' },
      { kind: 'account', value: "' or 1=1 --" },
    ] as const) {
      await assert.rejects(ask(search), { code: 'MUNICIPAL_SEARCH_INVALID' });
    }
    assert.deepEqual(await entries(), []);
    const free = await ask({ kind: 'person_id', value: 'P1' }, clerk(), {
      ...{ purpose: 'consultation', matterNo: null },
    });
    assert.equal(free.total, 1);
  });

  it('leaves an entry with purpose, matter and digest of the result, and no number', async () => {
    await ask({ kind: 'id_no', value: WANG });
    await ask({ kind: 'id_no', value: LI });
    const log = await entries();
    assert.deepEqual(
      log.map((entry) => [entry.action, entry.outcome, entry.object, entry.matter_no]),
      [
        ['dossier.search', 'ok', 'P1', 'SL-2026-000123'],
        ['dossier.search', 'not_found', null, 'SL-2026-000123'],
      ],
    );
    assert.equal(log[0]?.purpose, '核实待遇资格：核实退休待遇资格');
    assert.equal(log[0]?.address, '10.140.5.17');
    assert.match(log[0]?.result_digest ?? '', /^[0-9a-f]{64}$/);
    assert.equal(log[1]?.key_tag, keyTag('lookup-key-of-the-test', LI));
    const text = JSON.stringify(log, (_, value) => (typeof value === 'bigint' ? '' : value));
    assert.ok(!text.includes(WANG) && !text.includes(LI));
  });

  it('gives no answer when the audit log cannot be written (F25)', async () => {
    await sql`alter table audit_entry rename to audit_gone`.execute(setup.db);
    try {
      await assert.rejects(ask({ kind: 'person_id', value: 'P1' }), {
        code: 'SECURITY_AUDIT_UNAVAILABLE',
      });
    } finally {
      await sql`alter table audit_gone rename to audit_entry`.execute(setup.db);
    }
  });
});
