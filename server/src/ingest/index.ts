export * from './errors.ts';
export {
  type AgencyAccount,
  listAgencyAccounts,
  listRowFaults,
  type RowFault,
} from './ledger/queries.ts';
export { loadPackages } from './load-packages.ts';
export { openMunicipalDatabase } from './open-database.ts';
export { openRawStore } from './receive/index.ts';
export { recoverLoads } from './recover.ts';
export { ingestMigrations } from './register/migrations.ts';
export type { PackageReport } from './report.ts';
export type { IngestWorld, LoadStep } from './world.ts';
