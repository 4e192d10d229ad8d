import { planReader } from '../../publish/plan-reader.ts';
import type { StagePlan } from '../../stage/plan.ts';
import { textLiteral } from '../../stage/sql-text.ts';
import type { IngestWorld } from '../../world.ts';
import type { RemainingFault } from '../republish-rows.ts';

/** Agencies whose rows are meant; rows without agency are the city's. */
export type Agencies = readonly string[] | 'all';

const ownRows = (agencies: Agencies): string =>
  agencies === 'all' ? 'true' : 'agency in (select unnest($agencies::VARCHAR[]))';

/** One open quarantined row with its faults. */
export interface FailedRow {
  readonly line: number;
  readonly raw: readonly (string | null)[];
  readonly faults: readonly RemainingFault[];
}

/** The open quarantined rows of one dataset of a package, by line. */
export interface FailedDataset {
  readonly dataset: string;
  readonly plan: StagePlan;
  readonly rows: readonly FailedRow[];
}

/** Counts the open quarantined rows of a package by dataset. */
export async function countFailedRows(
  world: IngestWorld,
  batch: number,
  agencies: Agencies = 'all',
): Promise<{ dataset: string; rows: number }[]> {
  const found = await world.duck.read((session) =>
    session.rows<{ dataset: string; n: bigint }>(
      `select dataset, count(*) as n from feed.quarantine_row
       where batch = ${batch} and state = 'open' and ${ownRows(agencies)}
       group by dataset order by dataset`,
      agencies === 'all' ? {} : { agencies },
    ),
  );
  return found.map((row) => ({ dataset: row.dataset, rows: Number(row.n) }));
}

/** Reads the open quarantined rows of one dataset; null when its file can no longer be read. */
export async function readFailedRows(
  world: IngestWorld,
  batch: number,
  dataset: string,
  agencies: Agencies = 'all',
): Promise<FailedDataset | null> {
  const plan = await planReader(world)(batch, dataset);
  if (plan === null) return null;
  const name = textLiteral(dataset);
  const found = await world.duck.read((session) =>
    session.rows<{
      line: bigint;
      raw: (string | null)[] | null;
      codes: (string | null)[];
      labels: (string | null)[];
    }>(
      `select q.line, any_value(q.raw) as raw, array_agg(f.code order by f.code, f.label) as codes,
         array_agg(f.label order by f.code, f.label) as labels
       from feed.quarantine_row q
         left join feed.quarantine f on f.batch = q.batch and f.dataset = q.dataset and f.line = q.line
       where q.batch = ${batch} and q.dataset = ${name} and q.state = 'open' and ${ownRows(agencies)}
       group by q.line order by q.line`,
      agencies === 'all' ? {} : { agencies },
    ),
  );
  const rows = found.map(({ line, raw, codes, labels }) => ({
    line: Number(line),
    raw: raw ?? [],
    faults: codes.flatMap((code, index) =>
      code === null ? [] : [{ code, label: labels[index] ?? null }],
    ),
  }));
  return { dataset, plan, rows };
}

/** The fields of a row by position; none when it did not fit its columns (ROW01). */
export function fieldsOf(plan: StagePlan, row: FailedRow): readonly (string | null)[] {
  return row.raw.length === plan.fields.length ? row.raw : plan.fields.map(() => null);
}
