import { sql } from 'kysely';
import { shanghaiDay } from '../../kernel/index.ts';
import { withinScope } from '../../security/index.ts';
import { caseScope, whoIs, worksForCity } from '../access.ts';
import { nothingToTake } from '../errors.ts';
import type { AlertsWorld } from '../world.ts';
import { act, type Caller, type CaseTarget } from './act.ts';
import { verifyDueOn } from './due.ts';
import { standBackReason, standingOf } from './stand-back.ts';

/** Takes a case to verify it (领取). */
export function claimCase(world: AlertsWorld, caller: Caller, target: CaseTarget) {
  return act(
    world,
    caller,
    target,
    'claim',
    async ({ found, principal, who, calendar, today }) => ({
      to: 'verifying',
      set: {
        assignee: who,
        assignee_name: principal.name,
        // An assigned case keeps its day: taking it late gains no time.
        due_on:
          found.state === 'assigned' && found.due_on !== null
            ? found.due_on
            : verifyDueOn(world.handling, calendar, today, found.level),
      },
    }),
  );
}

export interface NextFilter {
  readonly level?: 'high' | 'medium' | 'low';
  readonly rule_group?: string;
  /** Department that owns the rule. */
  readonly owner?: string;
}

/**
 * Takes the most urgent case nobody has (取下一件): own assigned cases first, then free ones, the
 * earliest due first. Callers at the same time get different cases; those the caller must stand
 * back from are passed over.
 * @throws ALERTS_NOTHING_TO_TAKE
 */
export async function takeNext(world: AlertsWorld, caller: Caller, filter: NextFilter = {}) {
  const { principal } = caller;
  const passed: bigint[] = [];
  const standing = await standingOf(world, principal);
  for (;;) {
    const found = await withinScope(world.db, principal.scope, async (db) => {
      const parts = [
        caseScope(principal),
        sql`c.state in ('new', 'assigned')`,
        sql`(c.assignee is null or c.assignee = ${whoIs(principal)})`,
        sql`(c.snoozed_until is null or c.snoozed_until < ${shanghaiDay(world.clock.now())})`,
        sql`c.case_id <> all(${passed}::bigint[])`,
      ];
      if (!worksForCity(principal)) parts.push(sql`c.tier = 'county'`);
      if (filter.level !== undefined) parts.push(sql`c.level = ${filter.level}`);
      if (filter.rule_group !== undefined) parts.push(sql`c.rule_group = ${filter.rule_group}`);
      if (filter.owner !== undefined) parts.push(sql`c.owner = ${filter.owner}`);
      const { rows } = await sql<{
        case_id: bigint;
        version: number;
        person_id: string | null;
        unit_id: string | null;
      }>`select c.case_id, c.version, c.person_id, c.unit_id from alert_case c
        where ${sql.join(parts, sql` and `)}
        order by (c.assignee is null), c.due_on, c.case_id
        limit 1 for update skip locked`.execute(db);
      const [first] = rows;
      if (first === undefined) throw nothingToTake({});
      if ((await standBackReason(standing, db, principal, first)) !== null)
        return { passOver: first };
      // Held until this transaction ends, so nobody else is given the same one meanwhile.
      await sql`update alert_case set assignee = ${whoIs(principal)}, assignee_name = ${principal.name}
        where case_id = ${first.case_id}`.execute(db);
      return { take: first };
    });
    if (found.take !== undefined) {
      const { case_id, version } = found.take;
      return claimCase(world, caller, { case_id: String(case_id), version });
    }
    passed.push(found.passOver.case_id);
  }
}
