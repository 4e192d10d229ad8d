export {
  type AnchorSignature,
  type AnchorState,
  type AuditAnchor,
  type Checkpoint,
  openAnchor,
} from './anchor.ts';
export * from './archive/index.ts';
export { chainAudit } from './chain.ts';
export { type AuditReport, checkAudit } from './check-audit.ts';
export { type AuditWorld, isDue, keepCheckpoints, writeCheckpoint } from './checkpoint.ts';
export { auditUnavailable, purposeInvalid } from './errors.ts';
export { keyTag } from './key-tag.ts';
export { auditMigrations } from './migrations.ts';
export type {
  AuditDatabase,
  AuditEntry,
  AuditOutcome,
  AuditRecord,
  AuditSetting,
  AuditTables,
} from './model.ts';
export { type PersonReport, reportPerson } from './person-report.ts';
export { requirePurpose } from './purpose.ts';
export { type Act, recordAct } from './record-act.ts';
export { recordAudit, recordChained } from './record-audit.ts';
export {
  type AccessRecord,
  type AuditPage,
  type AuditSearch,
  listAccesses,
} from './search-audit.ts';
export { digestOf, digestsOf, type RowChange, withAuditContext } from './setting.ts';
export type { AuditHead } from './stored-record.ts';
export { type AuditFault, type AuditVerdict, verifyAudit } from './verify-audit.ts';
