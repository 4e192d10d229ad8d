import assert from 'node:assert/strict';
import { test } from 'node:test';
import { sql } from 'kysely';
import { isHuiliuError } from '../../kernel/index.ts';
import { forWholeCity } from '../../security/index.ts';
import { addNote } from '../evidence/add-note.ts';
import { CASE_STATES, transitionPairs } from '../model.ts';
import { checkProofs } from '../proof/check-proofs.ts';
import { bookReceipt } from '../recovery/book-entry.ts';
import { caseNow, openCase, seen } from '../testing/case-now.ts';
import { openSmallOffice, person } from '../testing/small-office.ts';
import type { Caller } from './act.ts';
import { assignCases } from './assign.ts';
import { claimCase, takeNext } from './claim.ts';
import { closeCase, reopenCase, sendBackCase } from './close.ts';
import { type ConcludeInput, concludeCase } from './conclude.ts';
import { declareRelative } from './declare-relative.ts';
import { escalateCase, extendCase, transferCase } from './hand-on.ts';
import { reviewConclusion } from './review.ts';
import { askSnooze, decideSnooze } from './snooze.ts';

const office = await openSmallOffice();
const { world } = office;
const as = (...args: Parameters<typeof person>): Caller => ({
  principal: person(...args),
  origin: 'test',
});
const anna = as('anna', 'inspector');
const bert = as('bert', 'inspector');
const chief = as('chief', 'controller');

const refusal = (code: string, text?: RegExp) => (error: unknown) => {
  assert.ok(isHuiliuError(error), String(error));
  assert.equal(error.code, code);
  if (text !== undefined) assert.match(error.message, text);
  return true;
};

/** A case of its own, claimed by Anna. */
async function claimed(changes: Parameters<typeof openCase>[1] = {}): Promise<string> {
  const id = await openCase(world, changes);
  await claimCase(world, anna, await seen(world, id));
  return id;
}
const conclude = async (id: string, more: Partial<ConcludeInput>, caller = anna) =>
  concludeCase(world, caller, {
    ...(await seen(world, id)),
    ...{ conclusion: 'confirmed', remark: '公安、卫健两源一致', nature: 'late_report' },
    ...{ confirmed_fen: 287_640, disposals: [] },
    ...more,
  });
const review = async (id: string, agree = true, caller = chief) =>
  reviewConclusion(world, caller, { ...(await seen(world, id)), agree, remark: '同意' });
const close = async (id: string, more = {}, caller = anna) =>
  closeCase(world, caller, { ...(await seen(world, id)), ...more });
const disposalsOf = (id: string) =>
  forWholeCity(world.db, (db) =>
    db
      .selectFrom('alert_disposal')
      .selectAll()
      .where(sql<boolean>`case_id::text = ${id}`)
      .execute(),
  );
const recoveryOf = (id: string) =>
  forWholeCity(world.db, (db) =>
    db
      .selectFrom('recovery')
      .selectAll()
      .where(sql<boolean>`case_id::text = ${id}`)
      .executeTakeFirst(),
  );

test('the state machine of the program and of the database are the same', async () => {
  const { rows } = await sql<{ pair: string }>`select from_state || ' ' || to_state as pair
    from alert_transition order by 1`.execute(world.db);
  assert.deepEqual(
    rows.map(({ pair }) => pair),
    transitionPairs()
      .map((pair) => pair.join(' '))
      .sort(),
  );
  const reached = new Set(transitionPairs().map(([, to]) => to));
  for (const state of CASE_STATES) assert.ok(state === 'new' || reached.has(state), state);
});

test('a death alert goes its whole way: verified, reviewed, ordered, proved by data and money, closed', async () => {
  const id = await claimed({ personId: 'P1', rule: 'DTH-001', insurance: ['110'] });
  await office.rows('entitlement', {
    entitlement_id: 'E1',
    person_id: 'P1',
    insurance: '110',
    pay_state: '1',
  });
  await conclude(id, {
    disposals: [
      { kind: 'stop', reason: '2026-09-03 死亡' },
      { kind: 'refund', reason: '多领 1 个月', amount_fen: 287_640 },
    ],
  });
  assert.equal(
    (await disposalsOf(id)).every(({ state }) => state === 'proposed'),
    true,
  );
  assert.equal(await recoveryOf(id), undefined, 'nothing is due before the review');
  assert.equal((await review(id)).state, 'recovering');
  const [stop] = await disposalsOf(id);
  assert.match(stop?.order_text ?? '', /停发.*对象编号 P1/s);
  assert.match(stop?.order_text ?? '', /本平台不停发/);
  await assert.rejects(close(id), refusal('ALERTS_NOT_CLOSABLE', /停发/));
  assert.equal((await checkProofs(world)).proved, 0, 'still paid in the data');

  await world.duck.write((session) =>
    session.run(`update rows.entitlement set pay_state = '3' where entitlement_id = 'E1'`),
  );
  assert.equal((await checkProofs(world)).proved, 1);
  assert.equal((await caseNow(world, id)).state, 'recovering', 'the money is not back yet');
  const recovery = await recoveryOf(id);
  await bookReceipt(world, anna, {
    ...{ recovery_id: String(recovery?.recovery_id), amount_fen: 287_640, booked_on: '2026-11-02' },
    ...{ document: '电子回单 1', voucher: 'V-1' },
  });
  assert.equal((await caseNow(world, id)).state, 'closing', 'proposed, not closed');
  await office.rows('fund_txn', { txn_id: 'TX1', voucher: 'V-1', amount: 287_640 });
  assert.equal((await checkProofs(world)).receipts, 1);
  await close(id);
  const done = await caseNow(world, id);
  assert.deepEqual([done.state, done.look_back_until], ['closed', '2027-01-31']);
  office.onDay('2027-02-01');
  assert.equal((await checkProofs(world)).settled, 1);
  office.onDay('2026-11-02');
});

test('each conclusion closes only with what it needs', async () => {
  const unfounded = await claimed();
  const none = { nature: undefined, confirmed_fen: undefined, disposals: undefined } as object;
  const reason = { ...none, false_reason: 'source_wrong' };
  await assert.rejects(
    conclude(unfounded, { ...reason, conclusion: 'unfounded' }),
    refusal('ALERTS_INPUT_REFUSED', /先附证据/),
  );
  await addNote(world, anna, { case_id: unfounded, remark: '上门见到本人健在' });
  await conclude(unfounded, { ...reason, conclusion: 'unfounded' });
  await review(unfounded);
  assert.equal((await close(unfounded)).state, 'closed');

  const wrong = await claimed();
  await conclude(wrong, { ...reason, conclusion: 'data_error' });
  await review(wrong);
  await assert.rejects(close(wrong), refusal('ALERTS_NOT_CLOSABLE', /回流值已变/));
  await forWholeCity(world.db, (db) =>
    sql`update alert set vanished_on = '2026-11-30' where case_id::text = ${wrong}`.execute(db),
  );
  assert.equal((await close(wrong)).state, 'closed');

  const compliant = await claimed();
  await assert.rejects(
    conclude(compliant, { ...reason, conclusion: 'compliant' }),
    refusal('ALERTS_INPUT_REFUSED', /批准文号/),
  );
  const exempt = { exempt_document: '晋市人社〔2026〕1号', exempt_until: '2027-12-31' };
  await conclude(compliant, { ...reason, conclusion: 'compliant', ...exempt });
  await review(compliant);
  assert.equal((await close(compliant)).state, 'closed');
});

test('an exception has a document and is not made by whoever concluded', async () => {
  const id = await claimed();
  await conclude(id, { disposals: [{ kind: 'stop', reason: '死亡' }] });
  await review(id);
  const exception = { document: '会议纪要 3 号', reason: '省平台停机，已书面停发' };
  await assert.rejects(close(id, { exception }), refusal('ALERTS_ACTION_FORBIDDEN', /另一人/));
  await assert.rejects(
    close(id, { exception: { ...exception, document: '' } }, bert),
    refusal('ALERTS_INPUT_REFUSED', /文号/),
  );
  assert.equal((await close(id, { exception }, bert)).state, 'closed');
});

test('nobody reviews a conclusion of their own, and a refusal goes back to verification', async () => {
  const id = await openCase(world);
  await claimCase(world, chief, await seen(world, id));
  await conclude(id, { disposals: [{ kind: 'stop', reason: '死亡' }] }, chief);
  await assert.rejects(review(id), refusal('ALERTS_ACTION_FORBIDDEN', /另一人复核/));
  const other = as('other', 'controller');
  assert.equal((await review(id, false, other)).state, 'verifying');
  const back = await caseNow(world, id);
  assert.deepEqual([back.conclusion, back.assignee], [null, 'chief']);
  assert.equal((await disposalsOf(id))[0]?.state, 'refused');
  await conclude(id, {}, chief);
  await review(id, true, other);
  assert.equal((await caseNow(world, id)).state, 'disposing');
  await sendBackCase(world, other, { ...(await seen(world, id)), remark: '证据不足' });
  assert.equal((await caseNow(world, id)).reviewed_by, null);
});

test('even the database alone refuses a review by the maker, a shortcut, and a stop without review', async () => {
  const id = await claimed();
  await conclude(id, { disposals: [{ kind: 'refund', reason: '多领', amount_fen: 100 }] });
  const [proposed] = await disposalsOf(id);
  for (const statement of [
    `update alert_case set state = 'disposing', reviewed_by = 'anna' where case_id = ${id}`,
    `update alert_case set state = 'disposing' where case_id = ${id}`,
    `update alert_case set state = 'closed', reviewed_by = 'x', closed_on = '2026-11-02' where case_id = ${id}`,
    `update alert_case set agency = '140521' where case_id = ${id}`,
    `update alert_disposal set state = 'approved', reviewed_by = 'chief' where case_id = ${id}`,
    `insert into recovery (case_id, disposal_id, agency, due_fen, opened_at)
     values (${id}, ${proposed?.disposal_id}, '140502', 100, now())`,
  ]) {
    await assert.rejects(
      forWholeCity(world.db, (db) => sql.raw(statement).execute(db)),
      { code: '23514' },
      statement,
    );
  }
});

test('whoever handled the business, is the person, lives with them or declared kinship stands back', async () => {
  await office.rows('biz_case', { case_id: 'B1', person_id: 'S1' });
  await office.rows('biz_event', { event_id: 'X1', case_id: 'B1', operator_id: 'OP7' });
  await office.rows('person', { person_id: 'S2', id_no: 'N2' }, { person_id: 'S3', id_no: 'N3' });
  await office.rows('operator', { operator_id: 'OP8', id_no: 'N2' });
  await office.rows('household_member', {
    rel_id: 'H1',
    person_id: 'S3',
    related_id: 'S2',
    valid_flag: '1',
  });
  const cases = [
    ['S1', as('op7', 'inspector', { operatorId: 'OP7' }), /经办过/],
    ['S2', as('op8', 'inspector', { operatorId: 'OP8' }), /您本人/],
    ['S3', as('op8', 'inspector', { operatorId: 'OP8' }), /亲属/],
  ] as const;
  for (const [personId, who, text] of cases) {
    const id = await openCase(world, { personId });
    await assert.rejects(
      claimCase(world, who, await seen(world, id)),
      refusal('ALERTS_MUST_STAND_BACK', text),
    );
    await claimCase(world, anna, await seen(world, id));
  }
  const id = await openCase(world, { personId: 'S4' });
  await declareRelative(world, bert, { person_id: 'S4', relation: '舅舅' });
  await assert.rejects(
    claimCase(world, bert, await seen(world, id)),
    refusal('ALERTS_MUST_STAND_BACK', /转办/),
  );
  await claimCase(world, anna, await seen(world, id));
  await conclude(id, {});
  const cousin = await openCase(world, { personId: 'K1' });
  await assert.rejects(
    claimCase(world, as('cousin', 'inspector'), await seen(world, cousin)),
    refusal('ALERTS_MUST_STAND_BACK', /申报/),
  );
  const uncle = as('uncle', 'controller');
  await declareRelative(world, uncle, { person_id: 'S4', relation: '外甥' });
  await assert.rejects(review(id, true, uncle), refusal('ALERTS_MUST_STAND_BACK'));
  const taken = await takeNext(world, bert, {}).catch((error: unknown) => error);
  assert.ok(isHuiliuError(taken, 'ALERTS_NOTHING_TO_TAKE') || !(taken instanceof Error));
});

test('time limits are working days: 1 to assign, 10, 20 or 40 to verify, 3 to review', async () => {
  office.onDay('2026-09-30');
  const high = await openCase(world, { level: 'high' });
  assert.equal((await caseNow(world, high)).due_on, '2026-10-08');
  const low = await openCase(world, { level: 'low' });
  await assignCases(world, chief, {
    case_ids: [high, low],
    assignee: { account: 'anna' },
  });
  assert.equal((await caseNow(world, high)).due_on, '2026-10-20');
  assert.equal((await caseNow(world, low)).due_on, '2026-12-01');
  await claimCase(world, anna, await seen(world, high));
  assert.equal((await caseNow(world, high)).due_on, '2026-10-20', 'taking it late gains no time');
  await extendCase(world, chief, { ...(await seen(world, high)), days: 5, remark: '等民政复函' });
  assert.equal((await caseNow(world, high)).due_on, '2026-10-27');
  await conclude(high, {});
  assert.equal((await caseNow(world, high)).due_on, '2026-10-10');
  office.onDay('2026-11-02');
});

test('what a county cannot verify goes up to the city and is out of its hands', async () => {
  const county = as('dora', 'county_officer', { agency: '140502' });
  const head = as('ella', 'county_reviewer', { agency: '140502' });
  const id = await openCase(world);
  await claimCase(world, county, await seen(world, id));
  await conclude(
    id,
    { conclusion: 'unclear', confirmed_fen: undefined, nature: undefined } as object,
    county,
  );
  await review(id, true, head);
  const up = await caseNow(world, id);
  assert.deepEqual([up.state, up.tier, up.assignee], ['assigned', 'city', null]);
  await assert.rejects(
    claimCase(world, county, await seen(world, id)),
    refusal('ALERTS_ACTION_FORBIDDEN', /市级/),
  );
  await claimCase(world, anna, await seen(world, id));
  const other = await openCase(world);
  await escalateCase(world, county, { ...(await seen(world, other)), remark: '需跨县协查' });
  assert.equal((await caseNow(world, other)).tier, 'city');
});

test('a case is handed on with a reason, to a person or a department', async () => {
  const id = await claimed();
  const to = { remark: '业务归口', department: '待遇科' };
  await assert.rejects(
    transferCase(world, bert, { ...(await seen(world, id)), ...to }),
    refusal('ALERTS_ACTION_FORBIDDEN', /承办人/),
  );
  await transferCase(world, anna, { ...(await seen(world, id)), ...to });
  const handed = await caseNow(world, id);
  assert.deepEqual([handed.state, handed.assignee, handed.owner], ['assigned', null, '待遇科']);
});

test('a person is left alone for at most 180 days, with a reason and a second person', async () => {
  const id = await openCase(world, { personId: 'Z1' });
  const ask = { case_id: id, until: '2027-05-02', reason: '省里正在更正数据' };
  await assert.rejects(askSnooze(world, anna, ask), refusal('ALERTS_INPUT_REFUSED', /180/));
  const { snooze_id } = await askSnooze(world, chief, { ...ask, until: '2027-05-01' });
  await assert.rejects(
    decideSnooze(world, chief, { snooze_id, agree: true }),
    refusal('ALERTS_SECOND_PERSON_NEEDED'),
  );
  await decideSnooze(world, as('other', 'controller'), { snooze_id, agree: true });
  assert.equal((await caseNow(world, id)).snoozed_until, '2027-05-01');
  const later = await openCase(world, { personId: 'Z1', topic: '另一事由' });
  assert.equal((await caseNow(world, later)).snoozed_until, '2027-05-01', 'new cases too');
});

test('a closed case is opened again with a reason, and all decisions are made anew', async () => {
  const id = await claimed();
  await addNote(world, anna, { case_id: id, remark: '见到本人' });
  const none = { nature: undefined, confirmed_fen: undefined } as object;
  await conclude(id, { ...none, conclusion: 'unfounded', false_reason: 'source_wrong' });
  await review(id);
  await close(id);
  await reopenCase(world, anna, { ...(await seen(world, id)), remark: '收到新的举报线索' });
  const again = await caseNow(world, id);
  assert.deepEqual(
    [again.state, again.conclusion, again.reviewed_by, again.occurrence],
    ['assigned', null, null, 2],
  );
});

test('of two people deciding the same case at once one wins, the other is told, nothing is lost', async () => {
  for (let round = 0; round < 5; round += 1) {
    const id = await claimed();
    await conclude(id, {});
    const at = await seen(world, id);
    const other = as('other', 'controller');
    const results = await Promise.allSettled([
      reviewConclusion(world, chief, { ...at, agree: true, remark: '同意' }),
      reviewConclusion(world, other, { ...at, agree: false, remark: '退回' }),
      reviewConclusion(world, other, { ...at, agree: true, remark: '同意' }),
    ]);
    const won = results.filter(({ status }) => status === 'fulfilled');
    assert.equal(won.length, 1);
    for (const each of results) {
      if (each.status === 'rejected') {
        assert.ok(
          isHuiliuError(each.reason) && each.reason.kind === 'conflict',
          String(each.reason),
        );
      }
    }
    const { rows } = await forWholeCity(world.db, (db) =>
      sql<{ action: string }>`select action from alert_step
        where case_id::text = ${id} and action in ('pass', 'refuse')`.execute(db),
    );
    assert.equal(rows.length, 1, 'one decision is noted');
  }
});

test('callers of the next case at the same time get different ones', async () => {
  const ids = await Promise.all(Array.from({ length: 6 }, () => openCase(world)));
  assert.ok(ids.length === 6);
  const people = Array.from({ length: 6 }, (_, i) => as(`next${i}`, 'inspector'));
  const taken = await Promise.all(people.map((each) => takeNext(world, each)));
  assert.equal(new Set(taken.map(({ case_id }) => case_id)).size, 6);
});
