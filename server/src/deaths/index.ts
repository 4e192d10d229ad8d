export { deathsMigrations } from './migrations.ts';
export type { DeathsWorld } from './world.ts';
