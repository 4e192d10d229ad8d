export { afterReports } from './compare/after-reports.ts';
export { type ComparisonReport, runComparison } from './compare/run-comparison.ts';
export { takePackages } from './compare/take-packages.ts';
export { confirmOpinion, giveOpinion, type Opinion } from './conflicts/decide-case.ts';
export { type CaseStep, findCase, listCases, type ShownCase } from './conflicts/list-cases.ts';
export { type Letter, writeLetter } from './conflicts/write-letter.ts';
export { type DeathsPack, loadDeathsPack, type SourceKind } from './content/index.ts';
export { deathsMigrations } from './migrations.ts';
export type { CustodyReport, DeathReport, ReportChannel, ReportKind } from './model.ts';
export type { Asker } from './registry/audit.ts';
export {
  type DecisionEvent,
  evidenceKey,
  foldPerson,
  type PersonState,
  type RegistryEvent,
  type Statement,
} from './registry/fold.ts';
export { readIdNumber, subjectOfId } from './registry/identity.ts';
export { mayContact, type NoContact } from './registry/may-contact.ts';
export { openReport, type TakenIn, takeIn, takeInCustody } from './registry/take-in.ts';
export type { DeathsWorld } from './world.ts';
