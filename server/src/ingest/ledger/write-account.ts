import type { TableDef } from '../../contract/index.ts';
import { identifier } from '../../municipal/index.ts';
import type { DuckSession } from '../../store/index.ts';
import type { Refusal } from '../refusal.ts';
import type { PlannedFault } from '../stage/plan.ts';
import { textLiteral } from '../stage/sql-text.ts';
import type { StagedDataset } from '../stage/stage-dataset.ts';
import { maskNames } from '../stage/staged-columns.ts';
import { ACCOUNT_TABLES } from './schema.ts';

/** A dataset of a package after all its checks. */
export interface JudgedDataset {
  readonly dataset: string;
  readonly mode: 'F' | 'I';
  readonly declared: number;
  /** Null when the whole dataset was refused (G6). */
  readonly staged: StagedDataset | null;
  readonly refusal: Refusal | null;
  /** Raw fields of rows found bad only after staging (KEY01, ID08), by line. */
  readonly lateRaw: ReadonlyMap<number, string[]>;
  /** For a dataset refused for duplicate keys: its lines, shown to the official. */
  readonly duplicateLines: readonly number[];
}

/** Removes what an earlier try at this package wrote. */
export async function clearAccount(session: DuckSession, batch: number): Promise<void> {
  for (const table of ACCOUNT_TABLES) {
    await session.run(`delete from feed.${table} where batch = ${batch}`);
  }
}

/** Writes quarantine, issues and the ledger of one dataset; every declared row is accounted for. */
export async function writeAccount(
  session: DuckSession,
  batch: number,
  judged: JudgedDataset,
): Promise<void> {
  const { staged, refusal } = judged;
  if (staged !== null && refusal === null) {
    await writeQuarantine(session, batch, judged, staged);
    await writeIssues(session, batch, staged);
    await writeLedger(session, batch, staged);
  }
  if (staged !== null && judged.duplicateLines.length > 0) {
    await writeDuplicates(session, batch, judged, staged);
  }
  await writeDatasetRow(session, batch, judged);
}

async function writeQuarantine(
  session: DuckSession,
  batch: number,
  judged: JudgedDataset,
  staged: StagedDataset,
): Promise<void> {
  const { def, table, plan, misfitTable } = staged;
  const name = textLiteral(def.name);
  await session.run(
    `insert into feed.quarantine_row
     select ${batch}, ${name}, s.line, s.raw, ${recordKey(def, 's')}, ${agencyOf(def, 's')}, 'open', null
     from ${table} s ${agencyJoin(def, 's')} where not (${plan.accepted})`,
  );
  await fillLateRaw(session, batch, def.name, judged.lateRaw);
  await session.run(faultRows('quarantine', batch, staged, `not (${plan.accepted})`));
  await session.run(
    `insert into feed.quarantine_row
       select ${batch}, dataset, line, [text], null, '未知', 'open', null
       from ${misfitTable} where dataset = ${name};
     insert into feed.quarantine
       select ${batch}, dataset, line, null, 'ROW01', null from ${misfitTable} where dataset = ${name}`,
  );
}

function writeIssues(session: DuckSession, batch: number, staged: StagedDataset): Promise<number> {
  return session.run(faultRows('issue', batch, staged, staged.plan.accepted));
}

/** SQL that writes one row per fault bit that is set on the rows of `condition`. */
export function faultRows(
  kind: PlannedFault['kind'],
  batch: number,
  staged: Pick<StagedDataset, 'plan' | 'table' | 'def'>,
  condition: string,
): string {
  if (!staged.plan.faults.some((fault) => fault.kind === kind)) return 'select 0';
  return `insert into feed.${kind}
    select ${batch}, ${textLiteral(staged.def.name)}, line, label, code, raw_value
    from ${faultsOf(kind, staged, condition)}`;
}

/** FROM item giving `line`, `label`, `code`, `raw_value` of every fault on the rows of `condition`. */
export function faultsOf(
  kind: PlannedFault['kind'],
  { plan, table }: Pick<StagedDataset, 'plan' | 'table'>,
  condition: string,
): string {
  const values = plan.faults
    .filter((fault) => fault.kind === kind)
    .map(
      (fault) =>
        `(${fault.mask}, ${1n << BigInt(fault.bit)}, ${textLiteral(fault.label)}, ${textLiteral(fault.code)}, ${fault.position})`,
    )
    .join(', ');
  const masks = maskNames(plan.masks).map((name, mask) => `when ${mask} then s.${name}`);
  return `(select s.line, f.label, f.code, s.raw[f.position] as raw_value
    from (select * from ${table} s where (${anyFault(plan)}) and ${condition}) s,
      (values ${values}) f(mask, bit, label, code, position)
    where ((case f.mask ${masks.join(' ')} end) & f.bit) <> 0)`;
}

async function fillLateRaw(
  session: DuckSession,
  batch: number,
  dataset: string,
  lateRaw: ReadonlyMap<number, string[]>,
): Promise<void> {
  if (lateRaw.size === 0) return;
  await session.run(
    `update feed.quarantine_row set raw = found.raw
     from (select unnest($lines::BIGINT[]) as line,
       from_json(unnest($raws::VARCHAR[]), '["VARCHAR"]') as raw) found
     where batch = ${batch} and dataset = $dataset and quarantine_row.line = found.line
       and quarantine_row.raw is null`,
    {
      lines: [...lateRaw.keys()],
      raws: [...lateRaw.values()].map((raw) => JSON.stringify(raw)),
      dataset,
    },
  );
}

async function writeDuplicates(
  session: DuckSession,
  batch: number,
  judged: JudgedDataset,
  staged: StagedDataset,
): Promise<void> {
  const { def, table, plan } = staged;
  const fault = plan.faults.find((item) => item.code === 'KEY01');
  await session.run(
    `insert into feed.quarantine_row
       select ${batch}, ${textLiteral(def.name)}, s.line, s.raw, ${recordKey(def, 's')},
         ${agencyOf(def, 's')}, 'refused', null
       from ${table} s ${agencyJoin(def, 's')} where s.line in (select unnest($lines::BIGINT[]))`,
    { lines: judged.duplicateLines },
  );
  await session.run(
    `insert into feed.quarantine
       select ${batch}, ${textLiteral(def.name)}, line, ${textLiteral(fault?.label ?? '')}, 'KEY01', record_key
       from feed.quarantine_row where batch = ${batch} and dataset = ${textLiteral(def.name)}`,
  );
  await fillLateRaw(session, batch, def.name, judged.lateRaw);
}

async function writeLedger(
  session: DuckSession,
  batch: number,
  staged: StagedDataset,
): Promise<void> {
  const { def, table, plan } = staged;
  const name = textLiteral(def.name);
  const persons = def.person === null ? '0' : `count(distinct s.${identifier(def.person)})`;
  const money = def.columns.filter((column) => column.type === 'money');
  const sums = money.map(
    (column) => `sum(s.${identifier(column.name)}) as ${identifier(column.name)}`,
  );
  await session.run(
    `create or replace temp table agency_account as
     select ${agencyOf(def, 's')} as agency, count(*) as accepted,
       count(*) filter (where ${anyFault(plan)}) as with_issues, ${persons} as persons
       ${sums.length === 0 ? '' : `, ${sums.join(', ')}`}
     from ${table} s ${agencyJoin(def, 's')} where ${plan.accepted} group by 1`,
  );
  await session.run(
    `insert into feed.ledger
     with bad as (select agency, count(*) as quarantined from feed.quarantine_row
       where batch = ${batch} and dataset = ${name} group by agency)
     select ${batch}, ${name}, agency, coalesce(a.accepted, 0) + coalesce(b.quarantined, 0),
       coalesce(a.accepted, 0), coalesce(b.quarantined, 0), coalesce(a.with_issues, 0), coalesce(a.persons, 0)
     from agency_account a full join bad b using (agency)`,
  );
  for (const column of money) {
    await session.run(
      `insert into feed.ledger_sum select ${batch}, ${name}, agency, ${textLiteral(column.name)},
         ${identifier(column.name)} from agency_account where ${identifier(column.name)} is not null`,
    );
  }
  await session.run('drop table agency_account');
}

/** SQL condition of a staged row `s` that has any fault. */
function anyFault({ masks }: Pick<StagedDataset['plan'], 'masks'>): string {
  return maskNames(masks)
    .map((name) => `s.${name} <> 0`)
    .join(' or ');
}

async function writeDatasetRow(
  session: DuckSession,
  batch: number,
  judged: JudgedDataset,
): Promise<void> {
  const { dataset, mode, declared, refusal, staged } = judged;
  const counted = staged !== null && refusal === null;
  const name = textLiteral(dataset);
  const count = async (table: string): Promise<bigint> => {
    const row = await session.first<{ n: bigint }>(
      `select count(*) as n from feed.${table} where batch = ${batch} and dataset = ${name}`,
    );
    return row?.n ?? 0n;
  };
  const quarantined = counted ? await count('quarantine_row') : 0n;
  const landed = counted ? BigInt(staged.rows) : 0n;
  await session.run(
    `insert into feed.dataset values (${batch}, $dataset, $mode, $state, $gate, $code, $reason,
       ${declared}, ${landed}, ${landed - quarantined}, ${quarantined}, ${counted ? await count('issue') : 0n},
       0, 0, 0, 0, $unknown::VARCHAR[], $absent::VARCHAR[])`,
    {
      dataset,
      mode,
      state: refusal === null ? 'accepted' : 'refused',
      gate: refusal?.gate ?? null,
      code: refusal?.code ?? null,
      reason: refusal?.reason ?? null,
      unknown: [...(staged?.plan.unknown ?? [])],
      absent: [...(staged?.plan.absent ?? [])],
    },
  );
}

/** The primary key as one text, to recognise the same record in a later package. */
export function recordKey(def: TableDef, alias: string): string {
  const parts = def.key.map(
    (name) => `coalesce(cast(${alias}.${identifier(name)} as varchar), '')`,
  );
  return `concat_ws(chr(31), ${parts.join(', ')})`;
}

/**
 * Which agency a row belongs to: its own column, else its person's, else its unit's. Persons and
 * units of the same package are in its staging database, which the join prefers.
 */
export function agencyOf(def: TableDef, alias: string): string {
  const own = def.columns.some((column) => column.name === 'agency');
  if (own) return `coalesce(${alias}.agency, '未知')`;
  return agencySource(def) === null ? `'未知'` : `coalesce(owner.agency, '未知')`;
}

function agencySource(def: TableDef): { table: 'person' | 'unit'; column: string } | null {
  if (def.columns.some((column) => column.name === 'agency')) return null;
  if (def.person !== null) return { table: 'person', column: def.person };
  return def.unit === null ? null : { table: 'unit', column: def.unit };
}

/** The join that {@link agencyOf} needs; `owner_agency_*` are temp tables of the transaction. */
export function agencyJoin(def: TableDef, alias: string): string {
  const source = agencySource(def);
  if (source === null) return '';
  return `left join owner_agency_${source.table} owner on owner.id = ${alias}.${identifier(source.column)}`;
}
