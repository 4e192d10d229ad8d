import { join } from 'node:path';
import type { Progress } from '../../server/src/kernel/index.ts';
import { bizCase, bizEvent } from './datasets/business.ts';
import { type Dataset, selectSql } from './datasets/dataset.ts';
import * as facts from './datasets/facts.ts';
import * as masters from './datasets/masters.ts';
import * as money from './datasets/money.ts';
import * as people from './datasets/people.ts';
import type { City } from './engine.ts';
import type { FileWriter } from './files.ts';
import { fillContributions, fillPayments } from './flows.ts';
import { monthText } from './options.ts';
import type { DatasetEntry } from './package.ts';

/** Datasets above this many rows are compressed. */
const GZIP_ROWS = 500_000;

export interface PackageMonth {
  readonly month: number;
  readonly full: boolean;
  readonly path: string;
  readonly work: string;
}

/** Every dataset in the order it is written; contributions come before the levies they add up to. */
export function datasetsOf(city: City): readonly Dataset[] {
  return [
    masters.unit,
    people.person,
    masters.unitEnrolment,
    people.enrolment,
    money.contribution(city.cal.levyFrom),
    money.accountYear,
    facts.entitlement,
    money.benefitPayment,
    facts.deathEvent,
    facts.custodyEvent,
    money.payeeAccount,
    people.employment,
    facts.injuryCase,
    facts.medicalClaim,
    facts.claimItem,
    money.subsidyPayment,
    money.taxLevy,
    money.fundTxn,
    bizCase,
    bizEvent,
    masters.operator,
    masters.operatorGrant,
    masters.householdMember,
    facts.archiveItem,
  ];
}

/** Writes one dataset of one package. */
export async function writeDataset(
  city: City,
  writer: FileWriter,
  dataset: Dataset,
  at: PackageMonth,
  progress: Progress,
): Promise<DatasetEntry> {
  const incremental = !at.full && dataset.kind !== 'master';
  const header = [...(incremental ? ['op', 'op_time'] : []), ...Object.keys(dataset.columns)];
  const sums = new Map<string, bigint>(dataset.money.map((column) => [column, 0n]));
  let file = '';
  let rows = 0;
  for (const [index, [from, to]] of spansOf(city, dataset, at).entries()) {
    const temp = join(at.work, `${dataset.name}-${index}.csv`);
    const query = await prepare(city, dataset, from, to, at, incremental);
    await addSums(city, dataset, query.sums, sums);
    rows += await city.copy(query.rows, temp);
    if (index === 0) {
      const gzip = rows > GZIP_ROWS || (at.full && city.persons * (dataset.large ?? 0) > GZIP_ROWS);
      file = `${dataset.name}.txt${gzip ? '.gz' : ''}`;
      writer.open(join(at.path, file), {
        gzip,
        crlf: dataset.newline === '\r\n',
        header: header.join('|'),
      });
    }
    await writer.append(temp);
    progress.report(dataset.name, rows, null, 'rows');
  }
  const written = await writer.close();
  return {
    dataset: dataset.name,
    mode: incremental ? 'I' : 'F',
    file,
    newline: dataset.newline,
    columns: header,
    keys: dataset.keys,
    rows,
    sums: Object.fromEntries([...sums].map(([column, fen]) => [column, yuanText(fen)])),
    ...written,
  };
}

/** A large history is made in pieces of about two million rows that do not cross a calendar year. */
function spansOf(city: City, dataset: Dataset, at: PackageMonth): [from: number, to: number][] {
  if (dataset.large === undefined || !at.full) return [[at.month, at.month]];
  const perMonth = (city.persons * dataset.large) / (at.month - city.cal.from + 1);
  const step = Math.min(12, Math.max(1, Math.floor(2_000_000 / perMonth)));
  const spans: [number, number][] = [];
  for (let from = city.cal.from; from <= at.month; from = (spans.at(-1)?.[1] ?? from) + 1) {
    const inYear = from % 12;
    spans.push([from, Math.min(from - (inYear % step) + step - 1, from - inYear + 11, at.month)]);
  }
  return spans;
}

async function fill(city: City, dataset: Dataset, from: number, to: number): Promise<void> {
  if (dataset.name === 'contribution') await fillContributions(city, from, to);
  if (dataset.name === 'benefit_payment') await fillPayments(city, from, to);
}

interface Prepared {
  /** What is copied out, and where its money columns are added up from. */
  readonly rows: string;
  readonly sums: string;
}

async function prepare(
  city: City,
  dataset: Dataset,
  from: number,
  to: number,
  at: PackageMonth,
  incremental: boolean,
): Promise<Prepared> {
  await fill(city, dataset, from, to);
  // What was there before the history began belongs to its first span.
  const since = at.full && (from === city.cal.from || dataset.large === undefined) ? 0 : from;
  const all = selectSql(dataset, since, to);
  if (dataset.large !== undefined && !incremental) {
    // Money alone is read first: cheaper than holding every column of every row.
    return {
      rows: all,
      sums: dataset.money.length > 0 ? selectSql(dataset, since, to, dataset.money) : '',
    };
  }
  await city.run(`create or replace temp table selected as ${all}`);
  if (dataset.kind === 'state') await compareState(city, dataset, incremental);
  if (!incremental) return { rows: 'from selected', sums: 'from selected' };
  const stamp = `'${monthText(at.month)}28200000' as op_time`;
  const rows =
    dataset.kind === 'flow'
      ? `select 'I' as op, ${stamp}, * from selected`
      : `select op, ${stamp}, selected.* exclude (row_no) from selected join changed using (row_no) order by row_no`;
  return { rows, sums: rows };
}

/** Keeps key and hash of every row, and of a later month the rows that are new or differ. */
async function compareState(city: City, dataset: Dataset, incremental: boolean): Promise<void> {
  if (city.cal.first === city.cal.last) return;
  const key = dataset.keys.map((column) => `"${column}"`).join(" || '|' || ");
  const row = Object.keys(dataset.columns)
    .map((column) => `coalesce("${column}"::VARCHAR, '')`)
    .join(" || '|' || ");
  const state = `state_${dataset.name}`;
  if (incremental) {
    await city.run(
      'create or replace temp table selected as select *, row_number() over () as row_no from selected',
    );
    await city.run(`create or replace temp table changed as
      select n.row_no, case when s.k is null then 'I' else 'U' end op from (select row_no, ${key} as k, hash(${row}) as v from selected) n
      left join ${state} s using (k) where s.k is null or s.v <> n.v`);
  }
  await city.run(
    `create or replace table ${state} as select ${key} as k, hash(${row}) as v from selected`,
  );
}

async function addSums(
  city: City,
  dataset: Dataset,
  from: string,
  sums: Map<string, bigint>,
): Promise<void> {
  if (dataset.money.length === 0) return;
  const columns = dataset.money.map(
    (column) => `(coalesce(sum("${column}"), 0) * 100)::HUGEINT::VARCHAR as "${column}"`,
  );
  const [row] = await city.rows(`select ${columns.join(', ')} from (${from})`);
  for (const column of dataset.money)
    sums.set(column, (sums.get(column) ?? 0n) + BigInt(String(row?.[column])));
}

/** Exact decimal yuan of an amount in fen. */
export function yuanText(fen: bigint): string {
  const digits = (fen < 0n ? -fen : fen).toString().padStart(3, '0');
  return `${fen < 0n ? '-' : ''}${digits.slice(0, -2)}.${digits.slice(-2)}`;
}
