export { loadDeathsPack } from './load-pack.ts';
export type { DeathsPack, SourceKind, Strength } from './model.ts';
