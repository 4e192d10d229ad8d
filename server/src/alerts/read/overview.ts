import { sql } from 'kysely';
import type { Principal } from '../../contract/index.ts';
import { shanghaiDay } from '../../kernel/index.ts';
import { withinScope } from '../../security/index.ts';
import { caseScope } from '../access.ts';
import { STATE_TITLES } from '../model.ts';
import type { AlertsWorld } from '../world.ts';
import { type CaseFilter, conditions } from './list-cases.ts';
import { newestData } from './newest-data.ts';

/** Sums of bigints come as numbers of the JSON: fen of a city stay far below 2^53. */
const FEN = (expression: string) => sql.raw(`coalesce(sum(${expression}), 0)::float8`);

/** What came back of each case: received and offset. */
const RECOVERED = sql`left join (select case_id, sum(received_fen + offset_fen) as recovered_fen
  from recovery group by case_id) r on r.case_id = c.case_id`;

/** One line of the overview; shares are 0 to 1, null where nothing has been reviewed. */
export interface OverviewLine {
  readonly value: string;
  /** What the rule is called; null for every other way of counting. */
  readonly title: string | null;
  readonly cases: number;
  readonly open: number;
  readonly overdue: number;
  readonly confirmed_share: number | null;
  readonly at_risk_fen: number;
  readonly confirmed_fen: number;
  readonly recovered_fen: number;
}

/**
 * Counts cases by group of rules, level, county, state and age (预警总览), all within the reader's scope
 * and the filter.
 */
export async function overviewCases(
  world: AlertsWorld,
  principal: Principal,
  filter: CaseFilter = {},
) {
  const today = shanghaiDay(world.clock.now());
  const where = sql.join(conditions(principal, filter, today), sql` and `);
  const age = sql`case when c.state in ('closed', 'settled') then 'closed'
    when ${today}::date - c.opened_on <= 7 then 'week' when ${today}::date - c.opened_on <= 30 then 'month'
    when ${today}::date - c.opened_on <= 90 then 'quarter' else 'older' end`;
  return withinScope(world.db, principal.scope, async (db) => {
    // One scan for all the ways of counting.
    const { rows } = await sql<Counted>`with seen as (
        select c.rule_group, c.rule, c.title, c.level, c.agency, c.state, ${age} as age, c.case_id, c.amount_fen,
          c.confirmed_fen, c.reviewed_by is not null as reviewed, c.conclusion in ('confirmed', 'partly') as confirmed,
          c.state not in ('closed', 'settled') as open, c.due_on < ${today} as late
        from alert_case c where ${where}
      ), back as (
        select case_id, sum(received_fen + offset_fen) as fen from recovery group by case_id
      )
      select coalesce(rule_group, rule, level, agency, state, age) as value,
        case when grouping(rule_group) = 0 then 'rule_group' when grouping(rule) = 0 then 'rule'
          when grouping(level) = 0 then 'level' when grouping(agency) = 0 then 'agency'
          when grouping(state) = 0 then 'state' when grouping(age) = 0 then 'age' else 'total' end as way,
        case when grouping(rule) = 0 then max(title) end as title,
        cast(count(*) as integer) as cases,
        cast(count(*) filter (where open) as integer) as open,
        cast(count(*) filter (where open and late) as integer) as overdue,
        cast(count(*) filter (where reviewed) as integer) as reviewed,
        cast(count(*) filter (where reviewed and confirmed) as integer) as confirmed,
        ${FEN('amount_fen')} as at_risk_fen,
        ${FEN('case when reviewed then confirmed_fen end')} as confirmed_fen,
        ${FEN('back.fen')} as recovered_fen
      from seen left join back on back.case_id = seen.case_id
      group by grouping sets ((), (rule_group), (rule), (level), (agency), (state), (age))
      order by cases desc, value`.execute(db);
    const by = (way: string): OverviewLine[] => rows.filter((row) => row.way === way).map(lineOf);
    return {
      as_of: await newestData(db),
      total: by('total')[0] ?? { ...EMPTY, value: 'all' },
      by_rule_group: by('rule_group'),
      by_rule: by('rule').slice(0, 20),
      by_level: by('level'),
      by_agency: by('agency'),
      by_state: by('state'),
      by_age: by('age'),
    };
  });
}

interface Counted extends Omit<OverviewLine, 'value' | 'confirmed_share'> {
  readonly way: string;
  readonly value: string | null;
  readonly reviewed: number;
  readonly confirmed: number;
}

function lineOf({ way: _, value, reviewed, confirmed, ...row }: Counted): OverviewLine {
  const confirmed_share = reviewed === 0 ? null : confirmed / reviewed;
  return { ...row, value: value ?? 'all', confirmed_share };
}

const EMPTY = {
  ...{ title: null, cases: 0, open: 0, overdue: 0, confirmed_share: null },
  ...{ at_risk_fen: 0, confirmed_fen: 0, recovered_fen: 0 },
} as const;

/** What waits and what came back in one county. */
interface CountySums {
  readonly agency: string;
  readonly open: number;
  readonly overdue: number;
  readonly opened_this_month: number;
  readonly closed_this_month: number;
  readonly at_risk_fen: number;
  readonly recovered_fen: number;
}

/** Numbers of the wall screen (全景): counts and sums only, nothing about a person. */
export async function panorama(world: AlertsWorld, principal: Principal) {
  const today = shanghaiDay(world.clock.now());
  return withinScope(world.db, principal.scope, async (db) => {
    const { rows: counties } = await sql<CountySums>`select c.agency,
        cast(count(*) filter (where c.state not in ('closed', 'settled')) as integer) as open,
        cast(count(*) filter (where c.due_on < ${today} and c.state not in ('closed', 'settled')) as integer) as overdue,
        cast(count(*) filter (where c.opened_on >= date_trunc('month', ${today}::date)) as integer) as opened_this_month,
        cast(count(*) filter (where c.closed_on >= date_trunc('month', ${today}::date)) as integer) as closed_this_month,
        ${FEN('c.amount_fen')} as at_risk_fen, ${FEN('r.recovered_fen')} as recovered_fen
      from alert_case c ${RECOVERED} where not c.trial and ${caseScope(principal)}
      group by c.agency order by c.agency`.execute(db);
    const { rows: days } = await sql<{
      day: string;
      opened: number;
      closed: number;
    }>`with moved as (
        select c.opened_on as day, 1 as opened, 0 as closed from alert_case c
        where c.opened_on > ${today}::date - 30 and not c.trial and ${caseScope(principal)}
        union all
        select c.closed_on, 0, 1 from alert_case c
        where c.closed_on > ${today}::date - 30 and not c.trial and ${caseScope(principal)}
      )
      select d::date as day, cast(coalesce(sum(opened), 0) as integer) as opened,
        cast(coalesce(sum(closed), 0) as integer) as closed
      from generate_series(${today}::date - 29, ${today}::date, interval '1 day') d
      left join moved on moved.day = d::date group by d order by d`.execute(db);
    const { rows: rules } = await sql<{ rule: string; title: string; open: number }>`select c.rule,
        max(c.title) as title, cast(count(*) as integer) as open
      from alert_case c where c.state not in ('closed', 'settled') and not c.trial and ${caseScope(principal)}
      group by c.rule order by 3 desc, 1 limit 10`.execute(db);
    return { as_of: await newestData(db), counties, days, top_rules: rules, states: STATE_TITLES };
  });
}
