/** Where a repair (更正) stands. `approved` means: agreed by two people, effect not yet written down. */
export type RepairState = 'proposed' | 'approved' | 'applied' | 'failed' | 'rejected';

/** One field of one quarantined row, as the province sent it and as it is to be read. */
export interface FieldChange {
  /** Column label as the file has it. */
  readonly column: string;
  /** Null means empty. */
  readonly before: string | null;
  readonly after: string | null;
}

interface RepairBase {
  readonly repairId: number;
  readonly src: string;
  readonly state: RepairState;
  readonly reason: string;
  readonly proposedBy: string;
  /** Shanghai time. */
  readonly proposedAt: string;
  readonly decidedBy: string | null;
  readonly decidedAt: string | null;
  /** Why it was rejected. */
  readonly decisionReason: string | null;
  /** Repairs approved in one act share this number and one edition. */
  readonly approval: number | null;
  /** Chinese: what came of it. */
  readonly outcome: string | null;
  readonly edition: number | null;
}

/** New values for one quarantined row (改值). */
export interface EditRepair extends RepairBase {
  readonly kind: 'edit';
  readonly batch: number;
  readonly dataset: string;
  readonly line: number;
  /** Number of the failed-rows workbook it came with; null when proposed alone. */
  readonly workbook: number | null;
  readonly changes: readonly FieldChange[];
}

/** What one foreign code of a source means here (代码对照); holds for packages to come too. */
export interface CodeMapRepair extends RepairBase {
  readonly kind: 'code_map';
  readonly field: string;
  readonly from: string;
  readonly to: string;
}

export type Repair = EditRepair | CodeMapRepair;
