import type { DataScope } from '../../../contract/index.ts';
import { shanghaiDay } from '../../../kernel/index.ts';
import type { DuckSession, SqlParams } from '../../../store/index.ts';

/** SQL condition over `rows.person p` and its parameters. */
export interface Reach {
  readonly where: string;
  readonly params: SqlParams;
}

/**
 * The persons somebody may look at (可查人员): those whose agency lies in the scope, and those with a
 * running enrolment there. The municipal database knows no row level security, so every query on
 * persons carries this condition.
 */
export function reachOf(scope: DataScope, now: Date): Reach {
  if (scope.agencies === 'all') return { where: 'true', params: {} };
  return {
    where: `(p.agency = any ($agencies) or exists (
      select 1 from rows.enrolment reach where reach.edition_to is null
        and reach.person_id = p.person_id and reach.agency = any ($agencies)
        and reach.enrol_status is distinct from '4'
        and (reach.end_ym is null or reach.end_ym >= $reach_month::date)))`,
    params: {
      agencies: [...scope.agencies],
      reach_month: `${shanghaiDay(now).slice(0, 7)}-01`,
    },
  };
}

/** Persons a key names: those in reach, and one that exists out of reach. */
export interface Reachable {
  readonly reached: readonly string[];
  /** For the audit log only; whoever asks must not learn of it. */
  readonly hidden: string | null;
}

/** Finds whom a key names, in and out of reach, by one query either way. */
export async function findReachable(
  session: DuckSession,
  scope: DataScope,
  key: { readonly personId: string; readonly idNo: string | null },
  now: Date,
): Promise<Reachable> {
  const { where, params } = reachOf(scope, now);
  const rows = await session.rows<{ person_id: string; reached: boolean }>(
    `select p.person_id, ${where} as reached from rows.person p
     where p.edition_to is null and (p.person_id = $person
       or p.person_id in (select person_id from feed.person_key where id_no = $id_no))
     order by p.person_id`,
    { ...params, person: key.personId, id_no: key.idNo },
  );
  return {
    reached: rows.filter((row) => row.reached).map((row) => row.person_id),
    hidden: rows.find((row) => !row.reached)?.person_id ?? null,
  };
}

/** Tells whether somebody may (still) look at this person. */
export async function isInReach(
  session: DuckSession,
  scope: DataScope,
  personId: string,
  now: Date,
): Promise<boolean> {
  const { where, params } = reachOf(scope, now);
  const row = await session.first<{ reached: boolean }>(
    `select ${where} as reached from rows.person p
     where p.edition_to is null and p.person_id = $person`,
    { ...params, person: personId },
  );
  return row?.reached === true;
}
