import type { DuckSession } from '../../store/index.ts';
import { logTables } from './schema.ts';

export interface LogCounts {
  readonly cases: number;
  readonly events: number;
  readonly activities: number;
  readonly variants: number;
}

/**
 * Makes a prepared log in schema `at` out of the temporary tables `raw_event`, `raw_case` and
 * `work_clock` of this session. Events without case, activity or time must be out of `raw_event`.
 * Equal times keep the order of the file, as a stable sort does.
 */
export async function writeLog(session: DuckSession, at: string): Promise<LogCounts> {
  await session.run(logTables(at));
  await session.run(dictionaries(at));
  await session.run(eventRows(at));
  await session.run(variantRows(at));
  await session.run(caseRows(at));
  await session.run('drop table case_number; drop table walk');
  const counts = await session.first<Record<keyof LogCounts, bigint>>(
    `select (select count(*) from ${at}.cases) as cases, (select count(*) from ${at}.events) as events,
       (select count(*) from ${at}.activities) as activities, (select count(*) from ${at}.variants) as variants`,
  );
  return {
    cases: Number(counts?.cases ?? 0n),
    events: Number(counts?.events ?? 0n),
    activities: Number(counts?.activities ?? 0n),
    variants: Number(counts?.variants ?? 0n),
  };
}

function dictionaries(at: string): string {
  const names = (table: string, column: string) => `
    insert into ${at}.${table}
    select row_number() over (order by ${column})::INTEGER, ${column}
    from (select distinct ${column} from raw_event where ${column} is not null);`;
  return `
    insert into ${at}.activities
    select row_number() over (order by activity)::INTEGER, activity, code
    from (select activity, min(code) as code from raw_event group by activity);
    ${names('resources', 'resource')}
    ${names('units', 'unit')}
    create temp table actor_number as
    select actor, row_number() over (order by actor)::INTEGER as id
    from (select distinct actor from raw_event where actor is not null);
    create temp table case_number as
    select f.case_id, row_number() over (order by f.first_ord)::INTEGER as case_no, coalesce(c.agency, '') as agency
    from (select case_id, min(ord) as first_ord from raw_event group by case_id) f
    left join raw_case c on c.case_id = f.case_id;
  `;
}

/** Seconds of office hours since the clock began, at the end of an event. */
const WORK_AT = `w.before_s + case when w.am_from is null then 0 else
  greatest(0, least(t.day_s, w.am_to) - w.am_from) + greatest(0, least(t.day_s, w.pm_to) - w.pm_from) end`;

/** One pass puts the events in order, and each finds its neighbours in it. */
function eventRows(at: string): string {
  return `
    insert into ${at}.events
    select case_no, (row_number() over seat - 1)::INTEGER as pos, activity, lead(activity) over seat,
      done_at, start_at,
      epoch_us(lead(done_at) over seat) - epoch_us(done_at),
      case when start_at <= done_at then epoch_us(done_at) - epoch_us(start_at) end,
      case when start_at <= done_at then greatest(0, epoch_us(start_at) - epoch_us(lag(done_at) over seat)) end,
      work_at, lead(work_at) over seat - work_at,
      resource, lead(resource) over seat, actor, unit, lead(unit) over seat,
      channel, action, sent_back, event_id, attributes
    from (
      select t.*, ${WORK_AT} as work_at
      from (
        select n.case_no, e.ord, a.id as activity, e.done_at, e.start_at, r.id as resource, p.id as actor,
          u.id as unit, e.channel, e.action, e.sent_back, e.event_id, e.attributes,
          e.done_at::DATE as day, (epoch_us(e.done_at) - epoch_us(e.done_at::DATE::TIMESTAMP)) / 1e6 as day_s, n.agency
        from raw_event e
        join case_number n on n.case_id = e.case_id
        join ${at}.activities a on a.name = e.activity
        left join ${at}.resources r on r.name = e.resource
        left join actor_number p on p.actor = e.actor
        left join ${at}.units u on u.name = e.unit
      ) t
      left join work_clock w on w.day = t.day and w.agency = t.agency
    )
    window seat as (partition by case_no order by done_at, ord)
    order by case_no, pos;
    drop table actor_number; drop table raw_event`;
}

function variantRows(at: string): string {
  return `
    create temp table walk as
    select case_no, array_agg(activity order by pos) as walked from ${at}.events group by case_no;
    insert into ${at}.variants
    select row_number() over (order by cases desc, names)::INTEGER,
      substr(md5(names), 1, 12), walked, len(walked)::INTEGER, cases
    from (
      select walked, count(*) as cases,
        array_to_string(list_transform(walked, lambda x: dictionary[x]), chr(31)) as names
      from walk, (select array_agg(name order by id) as dictionary from ${at}.activities)
      group by walked, dictionary
    )`;
}

function caseRows(at: string): string {
  return `
    insert into ${at}.cases
    select n.case_no, n.case_id, c.agency, c.matter, c.channel, c.insurance, c.person_id,
      c.opened_at, c.closed_at, c.promised_days, c.due_at, c.result, c.attributes,
      s.events, s.first_at, s.last_at, epoch_us(s.last_at) - epoch_us(s.first_at), s.last_work - s.first_work,
      s.start_activity, s.end_activity, v.variant, s.events - s.kinds, s.sent_back
    from case_number n
    join (
      select case_no, count(*)::INTEGER as events, min(done_at) as first_at, max(done_at) as last_at,
        min(work_at) as first_work, max(work_at) as last_work,
        arg_min(activity, pos) as start_activity, arg_max(activity, pos) as end_activity,
        count(distinct activity)::INTEGER as kinds,
        count(*) filter (where sent_back)::INTEGER as sent_back
      from ${at}.events group by case_no
    ) s on s.case_no = n.case_no
    join walk k on k.case_no = n.case_no
    join ${at}.variants v on v.activities = k.walked
    left join raw_case c on c.case_id = n.case_id
    order by n.case_no`;
}
