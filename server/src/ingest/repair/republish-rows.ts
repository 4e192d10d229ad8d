import type { DuckSession } from '../../store/index.ts';
import { faultsOf, recordKey } from '../ledger/write-account.ts';
import { publishRestaged, RESTAGED, restage } from '../publish/settle-quarantine.ts';
import type { FieldChange } from '../register/repair-model.ts';
import { quarantineSource } from '../stage/chunk-source.ts';
import type { StagePlan } from '../stage/plan.ts';
import { textLiteral } from '../stage/sql-text.ts';

/** Rows of one dataset of one batch that are to be read with changed fields. */
export interface ChangedRows {
  readonly plan: StagePlan;
  readonly batch: number;
  readonly src: string;
  readonly edition: number;
  /** True when an older repair is applied again to a new statement of the record (沿用). */
  readonly carried: boolean;
  readonly rows: readonly {
    readonly line: number;
    readonly repairId: number;
    readonly changes: readonly FieldChange[];
  }[];
}

/** A fault a row still has, by code and file column. */
export interface RemainingFault {
  readonly code: string;
  readonly label: string | null;
}

export interface Republished {
  /** Lines that were published. */
  readonly published: ReadonlySet<number>;
  /** What is still wrong with the others; a line in neither was no longer in quarantine. */
  readonly remaining: ReadonlyMap<number, readonly RemainingFault[]>;
}

/**
 * Judges open quarantined rows with changed fields and publishes those that pass; their raw fields
 * stay as the province sent them.
 */
export async function republishRows(
  session: DuckSession,
  input: ChangedRows,
): Promise<Republished> {
  const { plan, rows } = input;
  const changes = new Map(rows.map((row) => [row.line, row]));
  const open = await openRows(session, input, [...changes.keys()]);
  const lines = open.map((row) => row.line);
  const raws = open.map(({ line, raw }) =>
    JSON.stringify(overlaid(plan.fields, raw, changes.get(line)?.changes ?? [])),
  );
  await session.run(
    `create or replace temp table overlaid as select unnest($lines::BIGINT[]) as line,
       from_json(unnest($raws::VARCHAR[]), '["VARCHAR"]') as raw`,
    { lines, raws },
  );
  await restage(
    session,
    plan,
    quarantineSource('select line, raw from overlaid', plan.fields.length),
  );
  await session.run('drop table overlaid');
  await publishRestaged(session, input);
  const published = await settle(session, input, changes);
  const remaining = await remainingFaults(session, plan);
  await session.run(`drop table ${RESTAGED}`);
  return { published, remaining };
}

async function openRows(
  session: DuckSession,
  { plan, batch }: ChangedRows,
  lines: readonly number[],
): Promise<{ line: number; raw: readonly (string | null)[] }[]> {
  const rows = await session.rows<{ line: bigint; raw: (string | null)[] | null }>(
    `select line, raw from feed.quarantine_row where batch = ${batch}
       and dataset = ${textLiteral(plan.def.name)} and state = 'open'
       and line in (select unnest($lines::BIGINT[])) order by line`,
    { lines },
  );
  return rows.map((row) => ({ line: Number(row.line), raw: row.raw ?? [] }));
}

/** A row that did not fit its columns (ROW01) has no fields to begin with: they are filled in. */
function overlaid(
  fields: readonly string[],
  raw: readonly (string | null)[],
  changes: readonly FieldChange[],
): (string | null)[] {
  const whole = raw.length === fields.length;
  const after = new Map(changes.map((change) => [change.column, change.after]));
  return fields.map((label, index) =>
    after.has(label) ? (after.get(label) ?? null) : whole ? (raw[index] ?? null) : null,
  );
}

async function settle(
  session: DuckSession,
  { plan, batch, src, edition, carried }: ChangedRows,
  changes: ReadonlyMap<number, { repairId: number }>,
): Promise<ReadonlySet<number>> {
  const rows = await session.rows<{ line: bigint }>(
    `select line from ${RESTAGED} where ${plan.accepted} order by line`,
  );
  const lines = rows.map((row) => Number(row.line));
  if (lines.length === 0) return new Set();
  await closeRepaired(session, { plan, batch, src, edition });
  await session.run(
    `insert into feed.repaired select unnest($repairs::INTEGER[]), ${batch},
       ${textLiteral(plan.def.name)}, unnest($lines::BIGINT[]), ${edition}, ${carried}`,
    { repairs: lines.map((line) => changes.get(line)?.repairId ?? 0), lines },
  );
  return new Set(lines);
}

/**
 * Closes the rows just published, and older open statements of the same records, which must not
 * come back over the newer ones.
 */
export async function closeRepaired(
  session: DuckSession,
  { plan, batch, src, edition }: Pick<ChangedRows, 'plan' | 'batch' | 'src' | 'edition'>,
): Promise<void> {
  const dataset = textLiteral(plan.def.name);
  await session.run(
    `update feed.quarantine_row set state = 'repaired', closed_edition = ${edition}
     where batch = ${batch} and dataset = ${dataset} and state = 'open'
       and line in (select line from ${RESTAGED} where ${plan.accepted})`,
  );
  await session.run(
    `update feed.quarantine_row set state = 'superseded', closed_edition = ${edition}
     where dataset = ${dataset} and state = 'open'
       and batch in (select batch from feed.batch where src = ${textLiteral(src)}
         and edition < (select edition from feed.batch where batch = ${batch}))
       and record_key in (select ${recordKey(plan.def, 's')} from ${RESTAGED} s where ${plan.accepted})`,
  );
}

async function remainingFaults(
  session: DuckSession,
  plan: StagePlan,
): Promise<ReadonlyMap<number, readonly RemainingFault[]>> {
  const faults = faultsOf('quarantine', { plan, table: RESTAGED }, `not (${plan.accepted})`);
  const rows = await session.rows<{ line: bigint; code: string; label: string }>(
    `select line, code, label from ${faults} order by line, code, label`,
  );
  const remaining = new Map<number, RemainingFault[]>();
  for (const { line, code, label } of rows) {
    const known = remaining.get(Number(line)) ?? [];
    remaining.set(Number(line), [...known, { code, label }]);
  }
  return remaining;
}
