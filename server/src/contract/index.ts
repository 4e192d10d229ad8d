export * from './access.ts';
export type * from './finding.ts';
export type * from './table.ts';
