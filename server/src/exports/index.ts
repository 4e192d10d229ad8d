export { downloadExport, type ExportFile } from './download-export.ts';
export * from './errors.ts';
export { exportJobs } from './export-jobs.ts';
export { type Disclosure, findExport, listDisclosures, listExports } from './list-exports.ts';
export { exportsMigrations } from './migrations.ts';
export type {
  ExportColumn,
  ExportFilters,
  ExportReader,
  ExportRow,
  ExportSource,
  ExportState,
  ExportValue,
} from './model.ts';
export { decideExport, revokeExport, withdrawExport } from './request/decide-export.ts';
export { listSources, previewExport, requestExport } from './request/request-export.ts';
export { retryExport } from './request/retry-export.ts';
export { EXPIRY_JOB, EXPORT_JOB, type ExportsWorld, openExports } from './world.ts';
export { openZip, type ZipWriter } from './write/zip-writer.ts';
