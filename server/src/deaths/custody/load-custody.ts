import { type Kysely, type Selectable, sql } from 'kysely';
import type { CustodyReportRow, RegistryTables } from '../registry/tables.ts';

export type KeptCustody = Selectable<CustodyReportRow>;

/** Evidence about people in custody, with everything a correction links to it. */
export interface CustodyEvidence {
  readonly reports: readonly KeptCustody[];
  /** Those asked for and those linked to them. */
  readonly subjects: readonly string[];
  /** Newest report there was when the reading began: later looks know more. */
  readonly upTo: bigint;
}

/** Loads the custody reports about subjects (`all`: about everybody) and of the same chains. */
export async function loadCustody(
  db: Kysely<RegistryTables>,
  subjects: readonly string[] | 'all',
): Promise<CustodyEvidence> {
  const newest = await db
    .selectFrom('custody_report')
    .select((is) => is.fn.max('report_no').as('n'))
    .executeTakeFirst();
  const upTo = newest?.n ?? 0n;
  if (subjects === 'all') {
    const reports = await db
      .selectFrom('custody_report')
      .selectAll()
      .orderBy('report_no')
      .execute();
    return { reports, subjects: [...new Set(reports.map(({ subject }) => subject))], upTo };
  }
  const known = new Set(subjects);
  for (;;) {
    const reports = await linkedTo(db, [...known]);
    const before = known.size;
    for (const { subject } of reports) known.add(subject);
    if (known.size === before) return { reports, subjects: [...known], upTo };
  }
}

/** Reports about these people, and those that correct, take back or are corrected by one of them. */
async function linkedTo(
  db: Kysely<RegistryTables>,
  subjects: readonly string[],
): Promise<readonly KeptCustody[]> {
  const { rows } = await sql<KeptCustody>`
    with recursive chain as (
      select * from custody_report where subject = any(${[...subjects]}::text[])
      union
      select r.* from chain c join custody_report r on r.source = c.source
        and (r.event_id = c.refers_to or r.refers_to = c.event_id or r.refers_to = c.refers_to)
    )
    select * from chain order by report_no`.execute(db);
  return rows;
}
