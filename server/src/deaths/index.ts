export { afterReports } from './compare/after-reports.ts';
export { type DeathsPack, loadDeathsPack, type SourceKind } from './content/index.ts';
export { deathsMigrations } from './migrations.ts';
export type { CustodyReport, DeathReport, ReportChannel, ReportKind } from './model.ts';
export {
  type DecisionEvent,
  evidenceKey,
  foldPerson,
  type PersonState,
  type RegistryEvent,
  type Statement,
} from './registry/fold.ts';
export { readIdNumber, subjectOfId } from './registry/identity.ts';
export { openReport, type TakenIn, takeIn, takeInCustody } from './registry/take-in.ts';
export type { DeathsWorld } from './world.ts';
