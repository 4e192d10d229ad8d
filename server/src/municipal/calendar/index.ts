export {
  type CalendarCoverage,
  type OfficeHours,
  STANDARD_OFFICE_HOURS,
  type WorkingCalendar,
  workingCalendar,
} from './working-calendar.ts';
