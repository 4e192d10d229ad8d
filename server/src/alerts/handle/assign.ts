import { sql } from 'kysely';
import { shanghaiDay, shanghaiTime } from '../../kernel/index.ts';
import { workingCalendar } from '../../municipal/index.ts';
import { withinScope } from '../../security/index.ts';
import { caseScope, whoIs, worksForCity } from '../access.ts';
import { actionForbidden, inputRefused } from '../errors.ts';
import type { AlertsTransaction } from '../tables.ts';
import type { AlertsWorld } from '../world.ts';
import { auditCase, type Caller } from './act.ts';
import { findColleague } from './colleagues.ts';
import { verifyDueOn } from './due.ts';
import type { CaseRow } from './find-case.ts';
import { optionalText } from './text.ts';

export interface AssignInput {
  readonly case_ids: readonly string[];
  readonly assignee: { readonly account: string };
  readonly remark?: string;
}

const MOST = 500;

/**
 * Assigns many cases to one person at once (派发). Cases out of scope of either, handed up, or past verification
 * are left as they are and named, without saying which of these it was.
 * @throws ALERTS_ACTION_FORBIDDEN, ALERTS_INPUT_REFUSED
 */
export async function assignCases(
  world: AlertsWorld,
  caller: Caller,
  input: AssignInput,
): Promise<{ readonly assigned: string[]; readonly skipped: string[] }> {
  const { principal } = caller;
  if (!principal.permissions.has('alerts.assign')) {
    throw actionForbidden({ action: '派发', why: '您没有派发权限（alerts.assign）。' });
  }
  const ids = [...new Set(input.case_ids)].filter((id) => /^[1-9]\d{0,17}$/.test(id));
  if (ids.length === 0 || ids.length > MOST) {
    throw inputRefused({ what: `一次派发 1 至 ${MOST} 张疑点单，请调整所选。` });
  }
  const colleague = await findColleague(world, input.assignee.account);
  const whole = colleague.agencies.includes('*');
  const remark = optionalText(input.remark, '派发说明');
  const now = world.clock.now();
  const calendar = workingCalendar(world.content);
  const { handling } = world;
  const due = (level: 'high' | 'medium' | 'low') =>
    verifyDueOn(handling, calendar, shanghaiDay(now), level);
  return withinScope(world.db, principal.scope, async (db) => {
    const tier = worksForCity(principal) ? sql`true` : sql`c.tier = 'county'`;
    const before = await readCases(db, ids);
    const { rows } = await sql<{ case_id: bigint }>`with old as (
        select c.case_id, c.state from alert_case c
        where c.case_id = any(${ids}::bigint[]) and c.state in ('new', 'assigned', 'verifying')
          and ${tier} and ${caseScope(principal)}
          and (${whole}::boolean or c.agency = any(${[...colleague.agencies]}::text[]))
        order by c.case_id for update
      ), moved as (
        update alert_case c set state = 'assigned', version = c.version + 1,
          assignee = ${colleague.account}, assignee_name = ${colleague.name},
          state_since = ${shanghaiTime(now)},
          due_on = case c.level when 'high' then ${due('high')}::date
            when 'medium' then ${due('medium')}::date else ${due('low')}::date end
        from old where c.case_id = old.case_id
        returning c.case_id, c.agency, old.state as from_state
      )
      insert into alert_step (case_id, agency, action, from_state, to_state, actor, actor_name, at, remark, data)
      select case_id, agency, 'assign', from_state, 'assigned', ${whoIs(principal)}, ${principal.name},
        ${shanghaiTime(now)}, ${remark},
        jsonb_build_object('assignee', ${colleague.name}::text)
      from moved returning case_id`.execute(db);
    const assigned = rows.map(({ case_id }) => String(case_id));
    const after = await readCases(db, assigned);
    for (const id of assigned) {
      await auditCase(world, db, caller, {
        ...{ action: 'alerts.assign', caseId: id, purpose: null },
        changed: { before: before.get(id) ?? null, after: after.get(id) ?? null },
      });
    }
    const done = new Set(assigned);
    return { assigned, skipped: ids.filter((id) => !done.has(id)) };
  });
}

/** Rows of cases as they stand, locked in the order everybody locks them. */
async function readCases(
  db: AlertsTransaction,
  ids: readonly string[],
): Promise<ReadonlyMap<string, CaseRow>> {
  const { rows } = await sql<CaseRow>`select c.* from alert_case c
    where c.case_id = any(${ids}::bigint[]) order by c.case_id for update`.execute(db);
  return new Map(rows.map((row) => [String(row.case_id), row]));
}
