import { sql } from 'kysely';
import { shanghaiDay, shanghaiTime } from '../../kernel/index.ts';
import { workingCalendar } from '../../municipal/index.ts';
import { forWholeCity } from '../../security/index.ts';
import type { CaseRow } from '../handle/find-case.ts';
import { titleOf } from '../handling/handling.ts';
import { type ClosingCondition, closingConditions } from '../model.ts';
import type { AlertsTransaction } from '../tables.ts';
import type { AlertsWorld } from '../world.ts';

/** Reads what the closing of a case depends on and judges it. */
export async function conditionsOf(
  world: AlertsWorld,
  db: AlertsTransaction,
  found: CaseRow,
): Promise<ClosingCondition[]> {
  const { rows } = await sql<{ evidence: number; uncovered: bigint; changed: boolean }>`select
      (select cast(count(*) as integer) from alert_evidence e where e.case_id = ${found.case_id}) as evidence,
      (select coalesce(sum(case when g.agreement_id is null then r.balance_fen else 0 end), 0)::bigint
       from recovery r left join recovery_agreement g
         on g.recovery_id = r.recovery_id and g.state = 'approved'
       where r.case_id = ${found.case_id}) as uncovered,
      (select bool_and(a.vanished_on is not null or a.changed_at > ${found.concluded_at}::timestamptz)
       from alert a where a.case_id = ${found.case_id}) as changed`.execute(db);
  const disposals = await db
    .selectFrom('alert_disposal')
    .select(['state', 'kind', 'recovers'])
    .where('case_id', '=', found.case_id)
    .where('occurrence', '=', found.occurrence)
    .execute();
  const [facts] = rows;
  return closingConditions({
    conclusion: found.conclusion,
    reviewed: found.reviewed_by !== null,
    evidence: facts?.evidence ?? 0,
    returnedValueChanged: facts?.changed === true,
    whitelisted: found.exempt_document !== null && found.exempt_until !== null,
    disposals: disposals.map(({ state, kind }) => ({
      state,
      title: titleOf(world.handling.disposals, kind),
    })),
    uncoveredFen: facts?.uncovered ?? 0n,
    recovers: disposals.some(({ recovers }) => recovers),
  });
}

/**
 * Proves disposals of recovery that the ledger covers, and proposes closing (提示可销号) for those of
 * these cases that have all they need; returns how many were proposed. People close.
 */
export async function proposeClosing(
  world: AlertsWorld,
  caseIds: readonly bigint[],
): Promise<number> {
  if (caseIds.length === 0) return 0;
  const now = world.clock.now();
  const due = workingCalendar(world.content).addWorkingDays(
    shanghaiDay(now),
    world.handling.limits.close,
  );
  return forWholeCity(world.db, async (db) => {
    await sql`update alert_disposal d set state = 'proved', proved_on = ${shanghaiDay(now)},
        proof = jsonb_build_object('recovery_id', r.recovery_id::text)
      from recovery r
      where r.disposal_id = d.disposal_id and d.state = 'approved' and d.proof_kind = 'recovery'
        and d.case_id = any(${[...caseIds]}::bigint[])
        and (r.balance_fen = 0 or exists (select from recovery_agreement g
          where g.recovery_id = r.recovery_id and g.state = 'approved'))`.execute(db);
    const { rows } = await sql<CaseRow>`select * from alert_case
      where case_id = any(${[...caseIds]}::bigint[]) and state in ('disposing', 'recovering')
      order by case_id for update`.execute(db);
    let proposed = 0;
    for (const found of rows) {
      const conditions = await conditionsOf(world, db, found);
      if (!conditions.every(({ met }) => met)) continue;
      proposed += 1;
      await sql`update alert_case set state = 'closing', version = version + 1,
          state_since = ${shanghaiTime(now)}, due_on = ${due}
        where case_id = ${found.case_id} and version = ${found.version}`.execute(db);
      await sql`insert into alert_step (case_id, agency, action, from_state, to_state, actor, actor_name, at, remark)
        values (${found.case_id}, ${found.agency}, 'propose_close', ${found.state}, 'closing', 'system',
          '系统', ${shanghaiTime(now)}, '各项处置已由数据、收款或文书证明，可以销号')`.execute(db);
    }
    return proposed;
  });
}
