export { alertsMigrations } from './migrations.ts';
export type { AlertsWorld } from './world.ts';
