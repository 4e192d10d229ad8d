export { type DeliveryResult, deliverFindings } from './deliver/deliver-findings.ts';
export { addNote } from './evidence/add-note.ts';
export { addFile, downloadHeaders, readFile } from './evidence/files.ts';
export type { Caller, CaseTarget } from './handle/act.ts';
export { assignCases } from './handle/assign.ts';
export { claimCase, type NextFilter, takeNext } from './handle/claim.ts';
export { closeCase, reopenCase, sendBackCase } from './handle/close.ts';
export { type Assignable, listAssignable } from './handle/colleagues.ts';
export { type ConcludeInput, concludeCase } from './handle/conclude.ts';
export { declareRelative } from './handle/declare-relative.ts';
export { decideDisposal, proposeDisposal, proveDisposal } from './handle/disposals.ts';
export { escalateCase, extendCase, transferCase } from './handle/hand-on.ts';
export { reviewConclusion } from './handle/review.ts';
export { askSnooze, decideSnooze } from './handle/snooze.ts';
export { CONCLUSIONS, type Handling, loadHandling } from './handling/handling.ts';
export { alertsMigrations } from './migrations.ts';
export { ACTIONS, CASE_STATES, STATE_TITLES } from './model.ts';
export { checkProofs, type ProofResult } from './proof/check-proofs.ts';
export { fieldTitle } from './read/case-alerts.ts';
export { openCaseDetail } from './read/case-detail.ts';
export { measureEffect } from './read/effect.ts';
export { type CaseFilter, type CasePage, type ListInput, listCases } from './read/list-cases.ts';
export { overviewCases, panorama } from './read/overview.ts';
export { listViews, removeView, saveView, type ViewFilter } from './read/saved-views.ts';
export { workbench } from './read/workbench.ts';
export { decideAgreement, proposeAgreement } from './recovery/agree-instalments.ts';
export {
  askWriteOff,
  bookOffset,
  bookReceipt,
  decideWriteOff,
  voidEntry,
} from './recovery/book-entry.ts';
export { listRecoveries, type RecoveryFilter } from './recovery/list-recoveries.ts';
export { openRecovery } from './recovery/open-recovery.ts';
export type { AlertsWorld, Colleague } from './world.ts';
