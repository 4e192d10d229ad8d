import type { FieldChange } from '../register/repair-model.ts';
import type { StagePlan } from '../stage/plan.ts';

/** The package being published and what publication needs to know around it. */
export interface PublishContext {
  readonly batch: number;
  readonly packageId: string;
  readonly src: string;
  readonly mode: 'F' | 'I';
  readonly asOf: string;
  readonly seq: number;
  readonly onDataset: (title: string) => void;
  /** Plan for reading rows of an earlier batch again, against everything published so far. */
  readonly planOf: (batch: number, dataset: string) => Promise<StagePlan | null>;
  /** What applied edits changed, by repair; for records that come again with the same fault. */
  readonly editsOf: (
    repairIds: readonly number[],
  ) => Promise<ReadonlyMap<number, readonly FieldChange[]>>;
}
