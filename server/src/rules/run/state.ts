import type { MunicipalContent } from '../../contract/index.ts';
import type { DuckSession } from '../../store/index.ts';
import { nothingPublished } from '../errors.ts';
import { FOLLOWS } from '../ground/open-ground.ts';

/** What is known at a moment (数据状态): the edition, its data date, how far each table reaches. */
export interface DataState {
  readonly edition: number;
  /** Data date of the newest package that counts. */
  readonly asOf: string;
  /** Table → last month returned (first day); tables that never came are not in it. */
  readonly covered: ReadonlyMap<string, string>;
}

/**
 * Finds what was known as of a date: packages whose data date is not later; null is everything.
 * A month counts as returned when a package dated in it brought the table.
 * @throws RULES_NOTHING_PUBLISHED
 */
export async function findDataState(
  session: DuckSession,
  content: MunicipalContent,
  asOf: string | null,
): Promise<DataState> {
  const limit = asOf === null ? 'true' : 'as_of <= $as_of::DATE';
  const params = asOf === null ? {} : { as_of: asOf };
  const newest = await session.first<{ edition: number | null; as_of: string | null }>(
    `select max(edition) as edition, cast(max(as_of) as varchar) as as_of from feed.batch where ${limit}`,
    params,
  );
  if (newest?.edition == null || newest.as_of === null) throw nothingPublished({ asOf });
  const last = await session.first<{ edition: number }>(
    `select max(edition) as edition from feed.edition
     where edition < coalesce((select min(edition) from feed.batch where not (${limit})), 2147483647)`,
    params,
  );
  const rows = await session.rows<{ dataset: string; month: string }>(
    `select d.dataset, cast(date_trunc('month', max(b.as_of))::DATE as varchar) as month
     from feed.dataset d join feed.batch b using (batch)
     where d.state = 'accepted' and ${limit.replace('as_of', 'b.as_of')} group by d.dataset`,
    params,
  );
  return {
    // Repairs published after the newest package are part of what is known.
    edition: Math.max(newest.edition, last?.edition ?? 0),
    asOf: newest.as_of,
    covered: new Map(
      rows.flatMap(({ dataset, month }) => (content.tables.has(dataset) ? [[dataset, month]] : [])),
    ),
  };
}

/** Rows that were added or closed between two editions. */
const between = (after: number, upTo: number): string =>
  `((edition_from > ${after} and edition_from <= ${upTo}) or (edition_to > ${after} and edition_to <= ${upTo}))`;

/**
 * Persons for whom something may have changed between two states: rows added or closed, months that
 * only now count, and business that was in progress (its waiting time passes by itself).
 */
export async function touchedPersons(
  session: DuckSession,
  content: MunicipalContent,
  before: DataState,
  now: DataState,
): Promise<string[]> {
  const changed = between(before.edition, now.edition);
  const parts = [...content.tables.values()].flatMap((def) => {
    const follows = FOLLOWS[def.name];
    if (def.person === null) {
      return follows === undefined
        ? []
        : [
            `select person_id from rows.${follows.table} where ${follows.column} in
             (select ${follows.column} from rows.${def.name} where ${changed})`,
          ];
    }
    const from = now.covered.get(def.name);
    const until = before.covered.get(def.name);
    const later =
      def.period === null || from === until
        ? ''
        : ` or ${def.period} > date '${until ?? '0001-01-01'}'`;
    return [`select ${def.person} as person_id from rows.${def.name} where ${changed}${later}`];
  });
  parts.push('select person_id from rows.biz_case where finished_at is null');
  const rows = await session.rows<{ person_id: string }>(
    `select distinct person_id from (${parts.join(' union all ')})
     where person_id is not null order by person_id`,
  );
  return rows.map(({ person_id }) => person_id);
}

/** Tables about no person that changed: a change in one may concern anybody. */
export async function touchedTables(
  session: DuckSession,
  content: MunicipalContent,
  after: number,
  upTo: number,
): Promise<ReadonlySet<string>> {
  const touched = new Set<string>();
  for (const def of content.tables.values()) {
    if (def.person !== null || FOLLOWS[def.name] !== undefined) continue;
    const row = await session.first(
      `select 1 from rows.${def.name} where ${between(after, upTo)} limit 1`,
    );
    if (row !== undefined) touched.add(def.name);
  }
  return touched;
}
