import type { TableDef } from '../../contract/index.ts';
import type { SqlParams } from '../../store/index.ts';
import { columnList, identifier, versionsAsOf } from '../schema.ts';
import type { SectionPlan } from './sections.ts';

export interface Query {
  readonly sql: string;
  readonly params: SqlParams;
}

/** Whose rows are wanted. */
export interface Owner {
  readonly personId: string;
  readonly idNo: string | null;
}

/** Edition as of which rows are read; null = current rows. */
export type Edition = number | null;

/** Package and edition of every batch: a few hundred rows in ten years. */
export function batchQuery(): Query {
  return { sql: 'select batch, package_id, edition from feed.batch', params: {} };
}

/** Two look-ups instead of one `or`: each can prune row groups by its own column. */
export function personIdQueries(
  def: TableDef,
  edition: Edition,
  key: { personId: string; idNo: string | null },
): Query[] {
  const sql = (column: string) =>
    `select person_id from ${source(def, edition)} where ${valid(edition)}${column} = $key`;
  const currentKey = 'select person_id from feed.person_key where id_no = $key';
  const idSql = edition === null ? currentKey : sql('id_no');
  const byId = key.idNo === null ? [] : [{ sql: idSql, params: { key: key.idNo } }];
  return [...byId, { sql: sql('person_id'), params: { key: key.personId } }];
}

/** All versions of a person's row, in no order (see {@link sectionProbeQuery}). */
export function personVersionsQuery(def: TableDef, edition: Edition, personId: string): Query {
  const known = edition === null ? '' : ` and edition_from <= ${Math.trunc(edition)}`;
  return {
    sql: `select ${columnList(def)}, batch, line, edition_from, edition_to
      from rows.${identifier(def.name)} where person_id = $person${known}`,
    params: { person: personId },
  };
}

/**
 * The rows of a section in no order, one more than wanted so that a cut is noticed. Sorting few
 * rows in the process costs a third less than letting the engine plan a sort.
 */
export function sectionProbeQuery(
  plan: SectionPlan,
  edition: Edition,
  owner: Owner,
  limit: number,
): Query {
  const { where, params } = condition(plan, edition, owner);
  return {
    sql: `select ${columnList(plan.def)}, batch, line from ${source(plan.def, edition)}
      where ${where} limit ${Math.trunc(limit) + 1}`,
    params,
  };
}

/** Columns that give a section its order: period first, then key. */
export function sectionOrder(def: TableDef): string[] {
  return [...new Set([def.period, ...def.key])].filter((name) => name !== null);
}

/** One page of a long section, ordered so that pages never overlap. */
export function sectionPageQuery(
  plan: SectionPlan,
  edition: Edition,
  owner: Owner,
  page: { limit: number; offset: number; insurances?: readonly string[] },
): Query {
  const { where, params } = within(plan, edition, owner, page.insurances);
  const order = [...sectionOrder(plan.def).map(identifier), 'batch', 'line'];
  return {
    sql: `select ${columnList(plan.def)}, batch, line from ${source(plan.def, edition)}
      where ${where} order by ${order.join(', ')}
      limit ${Math.trunc(page.limit)} offset ${Math.trunc(page.offset)}`,
    params,
  };
}

/** Counts a section; asked only when a page was full. */
export function sectionCountQuery(
  plan: SectionPlan,
  edition: Edition,
  owner: Owner,
  insurances?: readonly string[],
): Query {
  const { where, params } = within(plan, edition, owner, insurances);
  return {
    sql: `select count(*) as total from ${source(plan.def, edition)} where ${where}`,
    params,
  };
}

/** One field of the person's current row. */
export function personCellQuery(column: string, owner: Owner): Query {
  return {
    sql: `select ${identifier(column)} as value from rows.person
      where edition_to is null and person_id = $person`,
    params: { person: owner.personId },
  };
}

/** One field of a current row of a section, if it is this person's and within the insurances. */
export function cellQuery(
  plan: SectionPlan,
  column: string,
  owner: Owner,
  place: RowPlace & { readonly insurances: readonly string[] | 'all' },
): Query {
  const { where, params } = condition(plan, null, owner);
  const within = insuranceCondition(plan, place.insurances);
  return {
    sql: `select ${identifier(column)} as value from ${source(plan.def, null)}
      where ${where} and ${AT_PLACE}${within.where}`,
    params: { ...params, ...within.params, package: place.packageId, line: place.line },
  };
}

/** Package and line of a row, as its provenance names them. */
export interface RowPlace {
  readonly packageId: string;
  readonly line: number;
}

const AT_PLACE =
  'line = $line and batch = (select batch from feed.batch where package_id = $package)';

/** Leaves out rows of insurances out of scope, where the table knows insurances. */
function insuranceCondition(
  { def }: SectionPlan,
  insurances: readonly string[] | 'all',
): { where: string; params: SqlParams } {
  const knows = def.columns.some(({ name }) => name === 'insurance');
  if (insurances === 'all' || !knows) return { where: '', params: {} };
  return { where: ' and insurance = any ($insurances)', params: { insurances } };
}

/** Names of the units a dossier mentions. */
export function unitNamesQuery(def: TableDef, edition: Edition, unitIds: string[]): Query {
  return {
    sql: `select unit_id, unit_name from ${source(def, edition)}
      where ${valid(edition)}unit_id in (select unnest($ids))`,
    params: { ids: unitIds },
  };
}

/** Current rows are read past the view: binding it costs a fifth of a dossier's time. */
function source(def: TableDef, edition: Edition): string {
  return edition === null ? `rows.${identifier(def.name)}` : versionsAsOf(def, edition);
}

/** What `source` leaves to be asked; versions as of an edition are already chosen there. */
function valid(edition: Edition): string {
  return edition === null ? 'edition_to is null and ' : '';
}

function within(
  plan: SectionPlan,
  edition: Edition,
  owner: Owner,
  insurances: readonly string[] | 'all' = 'all',
): { where: string; params: SqlParams } {
  const mine = condition(plan, edition, owner);
  const scope = insuranceCondition(plan, insurances);
  return { where: mine.where + scope.where, params: { ...mine.params, ...scope.params } };
}

function condition(
  plan: SectionPlan,
  edition: Edition,
  owner: Owner,
): { where: string; params: SqlParams } {
  if (typeof plan.by === 'object') {
    const column = identifier(plan.by.column);
    const { where, params } = condition(plan.by.of, edition, owner);
    const linked = `select ${column} from ${source(plan.by.of.def, edition)} where ${where}`;
    return { where: `${valid(edition)}${column} in (${linked})`, params };
  }
  const person = `${identifier(plan.def.person ?? 'person_id')} = $person`;
  if (plan.by === 'person' || owner.idNo === null) {
    return { where: valid(edition) + person, params: { person: owner.personId } };
  }
  return {
    where: `${valid(edition)}(${person} or id_no = $id_no)`,
    params: { person: owner.personId, id_no: owner.idNo },
  };
}
