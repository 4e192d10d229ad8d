import type { DataScope } from '../../contract/index.ts';
import { planReader } from '../publish/plan-reader.ts';
import { listRepairRows } from '../register/repairs.ts';
import { repairRowUnknown } from '../repair/index.ts';
import { requirePublished } from '../repair/published-package.ts';
import { editableColumns } from '../repair/quarantined-row.ts';
import type { IngestWorld } from '../world.ts';
import { openMarks, type RowOfPackage } from './marks.ts';
import { conditions, type QuarantinedRowView, searchRows, shownValue } from './search-rows.ts';

/** One quarantined row with all its fields, masked, and what may be corrected. */
export interface QuarantinedRowDetail extends QuarantinedRowView {
  readonly fields: readonly {
    readonly column: string;
    readonly title: string;
    readonly value: string | null;
    readonly faulty: boolean;
    readonly editable: boolean;
  }[];
  /** Number of a proposal that waits for its second person; null when there is none. */
  readonly pending_repair: number | null;
}

/**
 * Finds one row within somebody's scope.
 * @throws INGEST_REPAIR_ROW_UNKNOWN also for rows of others
 */
export async function findRow(
  world: IngestWorld,
  { packageId, scope, row }: RowRequest,
): Promise<QuarantinedRowDetail> {
  const { batch, src } = await requirePublished(world, packageId);
  const found = await findInScope(world, { packageId, scope, row });
  const plan = await planReader(world)(batch, row.dataset);
  const faulty = new Set(found.view.faults.map(({ column }) => column));
  const editable = plan === null ? [] : editableColumns(plan);
  const whole = plan !== null && found.raw.length === plan.fields.length;
  const pending = await listRepairRows(world, { batch, states: ['proposed', 'approved'] });
  return {
    ...found.view,
    fields: (plan?.fields ?? []).map((column, at) => {
      const value = whole ? (found.raw[at] ?? null) : null;
      const shown = shownValue(world, { src, dataset: row.dataset, column, value });
      return {
        ...{ column, title: shown.title, value: shown.value, faulty: faulty.has(column) },
        editable: editable.includes(column),
      };
    }),
    pending_repair:
      pending.find(
        (repair) =>
          repair.kind === 'edit' && repair.dataset === row.dataset && repair.line === row.line,
      )?.repairId ?? null,
  };
}

export interface RowRequest {
  readonly packageId: string;
  readonly scope: DataScope;
  readonly row: RowOfPackage;
}

/** @throws INGEST_REPAIR_ROW_UNKNOWN for a row out of scope exactly as for one that is not there */
export async function findInScope(
  world: IngestWorld,
  { packageId, scope, row }: RowRequest,
): Promise<{ view: QuarantinedRowView; raw: readonly (string | null)[] }> {
  const { batch } = await requirePublished(world, packageId);
  const marks = await openMarks(world, batch, scope);
  const filter = { dataset: row.dataset };
  const { sql, params } = conditions(batch, { scope, filter, marks });
  const found = await world.duck.read((session) =>
    session.first<{ raw: (string | null)[] | null; before: bigint }>(
      `select raw, (select count(*) from feed.quarantine_row q where ${sql} and q.line < $line) as before
       from feed.quarantine_row q where ${sql} and q.line = $line`,
      { ...params, line: row.line },
    ),
  );
  if (found === undefined) throw repairRowUnknown({ packageId, ...row });
  const page = { offset: Number(found.before), limit: 1 };
  const { rows } = await searchRows(world, { packageId, scope, filter, ...page });
  const [view] = rows;
  if (view === undefined) throw repairRowUnknown({ packageId, ...row });
  return { view, raw: found.raw ?? [] };
}
