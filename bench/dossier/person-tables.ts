import type { ColumnDef, MunicipalContent, TableDef } from '../../server/src/contract/index.ts';
import { columnList, identifier, sqlType } from '../../server/src/municipal/index.ts';

/** One table as the baseline holds it: how its rows are got, made, found and indexed. */
export interface PersonTable {
  readonly name: string;
  /** Over the municipal database with a temporary table `sample`. */
  readonly exportSql: string;
  readonly createSql: string;
  readonly indexed: readonly string[];
  /** Query by person; null for `person` and `unit`, which are asked by other keys. */
  readonly query: { readonly text: string; readonly by: 'person' | 'person_or_id' } | null;
}

/** Itemised bills reach the person through the claim. */
const CLAIM = { item: 'claim_item', claim: 'medical_claim', column: 'claim_id' };

/** Lists every table a dossier is made of. */
export function personTables(content: MunicipalContent): PersonTable[] {
  return [...content.tables.values()].flatMap((def) => {
    if (def.name === 'unit') return [tableOf(def, '', ['unit_id'], null)];
    if (def.name === CLAIM.item) return [claimItems(def)];
    if (def.person === null) return [];
    const person = identifier(def.person);
    const inSample = `where ${person} in (select person_id from sample)`;
    if (def.name === 'person') return [tableOf(def, inSample, [def.person, 'id_no'], null)];
    const hasId = def.columns.some(({ name }) => name === 'id_no');
    const select = `select ${columnList(def)} from ${identifier(def.name)} where ${person} = $1`;
    return [
      hasId
        ? tableOf(
            def,
            `${inSample} or id_no in (select id_no from sample)`,
            [def.person, 'id_no'],
            { text: `${select} or id_no = $2`, by: 'person_or_id' },
          )
        : tableOf(def, inSample, [def.person], { text: select, by: 'person' }),
    ];
  });
}

function claimItems(def: TableDef): PersonTable {
  const column = identifier(CLAIM.column);
  const claims = (owner: string) =>
    `where ${column} in (select ${column} from ${CLAIM.claim} where person_id ${owner})`;
  const text = `select ${columnList(def)} from ${identifier(def.name)} ${claims('= $1')}`;
  const where = claims('in (select person_id from sample)');
  return tableOf(def, where, [CLAIM.column], { text, by: 'person' });
}

function tableOf(
  def: TableDef,
  where: string,
  indexed: readonly string[],
  query: PersonTable['query'],
): PersonTable {
  const name = identifier(def.name);
  const columns = def.columns.map(
    (column) => `${identifier(column.name)} ${postgresType(column.type)}`,
  );
  return {
    name: def.name,
    exportSql: `select ${columnList(def)} from ${name} ${where}`,
    createSql: `create table ${name} (${columns.join(', ')})`,
    indexed,
    query,
  };
}

/** The same types by their PostgreSQL names. */
function postgresType(type: ColumnDef['type']): string {
  const duck = sqlType(type);
  return duck === 'VARCHAR' ? 'text' : duck.replace('DECIMAL', 'numeric').toLowerCase();
}

/** Queries that begin and end a look-up of the baseline. */
export function frameQueries(content: MunicipalContent): {
  readonly byPersonId: string;
  readonly byIdNo: string;
  readonly units: string;
  /** Columns that name a unit, by table. */
  readonly unitColumns: ReadonlyMap<string, string>;
} {
  const person = content.tables.get('person');
  if (person === undefined) throw new Error('the content has no table person');
  const select = `select ${columnList(person)} from person where`;
  const tables = [...content.tables.values()];
  return {
    byPersonId: `${select} person_id = $1`,
    byIdNo: `${select} id_no = $1`,
    units: 'select unit_id, unit_name from unit where unit_id = any($1)',
    unitColumns: new Map(tables.flatMap(({ name, unit }) => (unit === null ? [] : [[name, unit]]))),
  };
}
