import assert from 'node:assert/strict';
import { sql } from 'kysely';
import { forWholeCity } from '../../security/index.ts';
import { transitionPairs } from '../model.ts';
import type { AlertsTransaction } from '../tables.ts';
import type { AlertsWorld } from '../world.ts';
import { checkLookBacks } from './look-back.ts';

interface StepRow {
  readonly case_id: bigint;
  readonly action: string;
  readonly from_state: string | null;
  readonly to_state: string;
  readonly actor: string;
  readonly agency: string;
}

const HOME: Readonly<Record<string, string>> = {
  ...{ dora: '140502', ella: '140502', finn: '140521', gerda: '140521' },
};

/** How far walks came: with zeros they would prove nothing. */
interface Reached {
  readonly stops: number;
  readonly recoveries: number;
  readonly closed: number;
  readonly settled: number;
  readonly recurred: number;
  readonly reopened: number;
}

/** Cases that were verified and reviewed by another person. */
type Reviewed = ReadonlySet<bigint>;

/** What must hold of everything in the database, however it came about. */
export async function checkEverything(world: AlertsWorld): Promise<Reached> {
  return forWholeCity(world.db, async (db) => {
    const reviewed = await checkSteps(db);
    const stops = await checkDisposals(db, reviewed);
    const recoveries = await checkRecoveries(db);
    await checkClosings(db);
    await checkSnoozes(db);
    await checkDigests(db);
    return { ...(await checkLookBacks(db)), stops, recoveries };
  });
}

/** Follows every case step by step; gives those that were reviewed. */
async function checkSteps(db: AlertsTransaction): Promise<Reviewed> {
  const { rows: steps } =
    await sql<StepRow>`select case_id, action, from_state, to_state, actor, agency
      from alert_step order by step_no`.execute(db);
  const legal = new Set(transitionPairs().map((pair) => pair.join(' ')));
  const at = new Map<bigint, string>();
  const maker = new Map<bigint, string>();
  const reviewed = new Set<bigint>();
  for (const step of steps) {
    const { case_id: id, from_state: from, to_state: to } = step;
    assert.equal(from, at.get(id) ?? null, `case ${id} goes on where it was`);
    if (from !== null && from !== to) assert.ok(legal.has(`${from} ${to}`), `${from} → ${to}`);
    at.set(id, to);
    if (step.action === 'conclude') maker.set(id, step.actor);
    if (step.action === 'pass') {
      assert.notEqual(step.actor, maker.get(id), 'nobody reviews what they concluded');
      reviewed.add(id);
    }
    if (['disposing', 'recovering', 'closing', 'closed'].includes(to)) {
      assert.ok(reviewed.has(id), `case ${id} reached ${to} unreviewed`);
    }
    const home = HOME[step.actor];
    if (home !== undefined) assert.equal(step.agency, home, 'a county acts on its own cases');
    assert.ok(!['boss', 'fund'].includes(step.actor), 'leaders and the fund decide no case');
  }
  return reviewed;
}

/** Counts the stops that were agreed. */
async function checkDisposals(db: AlertsTransaction, reviewed: Reviewed): Promise<number> {
  const { rows: agreed } = await sql<{
    case_id: bigint;
    proposed_by: string;
    reviewed_by: string;
    kind: string;
  }>`select case_id, proposed_by, reviewed_by, kind
      from alert_disposal where state in ('approved', 'proved')`.execute(db);
  for (const each of agreed) {
    assert.ok(reviewed.has(each.case_id), 'a disposal stands on a reviewed conclusion');
    assert.notEqual(each.proposed_by, each.reviewed_by);
  }
  return agreed.filter(({ kind }) => kind === 'stop').length;
}

/** Every ledger adds up to its booked entries; counts the ledgers. */
async function checkRecoveries(db: AlertsTransaction): Promise<number> {
  const { rows: recoveries } = await sql<{
    due: bigint;
    sum: bigint;
    balance: bigint;
    ok: boolean;
  }>`select
        r.due_fen as due, r.balance_fen as balance,
        (r.received_fen + r.offset_fen + r.written_off_fen)::bigint as sum,
        (r.received_fen, r.offset_fen, r.written_off_fen) = (select
          coalesce(sum(amount_fen) filter (where kind = 'receipt'), 0)::bigint,
          coalesce(sum(amount_fen) filter (where kind = 'offset'), 0)::bigint,
          coalesce(sum(amount_fen) filter (where kind = 'write_off'), 0)::bigint
          from recovery_entry e where e.recovery_id = r.recovery_id and e.state = 'booked')
        and exists (select from alert_disposal d where d.disposal_id = r.disposal_id
          and d.state in ('approved', 'proved') and d.amount_fen = r.due_fen) as ok
      from recovery r`.execute(db);
  for (const { due, sum, balance, ok } of recoveries) {
    assert.equal(due, sum + balance);
    assert.ok(balance >= 0n && ok);
  }
  const { rows: alone } = await sql`select 1 from recovery_entry
      where (kind = 'write_off' and state = 'booked' and decided_by is null) or decided_by = entered_by`.execute(
    db,
  );
  assert.equal(alone.length, 0, 'nothing is written off by one person alone');
  return recoveries.length;
}

async function checkClosings(db: AlertsTransaction): Promise<void> {
  const { rows: unproved } = await sql`select c.case_id from alert_case c
      where c.state in ('closed', 'settled') and c.exception_document is null
        and (exists (select from alert_disposal d where d.case_id = c.case_id
            and d.occurrence = c.occurrence and d.state in ('proposed', 'approved'))
          or (c.conclusion = 'unfounded' and not exists (select from alert_evidence e
            where e.case_id = c.case_id)))`.execute(db);
  assert.deepEqual(unproved, [], 'nothing is closed before it is proved');
}

async function checkSnoozes(db: AlertsTransaction): Promise<void> {
  const { rows: snoozed } = await sql`select case_id from alert_case c
      where snoozed_until is not null and not exists (select from alert_snooze s
        where s.person_id = c.person_id and s.state = 'approved' and s.decided_by <> s.asked_by
          and s.until <= s.asked_on + 180)`.execute(db);
  assert.deepEqual(snoozed, [], 'nobody is left alone for longer than 180 days or by one person');
}

async function checkDigests(db: AlertsTransaction): Promise<void> {
  const { rows: undigested } = await sql`select action from audit_entry
      where (action like 'alerts.%' or action = 'recovery.write')
        and action not in ('alerts.open', 'alerts.read_evidence')
        and (after_digest is null or before_digest = after_digest)`.execute(db);
  assert.deepEqual(undigested, [], 'the audit log says what each act changed');
}
