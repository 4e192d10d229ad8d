import type { DuckSession } from '../../store/index.ts';

export interface LogCounts {
  readonly cases: number;
  readonly events: number;
  readonly activities: number;
  readonly variants: number;
}

export interface WrittenLog {
  readonly counts: LogCounts;
  /** Events earlier than the one before them in the file. */
  readonly outOfOrder: number;
}

/** Events sorted at once: fewer than fit into the memory of the process database. */
const SLICE_EVENTS = 120_000;

/**
 * Makes a prepared log in schema `at`, whose tables are there, out of its `staged_event` and of
 * `raw_event`, `raw_case` and `work_clock` of this session. Equal times keep the order of the file, as
 * a stable sort does. Rows of text wait in the database file, which keeps them small; temporary
 * tables would be spilled many times larger.
 */
export async function writeLog(session: DuckSession, at: string): Promise<WrittenLog> {
  await session.run(dictionaries(at));
  await session.run(numberedEvents(at));
  const slices = await session.rows<{ from: number; to: number }>(
    `select min(case_no) as from, max(case_no) as to from case_number
     group by first_no // ${SLICE_EVENTS} order by 1`,
  );
  let outOfOrder = 0;
  for (const slice of slices) {
    const late = await session.first<{ n: bigint }>(outOfOrderSql(at), { ...slice });
    outOfOrder += Number(late?.n ?? 0n);
    await session.run(eventRows(at), { ...slice });
  }
  await session.run(variantRows(at));
  await session.run(caseRows(at));
  await session.run(`drop table ${at}.numbered; drop table case_number; drop table walk`);
  const counts = await session.first<Record<keyof LogCounts, bigint>>(
    `select (select count(*) from ${at}.cases) as cases, (select count(*) from ${at}.events) as events,
       (select count(*) from ${at}.activities) as activities, (select count(*) from ${at}.variants) as variants`,
  );
  return {
    counts: {
      cases: Number(counts?.cases ?? 0n),
      events: Number(counts?.events ?? 0n),
      activities: Number(counts?.activities ?? 0n),
      variants: Number(counts?.variants ?? 0n),
    },
    outOfOrder,
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
    select f.case_id, row_number() over (order by f.first_ord)::INTEGER as case_no, coalesce(c.agency, '') as agency,
      sum(f.events) over (order by f.first_ord rows unbounded preceding) - f.events + 1 as first_no
    from (select case_id, min(ord) as first_ord, count(*) as events from raw_event group by case_id) f
    left join raw_case c on c.case_id = f.case_id;
  `;
}

/** Seconds of office hours since the clock began, at the end of an event. */
const WORK_AT = `w.before_s + case when w.am_from is null then 0 else
  greatest(0, least(t.day_s, w.am_to) - w.am_from) + greatest(0, least(t.day_s, w.pm_to) - w.pm_from) end`;

/** The events as numbers, in the order of the file, with the office hours up to their end. */
function numberedEvents(at: string): string {
  return `
    create table ${at}.numbered as
    select t.* exclude (day, day_s, agency), ${WORK_AT} as work_at
    from (
      select n.case_no, n.first_no, e.ord, a.id as activity, e.done_at, e.start_at, r.id as resource, p.id as actor,
        u.id as unit, e.channel, e.action, e.sent_back, e.event_id, e.attributes,
        e.done_at::DATE as day, (epoch_us(e.done_at) - epoch_us(e.done_at::DATE::TIMESTAMP)) / 1e6 as day_s, n.agency
      from raw_event e
      join case_number n on n.case_id = e.case_id
      join ${at}.activities a on a.name = e.activity
      left join ${at}.resources r on r.name = e.resource
      left join actor_number p on p.actor = e.actor
      left join ${at}.units u on u.name = e.unit
    ) t
    left join work_clock w on w.day = t.day and w.agency = t.agency;
    drop table actor_number; drop view raw_event; drop table ${at}.staged_event`;
}

const SLICE = 'case_no between $from and $to';

function outOfOrderSql(at: string): string {
  return `select count(*) as n from (
      select done_at < lag(done_at) over (partition by case_no order by ord) as back
      from ${at}.numbered where ${SLICE}
    ) where back`;
}

/**
 * A slice of the cases, their events in order of time. Once they lie so, each learns of its
 * neighbours by a look at the rows beside it, without partitions.
 */
function eventRows(at: string): string {
  return `
    insert into ${at}.events
    select case_no, (place - first_no)::INTEGER as pos, activity,
      case when followed then next_activity end, done_at, start_at,
      case when followed then epoch_us(next_done_at) - epoch_us(done_at) end,
      case when start_at <= done_at then epoch_us(done_at) - epoch_us(start_at) end,
      case when start_at <= done_at and follows
        then greatest(0, epoch_us(start_at) - epoch_us(last_done_at)) end,
      work_at, case when followed then next_work_at - work_at end,
      resource, case when followed then next_resource end, actor,
      unit, case when followed then next_unit end, channel, action, sent_back, event_id, attributes
    from (
      select *, row_number() over () + (select min(first_no) from case_number where ${SLICE}) - 1 as place,
        coalesce(lead(case_no) over () = case_no, false) as followed,
        coalesce(lag(case_no) over () = case_no, false) as follows,
        lead(activity) over () as next_activity, lead(done_at) over () as next_done_at,
        lag(done_at) over () as last_done_at, lead(work_at) over () as next_work_at,
        lead(resource) over () as next_resource, lead(unit) over () as next_unit
      from (select * from ${at}.numbered where ${SLICE} order by case_no, done_at, ord)
    )`;
}

/** Of each case the activities in order, which make its variant, and what else its events say. */
function variantRows(at: string): string {
  return `
    create temp table walk as
    select case_no, array_agg(activity order by pos) as walked, min(done_at) as first_at,
      max(done_at) as last_at, min(work_at) as first_work, max(work_at) as last_work,
      count(*) filter (where sent_back)::INTEGER as sent_back
    from ${at}.events group by case_no;
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
      v.steps, w.first_at, w.last_at, epoch_us(w.last_at) - epoch_us(w.first_at), w.last_work - w.first_work,
      v.activities[1], v.activities[-1], v.variant, v.steps - v.kinds, w.sent_back
    from case_number n
    join walk w on w.case_no = n.case_no
    join (select *, len(list_distinct(activities))::INTEGER as kinds from ${at}.variants) v on v.activities = w.walked
    left join raw_case c on c.case_id = n.case_id
    order by n.case_no`;
}
