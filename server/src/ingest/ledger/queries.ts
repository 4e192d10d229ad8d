import type { DuckSession } from '../../store/index.ts';

/** Account of one dataset of one package, as commands and routes show it. */
export interface DatasetAccount {
  readonly dataset: string;
  readonly mode: 'F' | 'I';
  readonly state: 'accepted' | 'refused';
  readonly gate: string | null;
  readonly code: string | null;
  readonly reason: string | null;
  readonly declared: number;
  readonly landed: number;
  readonly accepted: number;
  readonly quarantined: number;
  readonly issues: number;
  /** Quarantined rows settled since: repaired, released or stated again. */
  readonly settled: number;
  readonly added: number;
  readonly changed: number;
  readonly unchanged: number;
  readonly closed: number;
  readonly unknown_columns: readonly string[];
  readonly absent_columns: readonly string[];
}

export interface PackageAccount {
  readonly datasets: readonly DatasetAccount[];
  /** Landed ÷ declared (回流率), 0–1; null when nothing was declared. */
  readonly return_rate: number | null;
  /** Accepted ÷ declared (合格率), 0–1. */
  readonly acceptance_rate: number | null;
}

/** The account of one package. */
export async function findAccount(session: DuckSession, batch: number): Promise<PackageAccount> {
  const rows = await session.rows<Record<string, unknown>>(
    `select d.* exclude (batch),
       (select count(*) from feed.quarantine_row q where q.batch = d.batch and q.dataset = d.dataset
          and q.state in ('repaired', 'released', 'superseded')) as settled
     from feed.dataset d where d.batch = ${batch} order by d.dataset`,
  );
  const datasets = rows.map(plain) as unknown as DatasetAccount[];
  return { datasets, ...rates(datasets) };
}

function plain(row: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(row).map(([name, value]) => [
      name,
      typeof value === 'bigint' ? Number(value) : value,
    ]),
  );
}

/** Return and acceptance rate over datasets. */
export function rates(
  datasets: readonly Pick<DatasetAccount, 'declared' | 'landed' | 'accepted'>[],
): Pick<PackageAccount, 'return_rate' | 'acceptance_rate'> {
  const sum = (field: 'declared' | 'landed' | 'accepted') =>
    datasets.reduce((total, item) => total + item[field], 0);
  const declared = sum('declared');
  if (declared === 0) return { return_rate: null, acceptance_rate: null };
  return { return_rate: sum('landed') / declared, acceptance_rate: sum('accepted') / declared };
}

/** One fault of one row, for `feed rows`. */
export interface RowFault {
  readonly dataset: string;
  readonly line: number;
  readonly column: string | null;
  readonly code: string;
  readonly raw_value: string | null;
  readonly state: string;
}

/** Faults of a package's rows in file order; bounded by `limit`. */
export async function listRowFaults(
  session: DuckSession,
  batch: number,
  kind: 'quarantine' | 'issue',
  page: { offset: number; limit: number },
): Promise<RowFault[]> {
  const state =
    kind === 'issue'
      ? `'open'`
      : `(select r.state from feed.quarantine_row r where r.batch = f.batch and r.dataset = f.dataset and r.line = f.line)`;
  const rows = await session.rows<Record<string, unknown>>(
    `select dataset, line, label as column, code, raw_value, ${state} as state
     from feed.${kind} f where batch = ${batch} order by dataset, line, label, code
     limit ${page.limit} offset ${page.offset}`,
  );
  return rows.map(plain) as unknown as RowFault[];
}

/** Ledger line of one package, dataset and agency (回流率账). */
export interface AgencyAccount {
  readonly dataset: string;
  readonly agency: string;
  readonly landed: number;
  readonly accepted: number;
  readonly quarantined: number;
  readonly issues: number;
  readonly persons: number;
  /** Distinct persons ÷ registered population (覆盖率), 0–1. */
  readonly coverage: number;
  /** Money sums in fen, decimal text by column. */
  readonly sums: Readonly<Record<string, string>>;
  /** Difference of landed rows from the previous package of the same source and mode. */
  readonly landed_change: number | null;
}

/** The ledger of a package by dataset and agency, with the change since the previous period. */
export async function listAgencyAccounts(
  session: DuckSession,
  batch: number,
  registeredPopulation: number,
): Promise<AgencyAccount[]> {
  const rows = await session.rows<Record<string, unknown>>(
    `with own as (select d.dataset, d.mode, b.src, b.edition from feed.dataset d
         left join feed.batch b using (batch) where d.batch = ${batch}),
     previous as (
       select own.dataset, arg_max(d.batch, b.edition) as batch
       from own join feed.dataset d on d.dataset = own.dataset and d.mode = own.mode
         join feed.batch b on b.batch = d.batch and b.src = own.src and b.edition < own.edition
       group by own.dataset)
     select l.dataset, l.agency, l.landed, l.accepted, l.quarantined, l.issues, l.persons,
       l.landed - w.landed as landed_change,
       (select array_agg(s.column_name order by s.column_name) from feed.ledger_sum s
         where s.batch = l.batch and s.dataset = l.dataset and s.agency = l.agency) as sum_columns,
       (select array_agg(cast(s.total_fen as varchar) order by s.column_name) from feed.ledger_sum s
         where s.batch = l.batch and s.dataset = l.dataset and s.agency = l.agency) as sum_totals
     from feed.ledger l left join previous p using (dataset)
       left join feed.ledger w on w.batch = p.batch and w.dataset = l.dataset and w.agency = l.agency
     where l.batch = ${batch} order by l.dataset, l.agency`,
  );
  return rows.map((row) => {
    const { sum_columns: columns, sum_totals: totals, ...rest } = plain(row);
    const names = (columns ?? []) as string[];
    const values = (totals ?? []) as string[];
    return {
      ...rest,
      coverage: Number(rest.persons) / registeredPopulation,
      sums: Object.fromEntries(names.map((name, index) => [name, values[index] ?? '0'])),
    } as unknown as AgencyAccount;
  });
}

/** How many faults `listRowFaults` would list in all. */
export async function countRowFaults(
  session: DuckSession,
  batch: number,
  kind: 'quarantine' | 'issue',
): Promise<number> {
  const row = await session.first<{ n: bigint }>(
    `select count(*) as n from feed.${kind} where batch = ${batch}`,
  );
  return Number(row?.n ?? 0n);
}
