import type { MunicipalContent, TableDef } from '../../contract/index.ts';
import { columnList, identifier } from '../../municipal/index.ts';
import type { DuckSession } from '../../store/index.ts';
import type { RulePack, ViewDef } from '../model.ts';
import { bindSql, literal } from '../sql/bind.ts';
import { makeRelation } from './relations.ts';
import { NAMED_PERSONS, type Slice, sliceCondition } from './slice.ts';
import { paramSelect } from './values.ts';

/** What the rules of one part of a run see (判定底座). */
export interface GroundRequest {
  readonly content: MunicipalContent;
  readonly pack: Pick<RulePack, 'views' | 'params'>;
  /** Edition of the municipal database that counts. */
  readonly edition: number;
  /** Data date, and the last month all tables concerned cover (first day). */
  readonly asOf: string;
  readonly watermark: string;
  readonly slice: Slice;
  /** Names of tables, views and parameters that are wanted. */
  readonly reads: ReadonlySet<string>;
  /** FROM items of the versions of a table and of the packages; a case puts its own rows here. */
  readonly store?: GroundStore;
}

/** Where the ground is taken from (relations of DuckDB). */
export interface GroundStore {
  readonly versions: (def: TableDef) => string;
  /** Gives `edition` and `as_of`, one row per published package. */
  readonly packages: string;
}

const CITY: GroundStore = {
  versions: (def) => `rows.${def.name}`,
  packages: 'feed.batch',
};

/** Tables without a person of their own: their rows belong to the person of another table's row. */
export const FOLLOWS: Readonly<
  Record<string, { readonly table: string; readonly column: string }>
> = {
  claim_item: { table: 'medical_claim', column: 'claim_id' },
  biz_event: { table: 'biz_case', column: 'case_id' },
};

/**
 * Makes temporary views under the plain names of the tables, so that a rule reads exactly the
 * people, the edition and the months of this part of the run, and the shared views over them.
 * Opening another ground on the same session replaces the last one.
 */
export async function openGround(session: DuckSession, request: GroundRequest): Promise<void> {
  const { pack, slice, content } = request;
  const wanted = closure(request.reads, pack.views);
  for (const param of pack.params.values()) {
    if (!wanted.has(param.name)) continue;
    const { name } = param;
    await makeRelation(session, { name, kind: 'literals', body: paramSelect(param) });
  }
  if (slice.kind === 'persons' && slice.persons.length > NAMED_PERSONS) {
    await session.run(
      'create or replace temp table run_person as select unnest($persons::VARCHAR[]) as person_id',
      { persons: slice.persons },
    );
  }
  for (const def of content.tables.values()) {
    if (wanted.has(def.name)) await openTable(session, def, request);
    if (wanted.has(replacedName(def.name))) await openReplaced(session, def, request);
  }
  for (const view of pack.views.values()) {
    if (wanted.has(view.name)) await openView(session, view, request);
  }
}

/** Makes the functions of law known to a session; once is enough. */
export async function openFunctions(
  session: DuckSession,
  functions: RulePack['functions'],
): Promise<void> {
  for (const { name, args, sql } of functions.values()) {
    await session.run(`create or replace temp macro ${name}(${args.join(', ')}) as (${sql})`);
  }
}

/** Names with everything they are made of. */
export function closure(names: Iterable<string>, views: ReadonlyMap<string, ViewDef>): Set<string> {
  const all = new Set<string>();
  const add = (name: string): void => {
    if (all.has(name)) return;
    all.add(name);
    const view = views.get(name);
    for (const read of view?.reads ?? []) add(read);
    // A row that follows another table's is found through it.
    const follows = FOLLOWS[tableOf(name)];
    if (follows !== undefined) add(follows.table);
  };
  for (const name of names) add(name);
  return all;
}

const REPLACED = 'replaced_';

/** Name under which a rule reads what a table said before (上一批的原值). */
export const replacedName = (table: string): string => `${REPLACED}${table}`;

/** The table behind a name that a rule reads. */
export const tableOf = (name: string): string =>
  name.startsWith(REPLACED) ? name.slice(REPLACED.length) : name;

const ROW_NO = 'cast(batch as bigint) * 10000000000 + line as row_no';

async function openTable(
  session: DuckSession,
  def: TableDef,
  request: GroundRequest,
): Promise<void> {
  const { edition, store = CITY } = request;
  const standing = `edition_from <= ${edition} and (edition_to is null or edition_to > ${edition})`;
  const body = `select ${columnList(def)}, ${ROW_NO} from ${store.versions(def)}
    where ${standing} and ${rowsOf(def, request)}`;
  await openRows(session, def.name, body, request);
}

/**
 * Rows a later package changed or no longer named, each with the data date of that package
 * (`replaced_on`). Versions that a repair of ours made or ended are no change by the province.
 */
async function openReplaced(
  session: DuckSession,
  def: TableDef,
  request: GroundRequest,
): Promise<void> {
  const { edition, store = CITY } = request;
  const packages = `(select edition as replacing, as_of as replaced_on from ${store.packages})`;
  const body = `select ${columnList(def)}, ${ROW_NO}, replaced_on
    from ${store.versions(def)} join ${packages} on replacing = edition_to
    where edition_to <= ${edition} and ${rowsOf(def, request)}
      and edition_from in (select edition from ${store.packages})`;
  await openRows(session, replacedName(def.name), body, request);
}

/** Few people: read each table once; a slice of the city is read in place, block by block. */
async function openRows(
  session: DuckSession,
  name: string,
  body: string,
  { slice }: GroundRequest,
): Promise<void> {
  await makeRelation(session, { name, kind: slice.kind === 'persons' ? 'table' : 'view', body });
}

/** Condition on the people of the slice and the months that count. */
function rowsOf(def: TableDef, request: GroundRequest): string {
  return `${sliceOf(def, request)} and ${returnedMonths(def, request.watermark)}`;
}

/** Rows of these are for a whole year and carry its last month (居民养老按年缴费). */
const YEARLY: Readonly<Record<string, string>> = { contribution: "insurance = '170'" };

/** Months that count; of yearly rows the running year counts from its beginning. */
function returnedMonths(def: TableDef, watermark: string): string {
  if (def.period === null) return 'true';
  const column = identifier(def.period);
  const yearly = YEARLY[def.name];
  const until = `${column} <= ${literal(watermark)}`;
  if (yearly === undefined) return until;
  return `(${until} or (${yearly} and ${column} <= ${literal(`${watermark.slice(0, 4)}-12-01`)}))`;
}

function sliceOf(def: TableDef, { slice, content }: GroundRequest): string {
  if (slice.kind === 'all') return 'true';
  if (def.person !== null) return sliceCondition(slice, identifier(def.person));
  const follows = FOLLOWS[def.name];
  if (follows === undefined || content.tables.get(follows.table) === undefined) return 'true';
  return `${follows.column} in (select ${follows.column} from ${follows.table})`;
}

async function openView(
  session: DuckSession,
  view: ViewDef,
  { slice, asOf, watermark }: GroundRequest,
): Promise<void> {
  const values = new Map([
    ['as_of', asOf],
    ['watermark', watermark],
  ]);
  const stored = view.stored && slice.kind !== 'all';
  const body = bindSql(view.sql, values);
  await makeRelation(session, { name: view.name, kind: stored ? 'table' : 'view', body });
}
