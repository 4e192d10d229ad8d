import type { Severity } from '../../contract/index.ts';
import type { WorkingCalendar } from '../../municipal/index.ts';
import type { Handling } from '../handling/handling.ts';

/** The day by which a case of this level must be verified, counted from today. */
export function verifyDueOn(
  handling: Handling,
  calendar: WorkingCalendar,
  today: string,
  level: Severity,
): string {
  return calendar.addWorkingDays(today, handling.limits.verify[level]);
}
