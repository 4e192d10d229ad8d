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
    masters.unit, people.person, masters.unitEnrolment, people.enrolment, money.contribution(city.cal.levyFrom),
    money.accountYear, facts.entitlement, money.benefitPayment, facts.deathEvent, facts.custodyEvent,
    money.payeeAccount, people.employment, facts.injuryCase, facts.medicalClaim, facts.claimItem,
    money.subsidyPayment, money.taxLevy, money.fundTxn, bizCase, bizEvent, masters.operator,
    masters.operatorGrant, masters.householdMember, facts.archiveItem,
  ];
}

/** Writes one dataset of one package. */
export async function writeDataset(city: City, writer: FileWriter, dataset: Dataset, at: PackageMonth, progress: Progress): Promise<DatasetEntry> {
  const incremental = !at.full && dataset.kind !== 'master';
  const header = [...(incremental ? ['op', 'op_time'] : []), ...Object.keys(dataset.columns)];
  const spans = spansOf(city, dataset, at);
  const expected = spans.length > 1 ? city.persons * 5 : 0;
  let gzip = expected > GZIP_ROWS;
  let file = '';
  let rows = 0;
  const sums = new Map<string, bigint>();
  for (const [index, [from, to]] of spans.entries()) {
    await fill(city, dataset, from, to);
    await select(city, dataset, from, to, at, incremental);
    const count = await countSums(city, dataset, sums);
    rows += count;
    if (index === 0) {
      gzip ||= count > GZIP_ROWS;
      file = `${dataset.name}.txt${gzip ? '.gz' : ''}`;
      writer.open(join(at.path, file), { gzip, crlf: dataset.newline === '\r\n', header: header.join('|') });
    }
    const temp = join(at.work, `${dataset.name}-${index}.csv`);
    await city.run(`copy selected to '${temp}' (format csv, delimiter '|', header false, nullstr '')`);
    await writer.append(temp);
    progress.report(`${dataset.name}`, rows, null, 'rows');
  }
  const written = await writer.close();
  return {
    dataset: dataset.name, mode: incremental ? 'I' : 'F', file, newline: dataset.newline, columns: header, keys: dataset.keys,
    rows, sums: Object.fromEntries([...sums].map(([column, fen]) => [column, yuanText(fen)])), ...written,
  };
}

/** A full flow is made year by year, so that no year's rows are ever all in memory with another's. */
function spansOf(city: City, dataset: Dataset, at: PackageMonth): [from: number, to: number][] {
  if (dataset.kind !== 'flow') return [[at.month, at.month]];
  if (!at.full) return [[at.month, at.month]];
  const spans: [number, number][] = [];
  for (let from = city.cal.from; from <= at.month; from = Math.floor(from / 12) * 12 + 12) {
    spans.push([from, Math.min(Math.floor(from / 12) * 12 + 11, at.month)]);
  }
  return spans;
}

async function fill(city: City, dataset: Dataset, from: number, to: number): Promise<void> {
  if (dataset.name === 'contribution') await fillContributions(city, from, to);
  if (dataset.name === 'benefit_payment') await fillPayments(city, from, to);
}

async function select(city: City, dataset: Dataset, from: number, to: number, at: PackageMonth, incremental: boolean): Promise<void> {
  // What was there before the history began belongs to its first span.
  const since = at.full && from === city.cal.from ? 0 : from;
  await city.run(selectSql(dataset, since, to, incremental ? 'now' : 'selected'));
  if (dataset.kind === 'state') await compareState(city, dataset, incremental);
  if (!incremental) return;
  const time = `'${monthText(at.month)}28200000'`;
  if (dataset.kind === 'flow') {
    await city.run(`create or replace temp table selected as select 'I' as op, ${time} as op_time, * from now`);
    return;
  }
  await city.run(`create or replace temp table selected as
    select op, ${time} as op_time, now.* from now join changed using (k_rowid) order by k_rowid`.replaceAll('k_rowid', 'rowid_k'));
}

/** Keeps key and hash of every row, and of a later month the rows that are new or differ. */
async function compareState(city: City, dataset: Dataset, incremental: boolean): Promise<void> {
  const source = incremental ? 'now' : 'selected';
  const key = dataset.keys.map((column) => `"${column}"`).join(" || '|' || ");
  const row = Object.keys(dataset.columns).map((column) => `coalesce("${column}"::VARCHAR, '')`).join(" || '|' || ");
  const state = `state_${dataset.name}`;
  if (!incremental) {
    if (city.cal.first === city.cal.last) return;
    await city.run(`create or replace table ${state} as select ${key} as k, hash(${row}) as v from ${source}`);
    return;
  }
  await city.run(`create or replace temp table now as select row_number() over ()::BIGINT rowid_k, * from now`);
  await city.run(`create or replace temp table changed as
    select n.rowid_k, case when s.k is null then 'I' else 'U' end op from (select rowid_k, ${key} as k, hash(${row}) as v from now) n
    left join ${state} s using (k) where s.k is null or s.v <> n.v`);
  await city.run(`create or replace table ${state} as select ${key} as k, hash(${row}) as v from now`);
}

async function countSums(city: City, dataset: Dataset, sums: Map<string, bigint>): Promise<number> {
  const columns = dataset.money.map((column) => `, (coalesce(sum("${column}"), 0) * 100)::HUGEINT::VARCHAR as "${column}"`);
  const [row] = await city.rows(`select count(*)::INTEGER as rows${columns.join('')} from selected`);
  if (row === undefined) throw new Error('a count returns one row');
  for (const column of dataset.money) sums.set(column, (sums.get(column) ?? 0n) + BigInt(String(row[column])));
  return Number(row['rows']);
}

/** Exact decimal yuan of an amount in fen. */
export function yuanText(fen: bigint): string {
  const digits = (fen < 0n ? -fen : fen).toString().padStart(3, '0');
  return `${fen < 0n ? '-' : ''}${digits.slice(0, -2)}.${digits.slice(-2)}`;
}
