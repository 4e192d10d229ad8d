import assert from 'node:assert/strict';
import { sql } from 'kysely';
import type { Severity } from '../../contract/index.ts';
import { shanghaiDay } from '../../kernel/index.ts';
import { forWholeCity } from '../../security/index.ts';
import { deliverFindings } from '../deliver/deliver-findings.ts';
import type { CaseRow } from '../handle/find-case.ts';
import { type ActionName, actionOf, FINAL_STATES, oneLevelHigher } from '../model.ts';
import { checkProofs } from '../proof/check-proofs.ts';
import type { AlertsTransaction } from '../tables.ts';
import type { AlertsWorld } from '../world.ts';
import { caseNow } from './case-now.ts';
import { PEOPLE, type Try } from './random-acts.ts';
import { delivery, finding, HANDLING, type SmallOffice } from './small-office.ts';

const DAY_MS = 86_400_000;
const dayAfter = (day: string, days: number) =>
  new Date(Date.parse(day) + days * DAY_MS).toISOString().slice(0, 10);

/**
 * What happens while nobody acts: time passes, the facts are in the data again, they are gone, a
 * publication looks back. Each says itself what it should have done (回头看).
 */
export function happenings(office: Pick<SmallOffice, 'onDay'>): readonly Try[] {
  return [
    async ({ clock }, _caller, _now, { pick }) =>
      office.onDay(dayAfter(shanghaiDay(clock.now()), [2, 7, 20, 40, 91][pick % 5] ?? 2)),
    (world, _caller, now, { pick }) => comeAgain(world, now.case_id, pick % 4 === 0 ? -40 : 0),
    async (world, _caller, now) => {
      const { rule } = await caseNow(world, now.case_id);
      await deliverFindings(world, delivery([], { ranRules: [rule], asOf: todayOf(world) }));
    },
    lookBack,
  ];
}

const todayOf = ({ clock }: AlertsWorld) => shanghaiDay(clock.now());

/** Delivers the facts of a case once more and checks what that did to it. */
async function comeAgain(world: AlertsWorld, caseId: string, days: number): Promise<void> {
  const asOf = dayAfter(todayOf(world), days);
  const { alert, rivals } = await forWholeCity(world.db, async (db) => ({
    alert: await db
      .selectFrom('alert')
      .selectAll()
      .where('case_id', '=', BigInt(caseId))
      .where('current', '=', true)
      .executeTakeFirst(),
    rivals: await rivalsOf(db, caseId),
  }));
  // Its facts are those of a later case by now.
  if (alert === undefined) return;
  const before = await caseNow(world, caseId);
  const { rule, key, fingerprint, evidence, person_id, agency } = alert;
  const known = { rule, key, fingerprint, evidence, topic: before.topic, level: alert.level };
  const again = finding({ ...known, personId: person_id, unitId: before.unit_id, agency });
  await deliverFindings(world, delivery([again], { ranRules: [rule], asOf }));
  const after = await caseNow(world, caseId);
  if (isRecurrence(before, asOf) && rivals === 0) {
    const level = oneLevelHigher(before.level as Severity);
    assert.deepEqual(
      [after.state, after.occurrence, after.level, after.look_back_until, after.conclusion],
      ['new', before.occurrence + 1, level, null, null],
      'the same facts within the look-back reopen the case, one level higher',
    );
  } else {
    assert.deepEqual(
      [after.state, after.occurrence],
      [before.state, before.occurrence],
      `facts of ${asOf} leave a case ${before.state} on ${before.closed_on} as it is`,
    );
  }
}

function isRecurrence({ state, conclusion, closed_on, look_back_until }: CaseRow, asOf: string) {
  if (state !== 'closed' || conclusion === 'unfounded' || conclusion === 'compliant') return false;
  return (
    closed_on !== null && look_back_until !== null && asOf > closed_on && asOf <= look_back_until
  );
}

async function rivalsOf(db: AlertsTransaction, caseId: string): Promise<number> {
  const { rows } = await sql`select 1 from alert_case c join alert_case o
      on o.subject_key = c.subject_key and o.topic = c.topic and o.case_id <> c.case_id
    where c.case_id = ${caseId}::bigint and o.state <> all(${[...FINAL_STATES]}::text[])`.execute(
    db,
  );
  return rows.length;
}

/** After a publication exactly those are settled whose 90 days are over. */
async function lookBack(world: AlertsWorld): Promise<void> {
  await checkProofs(world);
  await forWholeCity(world.db, async (db) => {
    const { rows } = await sql`select case_id from alert_case
      where state = 'closed' and look_back_until < ${todayOf(world)}`.execute(db);
    assert.deepEqual(rows, [], 'no look-back goes on after its last day');
  });
}

interface Walked {
  readonly case_id: bigint;
  readonly action: string;
  readonly actor: string;
  readonly day: string;
  readonly level: Severity | null;
}

/** What must hold of every look-back and every decision in the database, however it came about. */
export async function checkLookBacks(
  db: AlertsTransaction,
): Promise<Record<'closed' | 'settled' | 'recurred' | 'reopened', number>> {
  const { rows } = await sql<Walked>`select case_id, action, actor, data ->> 'level' as level,
      to_char(at at time zone 'Asia/Shanghai', 'YYYY-MM-DD') as day
    from alert_step order by step_no`.execute(db);
  const closedOn = new Map<bigint, string>();
  const count = { closed: 0, settled: 0, recurred: 0, reopened: 0 };
  for (const { case_id: id, action, actor, day } of rows) {
    requireRight(action, actor);
    const until = dayAfter(closedOn.get(id) ?? '2000-01-01', HANDLING.look_back_days);
    if (action === 'close') {
      closedOn.set(id, day);
      count.closed += 1;
    }
    if (action === 'settle') {
      assert.ok(
        closedOn.has(id) && day > until,
        `case ${id} settled on ${day}, not after ${until}`,
      );
      count.settled += 1;
    }
    if (action === 'recur') {
      assert.ok(closedOn.has(id), `case ${id} recurred without having been closed`);
      count.recurred += 1;
    }
    if (action === 'reopen') count.reopened += 1;
    if (['settle', 'recur', 'reopen'].includes(action)) closedOn.delete(id);
  }
  const { rows: wrong } = await sql`select case_id from alert_case
    where (state in ('closed', 'settled')) <> (look_back_until is not null)
      or look_back_until <> closed_on + ${HANDLING.look_back_days}::integer`.execute(db);
  assert.deepEqual(wrong, [], 'what is closed is looked back upon for 90 days, and nothing else');
  return count;
}

/** Whoever acted holds the right for it; what only the platform does nobody did. */
function requireRight(action: string, actor: string): void {
  const known = action in { claim: 1, close: 1, reopen: 1, recur: 1, settle: 1, pass: 1 };
  if (!known) return;
  const { right } = actionOf(action as ActionName);
  const who = PEOPLE.find(({ principal }) => principal.accountId === actor)?.principal;
  if (right === null) assert.equal(actor, 'system', `${action} is nobody's decision`);
  else assert.ok(who?.permissions.has(right), `${actor} may not ${action}`);
}
