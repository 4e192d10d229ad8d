export { type FailureKind, type HealthBook, openHealthBook } from './health-book.ts';
