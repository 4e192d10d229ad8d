export { processMigrations } from './migrations.ts';
export type { ProcessWorld } from './world.ts';
