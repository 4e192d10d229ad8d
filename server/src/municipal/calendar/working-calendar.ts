import type { MunicipalContent } from '../../contract/index.ts';
import { addDays, dayNumber, dayOf, weekdayOf } from './days.ts';

/** Hours of a working day, `HH:mm` in Shanghai, in order and apart. */
export type OfficeHours = readonly { readonly from: string; readonly to: string }[];

/** Eight hours as most government offices keep them; a place with other hours passes its own. */
export const STANDARD_OFFICE_HOURS: OfficeHours = [
  { from: '08:30', to: '12:00' },
  { from: '13:30', to: '18:00' },
];

/** `notice`: the State Council's notice is known; `weekdays_only`: judged by Monday to Friday alone. */
export type CalendarCoverage = 'notice' | 'weekdays_only';

/** The working calendar (工作日历): days are `YYYY-MM-DD`, instants ISO texts with a zone. */
export interface WorkingCalendar {
  isWorkingDay(day: string): boolean;
  /**
   * The n-th working day after a day; the day itself never counts. Zero gives the day itself or,
   * where it is no working day, the next one; a negative n counts back.
   */
  addWorkingDays(day: string, n: number): string;
  /** Working days after `a` up to and including `b`; negative where `b` is earlier. */
  workingDaysBetween(a: string, b: string): number;
  /** Seconds within office hours of working days between two instants; 0 where `to` is earlier. */
  workingSeconds(from: string, to: string, officeHours?: OfficeHours): number;
  coverage(year: number): CalendarCoverage;
}

/**
 * Makes the working calendar of the holiday notices in the content. Days are looked up, not
 * computed: a year of time limits for 1.76 million persons costs well under a second.
 * @source notices of the General Office of the State Council on holidays, one a year
 */
export function workingCalendar(content: Pick<MunicipalContent, 'holidays'>): WorkingCalendar {
  const special = specialDays(content);
  const isWorkingDay = (day: string): boolean => special.get(day) ?? weekdayOf(day) < 6;
  /** Working days from the epoch to a day, by counting weeks and then what differs from them. */
  const corrections = correctionsOf(special);
  const countTo = (day: string): number => weekdaysTo(dayNumber(day)) + corrections.upTo(day);

  const addWorkingDays = (day: string, n: number): string => {
    const step = n < 0 ? -1 : 1;
    let at = day;
    if (n === 0) while (!isWorkingDay(at)) at = addDays(at, 1);
    for (let left = Math.abs(n); left > 0; ) {
      at = addDays(at, step);
      if (isWorkingDay(at)) left -= 1;
    }
    return at;
  };

  const workingSeconds = (
    from: string,
    to: string,
    officeHours: OfficeHours = STANDARD_OFFICE_HOURS,
  ): number => {
    const start = wallSeconds(from);
    const end = wallSeconds(to);
    if (end <= start) return 0;
    const first = Math.floor(start / DAY_S);
    const last = Math.floor(end / DAY_S);
    const within = (number: number, a: number, b: number): number =>
      isWorkingDay(dayOf(number)) ? secondsWithin(officeHours, a, b) : 0;
    if (first === last) return within(first, start - first * DAY_S, end - last * DAY_S);
    const whole = countTo(dayOf(last - 1)) - countTo(dayOf(first));
    return (
      within(first, start - first * DAY_S, DAY_S) +
      whole * secondsWithin(officeHours, 0, DAY_S) +
      within(last, 0, end - last * DAY_S)
    );
  };

  return {
    isWorkingDay,
    addWorkingDays,
    workingDaysBetween: (a, b) => countTo(b) - countTo(a),
    workingSeconds,
    coverage: (year) => (content.holidays.has(year) ? 'notice' : 'weekdays_only'),
  };
}

const DAY_S = 86_400;
const SHANGHAI_S = 8 * 3600;

/** Days that are not what their weekday says: true worked, false off. */
function specialDays(content: Pick<MunicipalContent, 'holidays'>): ReadonlyMap<string, boolean> {
  const special = new Map<string, boolean>();
  for (const { off, work } of content.holidays.values()) {
    for (const { from, to } of off) {
      for (let day = from; day <= to; day = addDays(day, 1)) special.set(day, false);
    }
    for (const { day } of work) special.set(day, true);
  }
  return special;
}

/** How many days up to a day differ from their weekday: +1 worked weekend, −1 weekday off. */
function correctionsOf(special: ReadonlyMap<string, boolean>): { upTo(day: string): number } {
  const days = [...special.keys()].filter((day) => special.get(day) !== weekdayOf(day) < 6).sort();
  const sums: number[] = [];
  let sum = 0;
  for (const day of days) {
    sum += special.get(day) === true ? 1 : -1;
    sums.push(sum);
  }
  return {
    upTo: (day) => {
      let low = 0;
      let high = days.length;
      while (low < high) {
        const middle = (low + high) >> 1;
        if ((days[middle] ?? '') <= day) low = middle + 1;
        else high = middle;
      }
      return low === 0 ? 0 : (sums[low - 1] ?? 0);
    },
  };
}

/** Mondays to Fridays from Monday 1969-12-29 to a day number, inclusive. */
function weekdaysTo(number: number): number {
  const days = number + 4;
  const weeks = Math.floor(days / 7);
  return weeks * 5 + Math.min(days - weeks * 7, 5);
}

/** Seconds since 1970-01-01 on the clock on the wall in Shanghai. */
function wallSeconds(instant: string): number {
  const ms = Date.parse(instant);
  if (Number.isNaN(ms)) throw new Error('workingSeconds needs ISO instants');
  return ms / 1000 + SHANGHAI_S;
}

function secondsWithin(hours: OfficeHours, from: number, to: number): number {
  let sum = 0;
  for (const session of hours) {
    const start = Math.max(from, clockSeconds(session.from));
    const end = Math.min(to, clockSeconds(session.to));
    if (end > start) sum += end - start;
  }
  return sum;
}

function clockSeconds(time: string): number {
  const [hours = '', minutes = ''] = time.split(':');
  return Number(hours) * 3600 + Number(minutes) * 60;
}
