import type { MunicipalContent } from '../../contract/index.ts';
import { type WorkingCalendar, workingCalendar } from '../../municipal/index.ts';
import type { DuckSession } from '../../store/index.ts';
import type { OfficeTimes } from '../content/process-content.ts';

/**
 * The working calendar as a table, so that the working time between any two instants is the
 * difference of two look-ups: no function runs per event. Years without a holiday notice have no
 * rows, and times that touch them are unknown rather than guessed.
 */
const WORK_CLOCK = `create temp table work_clock
  (day DATE, agency VARCHAR, before_s DOUBLE, am_from INTEGER, am_to INTEGER, pm_from INTEGER, pm_to INTEGER)`;

/** Makes `work_clock` of this session; '' stands for agencies without hours of their own. */
export async function openWorkClock(
  session: DuckSession,
  content: MunicipalContent,
  offices: readonly OfficeTimes[],
): Promise<void> {
  await session.run(WORK_CLOCK);
  const { days, working } = coveredDays(content);
  if (days.length === 0) return;
  const agencies = ['', ...content.agencies.keys()];
  const rows = agencies.flatMap((agency) => hoursOf(agency, offices));
  await session.run(
    `insert into work_clock
     with calendar as (
       select unnest($days::VARCHAR[])::DATE as day, unnest($working::INTEGER[]) = 1 as working
     ), hours as (
       select unnest($agency::VARCHAR[]) as agency, unnest($from::VARCHAR[]) as from_day,
         unnest($to::VARCHAR[]) as to_day, unnest($am_from::INTEGER[]) as am_from,
         unnest($am_to::INTEGER[]) as am_to, unnest($pm_from::INTEGER[]) as pm_from,
         unnest($pm_to::INTEGER[]) as pm_to
     ), kept as (
       select d.day, h.agency, case when d.working then h.am_from end as am_from,
         case when d.working then h.am_to end as am_to,
         case when d.working then h.pm_from end as pm_from, case when d.working then h.pm_to end as pm_to
       from calendar d join hours h on substr(d.day::VARCHAR, 6) between h.from_day and h.to_day
     )
     select day, agency, coalesce(sum(coalesce(am_to - am_from + pm_to - pm_from, 0)) over (
         partition by agency order by day rows between unbounded preceding and 1 preceding), 0),
       am_from, am_to, pm_from, pm_to
     from kept`,
    {
      days,
      working,
      agency: rows.map((row) => row.agency),
      from: rows.map((row) => row.from),
      to: rows.map((row) => row.to),
      am_from: rows.map((row) => row.sessions[0]),
      am_to: rows.map((row) => row.sessions[1]),
      pm_from: rows.map((row) => row.sessions[2]),
      pm_to: rows.map((row) => row.sessions[3]),
    },
  );
}

/** Days of the years whose notices are known, 1 where they are worked. */
function coveredDays(content: MunicipalContent): { days: string[]; working: number[] } {
  const calendar: WorkingCalendar = workingCalendar(content);
  const days: string[] = [];
  const working: number[] = [];
  for (const year of [...content.holidays.keys()].sort((a, b) => a - b)) {
    for (let at = Date.UTC(year, 0, 1); at < Date.UTC(year + 1, 0, 1); at += 86_400_000) {
      const day = new Date(at).toISOString().slice(0, 10);
      days.push(day);
      working.push(calendar.isWorkingDay(day) ? 1 : 0);
    }
  }
  return { days, working };
}

interface HoursRow {
  readonly agency: string;
  readonly from: string;
  readonly to: string;
  readonly sessions: readonly [number, number, number, number];
}

function hoursOf(agency: string, offices: readonly OfficeTimes[]): HoursRow[] {
  const own = offices.filter((office) => office.agencies.includes(agency));
  const used = own.length > 0 ? own : offices.filter((office) => office.agencies.length === 0);
  return used.map(({ from, to, hours }) => {
    const [am, pm] = hours;
    const sessions = [am?.from, am?.to, pm?.from, pm?.to].map((time) => secondsOf(time ?? '00:00'));
    const [a = 0, b = 0, c = 0, d = 0] = sessions;
    return { agency, from, to, sessions: [a, b, c, d] };
  });
}

function secondsOf(time: string): number {
  const [hours = '0', minutes = '0'] = time.split(':');
  return Number(hours) * 3600 + Number(minutes) * 60;
}
