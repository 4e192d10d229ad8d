export { type InterfaceAlarm, listAlarms, updateAlarms } from './alarms.ts';
export { type BoardRow, type BoardWorld, type InterfaceState, showBoard } from './board.ts';
export { type FailureKind, type HealthBook, openHealthBook } from './health-book.ts';
