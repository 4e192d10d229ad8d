/** A case is near its limit when this many days or fewer are left. */
export const NEAR_DAYS = 2;
/** Fewer finished cases than this say nothing about how long the rest takes. */
const LEAST_HISTORY = 20;
/** Seconds of a working day where the clock of the agency does not say. */
const DAY_S = 28_800;

/** Days counted as working days so far, of the years with a notice. */
export const WORK_DAYS = `create temp table work_day as
  select day, am_from is not null as working,
    sum(case when am_from is not null then 1 else 0 end) over (order by day rows unbounded preceding)::INTEGER as n
  from work_clock where agency = ''`;

/**
 * Cases in progress with the days used, as rule CTL-011 counts them: the day after acceptance is
 * the first; from a step sent back to the next step the time is the applicant's. A shorter promise
 * goes before a limit in working days. Where the calendar is not known the days are null.
 */
export function usedDaysSql(cases: string, events: string): string {
  return `
    limited as (
      select c.*, coalesce(l.unit, 'work') as limit_unit, l.source as limit_source,
        case when l.unit = 'calendar' then l.days
          when l.days is not null then least(l.days, coalesce(nullif(c.promised_days, 0), l.days))
          else nullif(c.promised_days, 0) end as limit_days,
        coalesce(c.opened_at, c.first_at)::DATE as from_day
      from ${cases} left join matter_limit l on l.matter = c.matter
      where c.result = '0'
    ), walked as (
      select e.case_no, e.sent_back and e.action is distinct from '06' as sent_back, e.done_at::DATE as from_day,
        coalesce(lead(e.done_at) over (partition by e.case_no order by e.pos)::DATE, $as_of::DATE) as to_day
      from ${events} where e.case_no in (select case_no from limited)
    ), paused as (
      select w.case_no, sum(w.to_day - w.from_day) as calendar_days, sum(b.n - a.n) as work_days
      from walked w left join work_day a on a.day = w.from_day left join work_day b on b.day = w.to_day
      where w.sent_back group by w.case_no
    ), used as (
      select l.*, case l.limit_unit
          when 'calendar' then $as_of::DATE - l.from_day - coalesce(p.calendar_days, 0)
          else z.n - a.n - coalesce(p.work_days, 0) end as used_days,
        coalesce(case l.limit_unit when 'calendar' then p.calendar_days else p.work_days end, 0) as paused_days,
        a.n as from_n
      from limited l
      left join paused p on p.case_no = l.case_no
      left join work_day a on a.day = l.from_day
      left join work_day z on z.day = $as_of::DATE
    )`;
}

/**
 * How the rest of finished cases went: for each matter and activity the working seconds from its
 * last execution to the end of the case, as 201 quantiles.
 */
export function historySql(at: string): string {
  return `
    history as (
      select c.matter, e.activity, count(*) as finished,
        quantile_disc(z.work_at - e.work_at, [${grid()}]) as rest
      from (select case_no, activity, max(pos) as pos, max(work_at) as work_at from ${at}.events group by case_no, activity) e
      join ${at}.cases c on c.case_no = e.case_no
      join (select case_no, max(work_at) as work_at from ${at}.events group by case_no) z on z.case_no = e.case_no
      where c.result = '1' and z.work_at is not null and e.work_at is not null
      group by c.matter, e.activity having count(*) >= ${LEAST_HISTORY}
    )`;
}

const grid = (): string => Array.from({ length: 201 }, (_, at) => (at / 200).toString()).join(', ');

/**
 * Of the histories that were still open after as long a wait as this case's: the share that ran
 * past the days left, and when half and nine tenths were done.
 */
export const FORECAST = `
  forecast as (
    select u.case_no, h.finished,
      (w.before_s + coalesce(w.am_to - w.am_from + w.pm_to - w.pm_from, 0)) - u.last_work as waited_s,
      list_filter(h.rest, lambda x: x > (w.before_s + coalesce(w.am_to - w.am_from + w.pm_to - w.pm_from, 0)) - u.last_work) as alive,
      (u.limit_days - u.used_days) * ${DAY_S}.0 * case u.limit_unit when 'calendar' then 5.0 / 7 else 1 end as left_s
    from (select u.*, e.work_at as last_work from used u join last_event e on e.case_no = u.case_no) u
    join history h on h.matter = u.matter and h.activity = u.end_activity
    join work_clock w on w.day = $as_of::DATE and w.agency = coalesce(u.agency, '')
  )`;

export const FORECAST_COLUMNS = `
  f.finished as forecast_cases,
  case when len(f.alive) > 0 and u.limit_days is not null and u.used_days <= u.limit_days then
    len(list_filter(f.alive, lambda x: x > f.waited_s + greatest(0, f.left_s))) / len(f.alive)::DOUBLE end as breach_probability,
  case when len(f.alive) > 0 then (f.alive[greatest(1, (len(f.alive) * 0.5)::INTEGER)] - f.waited_s) / ${DAY_S}.0 end as rest_days_median,
  case when len(f.alive) > 0 then (f.alive[greatest(1, (len(f.alive) * 0.9)::INTEGER)] - f.waited_s) / ${DAY_S}.0 end as rest_days_p90`;
