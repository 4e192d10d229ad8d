export { accessMigrations } from './migrations.ts';
export { forWholeCity, scopedTable, withinScope } from './scoped.ts';
