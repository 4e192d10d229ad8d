import type { TableDef } from '../../contract/index.ts';
import { columnList, identifier } from '../../municipal/index.ts';
import type { DuckSession } from '../../store/index.ts';
import { noteOrdered } from './cluster.ts';
import { insertInOrder, PIECE_ROWS } from './insert-in-order.ts';

/** What publication did to a table, in rows. */
export interface MergeCount {
  readonly added: number;
  readonly changed: number;
  readonly unchanged: number;
  readonly closed: number;
}

/** Accepted rows of one dataset, wherever they lie, and how they are to be taken. */
export interface MergeInput {
  readonly def: TableDef;
  readonly mode: 'F' | 'I';
  readonly src: string;
  readonly batch: number;
  readonly edition: number;
  /** FROM item giving `line`, `op` (null in full mode) and the business columns. */
  readonly rows: string;
  /** FROM item giving the keys the file named at all, good or bad: none of them may be closed. */
  readonly namedKeys: string;
}

/** Columns the platform fills after publication; they are no reason for a new version. */
const LATER_COLUMNS: Readonly<Record<string, readonly string[]>> = {
  death_event: ['person_id', 'match_level', 'verdict', 'verdict_by', 'verdict_at'],
  custody_event: ['person_id'],
};

/**
 * Adds the new versions of a dataset and closes those they replace. An unchanged row keeps its
 * first version and its first source. Full mode also closes what the source no longer names.
 */
export async function mergeDataset(session: DuckSession, input: MergeInput): Promise<MergeCount> {
  const { def } = input;
  const target = `rows.${def.name}`;
  const before = await session.first<{ any: boolean }>(
    `select exists (select 1 from ${target} where edition_to is null) as any`,
  );
  if (before?.any !== true) return insertAll(session, input);
  await findMatches(session, input);
  const counts = await session.first<{ changed: bigint; unchanged: bigint; deleted: bigint }>(
    `select count(*) filter (where not same and not deletion) as changed,
       count(*) filter (where same and not deletion) as unchanged,
       count(*) filter (where deletion) as deleted from merge_match`,
  );
  const missing = input.mode === 'F' ? await findMissing(session, input) : 0;
  await session.run(
    `update ${target} set edition_to = ${input.edition} where rowid in
       (select old_row from merge_match where deletion or not same
        ${input.mode === 'F' ? 'union all select old_row from merge_missing' : ''})`,
  );
  const inserted = await session.run(
    `insert into ${target} ${newVersions(input)}
     and s.line not in (select line from merge_match where same and not deletion)
     ${clusterOrder(def)}`,
  );
  await session.run('drop table merge_match; drop table if exists merge_missing');
  const changed = Number(counts?.changed ?? 0n);
  return {
    added: inserted - changed,
    changed,
    unchanged: Number(counts?.unchanged ?? 0n),
    closed: Number(counts?.deleted ?? 0n) + missing,
  };
}

function newVersions({ def, rows, batch, edition }: MergeInput): string {
  return `select ${columnList(def, 's')}, ${batch}, s.line, ${edition}, null
    from ${rows} s where s.op is distinct from 'D'`;
}

/** Rows of one person lie together in what is added; the whole table is put in order later. */
function clusterOrder(def: TableDef): string {
  return `order by ${def.cluster.map((name) => `s.${identifier(name)}`).join(', ')}, s.line`;
}

/**
 * The first rows of a table. What one sort in memory can hold goes in in order; more goes in as it
 * came, so that it is visible soon, and is put in order after publication.
 */
async function insertAll(session: DuckSession, input: MergeInput): Promise<MergeCount> {
  const { def, rows, batch, edition } = input;
  const into = `rows.${def.name}`;
  const from = `(select * from ${rows} where op is distinct from 'D')`;
  const select = `${columnList(def)}, ${batch}, line, ${edition}, null`;
  const counted = await session.first<{ rows: bigint; before: bigint }>(
    `select (select count(*) from ${from}) as rows, (select count(*) from ${into}) as before`,
  );
  const count = Number(counted?.rows ?? 0n);
  if (count > PIECE_ROWS) {
    await session.run(`insert into ${into} select ${select} from ${from}`);
  } else {
    await insertInOrder(session, { def, into, from, select, rows: count });
    if (counted?.before === 0n) await noteOrdered(session, def, count);
  }
  return { added: count, changed: 0, unchanged: 0, closed: 0 };
}

async function findMatches(session: DuckSession, { def, rows }: MergeInput): Promise<void> {
  const later = LATER_COLUMNS[def.name] ?? [];
  const compared = def.columns.filter((c) => !def.key.includes(c.name) && !later.includes(c.name));
  const differs = compared.map(
    ({ name }) => `s.${identifier(name)} is distinct from c.${identifier(name)}`,
  );
  await session.run(
    `create or replace temp table merge_match as
     select s.line, c.rowid as old_row, coalesce(s.op, '') = 'D' as deletion,
       not (${differs.length === 0 ? 'false' : differs.join(' or ')}) as same
     from ${rows} s join rows.${def.name} c on ${keyJoin(def, 's', 'c')} where c.edition_to is null`,
  );
}

async function findMissing(session: DuckSession, input: MergeInput): Promise<number> {
  const { def, src, namedKeys } = input;
  await session.run(
    `create or replace temp table merge_missing as
     select c.rowid as old_row from rows.${def.name} c
     where c.edition_to is null
       and c.batch in (select batch from feed.batch where src = $src)
       and not exists (select 1 from ${namedKeys} n where ${keyJoin(def, 'n', 'c')})`,
    { src },
  );
  const row = await session.first<{ n: bigint }>('select count(*) as n from merge_missing');
  return Number(row?.n ?? 0n);
}

function keyJoin(def: TableDef, left: string, right: string): string {
  return def.key
    .map((name) => `${left}.${identifier(name)} = ${right}.${identifier(name)}`)
    .join(' and ');
}
