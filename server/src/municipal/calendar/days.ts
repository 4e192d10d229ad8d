const DAY_MS = 86_400_000;

/** Number of a day since 1970-01-01; arithmetic on days knows no zone and no clock change. */
export function dayNumber(day: string): number {
  return Date.parse(`${day}T00:00:00Z`) / DAY_MS;
}

/** The day of a number, `YYYY-MM-DD`. */
export function dayOf(number: number): string {
  return new Date(number * DAY_MS).toISOString().slice(0, 10);
}

/** Tells whether a text is a day that exists. */
export function isDay(text: string): boolean {
  const number = dayNumber(text);
  return Number.isInteger(number) && dayOf(number) === text;
}

export function addDays(day: string, count: number): string {
  return dayOf(dayNumber(day) + count);
}

/** 1 Monday to 7 Sunday. 1970-01-01 was a Thursday. */
export function weekdayOf(day: string): number {
  return ((((dayNumber(day) + 3) % 7) + 7) % 7) + 1;
}
