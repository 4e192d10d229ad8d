export { exportsMigrations } from './migrations.ts';
export type { ExportsWorld } from './world.ts';
