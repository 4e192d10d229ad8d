import type { MunicipalContent } from '../../contract/index.ts';
import type { DuckSession } from '../../store/index.ts';
import { nothingPublished } from '../errors.ts';

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

/** Persons whose rows, or rows about them, were added or closed after an edition. */
export async function touchedPersons(
  session: DuckSession,
  content: MunicipalContent,
  after: number,
  upTo: number,
): Promise<string[]> {
  const parts = [...content.tables.values()].flatMap((def) =>
    def.person === null
      ? []
      : [
          `select ${def.person} as person_id from rows.${def.name}
           where (edition_from > ${after} and edition_from <= ${upTo})
              or (edition_to > ${after} and edition_to <= ${upTo})`,
        ],
  );
  const rows = await session.rows<{ person_id: string }>(
    `select distinct person_id from (${parts.join(' union all ')})
     where person_id is not null order by person_id`,
  );
  return rows.map(({ person_id }) => person_id);
}
