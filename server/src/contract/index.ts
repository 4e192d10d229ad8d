export * from './access.ts';
export * from './audit-acts.ts';
export type * from './finding.ts';
export type * from './table.ts';
