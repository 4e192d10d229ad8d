export { acceptPackage, type ConsentRequest, releasePackage, STATE_TITLES } from './consent.ts';
export * from './errors.ts';
export type { AgencyAccount, RowFault } from './ledger/queries.ts';
export { loadPackages } from './load-packages.ts';
export { openMunicipalDatabase } from './open-database.ts';
export {
  findLedger,
  findPackageReport,
  findRowFaults,
  listPackageReports,
} from './overview.ts';
export { digestTables, type TableDigest } from './rebuild/digest.ts';
export { type RebuildReport, rebuildDatabase } from './rebuild/rebuild-database.ts';
export { openRawStore } from './receive/index.ts';
export { recoverLoads } from './recover.ts';
export * from './repair/index.ts';
export { ingestMigrations } from './register/migrations.ts';
export type { PackageReport } from './report.ts';
export type { IngestWorld, LoadStep } from './world.ts';
