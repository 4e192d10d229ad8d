import type { ColumnDef, MunicipalContent, TableDef } from '../../contract/index.ts';
import type { DuckEngine, DuckSession } from '../../store/index.ts';
import type { Cell } from './model.ts';
import { cellQuery, type Owner, personCellQuery, type Query, type RowPlace } from './queries.ts';
import { planSections } from './sections.ts';
import { shapeCell } from './shape-row.ts';
import { runQuery } from './snapshot.ts';

/** One field of one row of one person, named as a dossier names it. */
export interface CellPlace {
  readonly personId: string;
  readonly dataset: string;
  /** Null for the person's own row, of which there is one. */
  readonly row: RowPlace | null;
  readonly column: string;
  readonly insurances: readonly string[] | 'all';
}

/**
 * Finds the plain value of a masked field of the current record; null when the place is not of this
 * person, not current, or the column is not masked at all.
 */
export async function findCell(
  { duck, content }: { duck: DuckEngine; content: MunicipalContent },
  place: CellPlace,
): Promise<{ readonly value: Cell } | null> {
  const def = content.tables.get(place.dataset);
  const column = def?.columns.find(({ name }) => name === place.column);
  if (def === undefined || column === undefined || column.mask === 'none') return null;
  return duck.read(async (session) => {
    const query = queryFor(content, def, column, place, await findOwner(session, place.personId));
    if (query === null) return null;
    const [row] = await runQuery(session, query);
    return row === undefined ? null : { value: shapeCell(column, row.value) };
  });
}

async function findOwner(session: DuckSession, personId: string): Promise<Owner> {
  const [row] = await runQuery(session, {
    sql: 'select id_no from rows.person where edition_to is null and person_id = $person',
    params: { person: personId },
  });
  return { personId, idNo: typeof row?.id_no === 'string' ? row.id_no : null };
}

function queryFor(
  content: MunicipalContent,
  def: TableDef,
  column: ColumnDef,
  { row, insurances }: CellPlace,
  owner: Owner,
): Query | null {
  if (def.name === 'person') return personCellQuery(column.name, owner);
  const plan = planSections(content).find((one) => one.def.name === def.name);
  if (plan === undefined || row === null) return null;
  return cellQuery(plan, column.name, owner, { ...row, insurances });
}
