import { sql } from 'kysely';
import type { Principal } from '../../contract/index.ts';
import { shanghaiDay } from '../../kernel/index.ts';
import { withinScope } from '../../security/index.ts';
import type { AlertsWorld } from '../world.ts';
import { type CaseFilter, conditions } from './list-cases.ts';

/** How well a rule works in a county; money is of cases that rule leads, so nothing counts twice. */
export interface EffectLine {
  readonly rule: string;
  readonly title: string;
  readonly agency: string;
  /** Cases in which the rule hit. */
  readonly hits: number;
  readonly reviewed: number;
  readonly confirmed: number;
  /** 属实率, null while nothing has been reviewed. */
  readonly confirmed_share: number | null;
  readonly at_risk_fen: number;
  readonly confirmed_fen: number;
  readonly recovered_fen: number;
  /** Calendar days from opening to closing, on average. */
  readonly days_to_close: number | null;
  readonly overdue: number;
  readonly recurred: number;
  /** Why hits were none (误报原因), the most frequent first. */
  readonly false_reasons: readonly { readonly code: string; readonly count: number }[];
}

/** Effect figures (规则效果) by rule and county, within the reader's scope. */
export async function measureEffect(
  world: AlertsWorld,
  principal: Principal,
  filter: CaseFilter = {},
): Promise<EffectLine[]> {
  const today = shanghaiDay(world.clock.now());
  const where = sql.join(conditions(principal, filter, today), sql` and `);
  return withinScope(world.db, principal.scope, async (db) => {
    const { rows } = await sql<EffectLine>`with hit as (
        select x.hit_rule, x.hit_rule = c.rule as leads, c.*
        from alert_case c cross join lateral unnest(c.rules) as x(hit_rule) where ${where}
      ), why as (
        select hit_rule, agency, jsonb_agg(jsonb_build_object('code', false_reason, 'count', n)
          order by n desc, false_reason) as reasons
        from (select hit_rule, agency, false_reason, count(*) as n from hit
          where false_reason is not null and reviewed_by is not null group by 1, 2, 3) f
        group by 1, 2
      ), back as (
        select case_id, sum(received_fen + offset_fen) as fen from recovery group by case_id
      ), measured as (
        select h.hit_rule as rule, coalesce(max(h.title) filter (where leads), max(h.title)) as title, h.agency,
          cast(count(*) as integer) as hits,
          cast(count(*) filter (where reviewed_by is not null) as integer) as reviewed,
          cast(count(*) filter (where reviewed_by is not null and conclusion in ('confirmed', 'partly')) as integer) as confirmed,
          coalesce(sum(amount_fen) filter (where leads), 0)::float8 as at_risk_fen,
          coalesce(sum(confirmed_fen) filter (where leads and reviewed_by is not null), 0)::float8 as confirmed_fen,
          coalesce(sum(back.fen) filter (where leads), 0)::float8 as recovered_fen,
          avg(closed_on - opened_on)::float8 as days_to_close,
          cast(count(*) filter (where due_on < ${today} and state not in ('closed', 'settled')) as integer) as overdue,
          cast(count(*) filter (where occurrence > 1) as integer) as recurred
        from hit h left join back on back.case_id = h.case_id
        group by h.hit_rule, h.agency
      )
      select m.*, confirmed::float8 / nullif(reviewed, 0) as confirmed_share,
        coalesce(w.reasons, '[]') as false_reasons
      from measured m left join why w on w.hit_rule = m.rule and w.agency = m.agency
      order by m.rule, m.agency`.execute(db);
    return rows;
  });
}
