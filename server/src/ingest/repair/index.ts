export type {
  CodeMapRepair,
  EditRepair,
  FieldChange,
  Repair,
  RepairState,
} from '../register/repair-model.ts';
export type { RepairOutcome } from './apply-repairs.ts';
export {
  approveBatch,
  approveRepair,
  type BatchDecision,
  checkDecidable,
  rejectRepair,
} from './decide-repair.ts';
export * from './errors.ts';
export { listRepairs, type RepairFilter, type RepairView } from './list-repairs.ts';
export { type Act, REPAIR_STATES, ROW_STATES } from './model.ts';
export { type CodeMapRequest, proposeCodeMap } from './propose-code-map.ts';
export { type EditRequest, proposeEdit } from './propose-edit.ts';
export { recoverRepairs } from './recover-repairs.ts';
export { replayRepair } from './replay-repair.ts';
export {
  type ReadFailedRowsRequest,
  type ReadWorkbook,
  readFailedRows,
} from './workbook/read-failed-rows.ts';
export {
  type WriteFailedRowsRequest,
  type WrittenWorkbook,
  writeFailedRows,
} from './workbook/write-failed-rows.ts';
