import type { FieldChange } from '../register/repair-model.ts';
import type { StagePlan } from '../stage/plan.ts';
import { textLiteral } from '../stage/sql-text.ts';
import type { IngestWorld } from '../world.ts';
import { repairColumnUnknown, repairEmpty, repairRowSettled, repairRowUnknown } from './errors.ts';
import { ROW_STATES } from './model.ts';

/** Where a quarantined row stands. */
export interface RowPlace {
  readonly packageId: string;
  readonly batch: number;
  readonly dataset: string;
  readonly line: number;
}

/**
 * Reads the raw fields of a row that is still in quarantine.
 * @throws INGEST_REPAIR_ROW_UNKNOWN, INGEST_REPAIR_ROW_SETTLED
 */
export async function readOpenRow(
  world: IngestWorld,
  { packageId, batch, dataset, line }: RowPlace,
): Promise<readonly (string | null)[]> {
  if (!Number.isSafeInteger(line)) throw repairRowUnknown({ packageId, dataset, line });
  const row = await world.duck.read((session) =>
    session.first<{ raw: (string | null)[] | null; state: string }>(
      `select raw, state from feed.quarantine_row
       where batch = ${batch} and dataset = ${textLiteral(dataset)} and line = ${line}`,
    ),
  );
  if (row === undefined) throw repairRowUnknown({ packageId, dataset, line });
  if (row.state !== 'open') {
    const state = ROW_STATES[row.state] ?? row.state;
    throw repairRowSettled({ packageId, dataset, line, state });
  }
  return row.raw ?? [];
}

/**
 * Gives before and after of every field that really changes, in the order of the file.
 * @throws INGEST_REPAIR_COLUMN_UNKNOWN, INGEST_REPAIR_EMPTY
 */
export function fieldChanges(
  plan: StagePlan,
  raw: readonly (string | null)[],
  wanted: Readonly<Record<string, string | null>>,
): FieldChange[] {
  const known = editableColumns(plan);
  const columns = Object.keys(wanted).filter((column) => !known.includes(column));
  if (columns.length > 0) {
    throw repairColumnUnknown({ dataset: plan.def.name, columns, known: [...known] });
  }
  const whole = raw.length === plan.fields.length;
  const changes = plan.fields.flatMap((column, index): FieldChange[] => {
    if (!Object.hasOwn(wanted, column)) return [];
    const before = whole ? (raw[index] ?? null) : null;
    const after = wanted[column] || null;
    return (before ?? '') === (after ?? '') ? [] : [{ column, before, after }];
  });
  if (changes.length === 0) throw repairEmpty({});
  return changes;
}

/** Columns of the file that are read at all, the change columns of an increment included. */
export function editableColumns(plan: StagePlan): readonly string[] {
  const change = plan.mode === 'I' ? 2 : 0;
  return plan.fields.filter((label, index) => index < change || plan.supplied.has(label));
}
