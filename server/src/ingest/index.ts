export { type GateCodeEntry, type GateOutcome, listGateCodes } from './code-book.ts';
export { acceptPackage, type ConsentRequest, releasePackage, STATE_TITLES } from './consent.ts';
export { findInScope, findRow, type QuarantinedRowDetail } from './desk/find-row.ts';
export { markRows, type RowOfPackage } from './desk/marks.ts';
export { type CodeMapPreview, previewCodeMap } from './desk/preview-code-map.ts';
export { findScopedLedger, listPartAccounts, type PartAccount } from './desk/scoped-accounts.ts';
export { findScopedRepair, listScopedRepairs } from './desk/scoped-repairs.ts';
export {
  countFaults,
  type FaultGroup,
  type QuarantinedRowView,
  type RowFilter,
  searchRows,
} from './desk/search-rows.ts';
export {
  addUploadFile,
  closeUpload,
  dropUpload,
  findUpload,
  openUpload,
  sweepUploads,
  type Upload,
  type UploadedFile,
} from './desk/upload.ts';
export { withdrawPackage } from './desk/withdraw-package.ts';
export * from './errors.ts';
export { holdForReview } from './hold-for-review.ts';
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
export {
  type RebuildOptions,
  type RebuildReport,
  rebuildDatabase,
} from './rebuild/rebuild-database.ts';
export { type OpenedForRebuild, openForRebuild } from './rebuild/set-aside.ts';
export type { RebuildReason } from './rebuild/survey.ts';
export { openRawStore } from './receive/index.ts';
export { recoverLoads, sweepScratch } from './recover.ts';
export { ingestMigrations } from './register/migrations.ts';
export { sealRepairs } from './register/seal-repairs.ts';
export * from './repair/index.ts';
export { type PackageReport, UNREADY_CODE } from './report.ts';
export { ROW_CODES, type RowCode, rowCodeTitle } from './row-codes.ts';
export type { IngestWorld, LoadStep } from './world.ts';
