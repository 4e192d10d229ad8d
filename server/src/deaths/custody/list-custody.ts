import { shanghaiDay } from '../../kernel/index.ts';
import { withinScope } from '../../security/index.ts';
import type { ShownPerson } from '../conflicts/shown-person.ts';
import { type Asker, auditAct } from '../registry/audit.ts';
import {
  findPeopleKey,
  namesOfPeople,
  type PeopleRow,
  pageOfPeople,
  searchPeople,
} from '../registry/reported-people.ts';
import type { RegistryDb } from '../registry/tables.ts';
import type { DeathsWorld } from '../world.ts';

/** One term as a source reports it now. */
export interface ShownTerm {
  readonly source: string;
  /** CL_CUSTODY. */
  readonly kind: string;
  readonly start_on: string;
  /** Null while it lasts. */
  readonly end_on: string | null;
}

/** One person in custody as lists show him, masked (服刑羁押人员). */
export interface ShownCustody extends ShownPerson {
  readonly record: string;
  readonly person_id: string | null;
  readonly agency: string;
  readonly grade: string;
  readonly match_reason: string;
  /** `held` now, `ended`, `other` only terms that stop no pension, `withdrawn` all taken back. */
  readonly state: 'held' | 'ended' | 'other' | 'withdrawn';
  readonly terms: readonly ShownTerm[];
  readonly sources: readonly string[];
  /** Months of custody that were paid; null where none was. */
  readonly paid: {
    readonly from_month: string;
    readonly to_month: string;
    readonly months: number;
  } | null;
  readonly paid_fen: number;
  readonly last_received_at: string;
}

export interface CustodyQuery {
  readonly state?: ShownCustody['state'];
  readonly source?: string;
  readonly agency?: string;
  /** Only those with pension paid for months in custody. */
  readonly paid?: boolean;
  readonly offset: number;
  readonly limit: number;
}

/** Lists people in custody within the asker's data scope, newest report first, masked. */
export async function listCustody(
  world: DeathsWorld,
  asker: Asker,
  query: CustodyQuery,
): Promise<{ readonly rows: readonly ShownCustody[]; readonly total: number }> {
  const db: RegistryDb = world.db;
  const today = shanghaiDay(world.clock.now());
  return withinScope(db, asker.principal.scope, async (transaction) => {
    const { state, source, agency, paid } = query;
    const wanted = transaction
      .selectFrom('custody_person')
      .$if(state === 'withdrawn', (q) => q.where('standing', '=', 'withdrawn'))
      .$if(state === 'held', (q) => q.where('held_until', '>=', today))
      .$if(state === 'ended', (q) => q.where('held_until', '<', today))
      .$if(state === 'other', (q) =>
        q.where('standing', '=', 'reported').where('held_until', 'is', null),
      )
      .$if(agency !== undefined, (q) => q.where('agency', '=', agency ?? ''))
      .$if(paid === true, (q) => q.where('paid_fen', '>', 0n))
      .$if(source !== undefined, (q) =>
        q.where((is) => is(is.val(source), '=', is.fn.any('sources'))),
      );
    const { rows, total } = await pageOfPeople(wanted, query);
    const act = { action: 'deaths.custody_list', object: null, purpose: null };
    await auditAct(transaction, asker, act, world.clock);
    return { rows: await allShown(world, transaction, rows), total };
  });
}

/**
 * Finds people in custody by number or name within the asker's data scope; audited.
 * @throws SECURITY_PURPOSE_INVALID
 */
export function searchCustody(
  world: DeathsWorld,
  asker: Asker,
  request: { readonly key: string; readonly purpose: string },
): Promise<readonly ShownCustody[]> {
  return searchPeople(world, asker, request, {
    ...{ table: 'custody_person', action: 'deaths.custody_search' },
    show: (db, rows) => allShown(world, db, rows),
  });
}

/** Finds the key of a record by citizen number or person number. @throws DEATHS_PERSON_UNKNOWN */
export function findCustodyKey(world: DeathsWorld, asker: Asker, key: string): Promise<string> {
  return findPeopleKey(world, asker, 'custody_person', key);
}

async function allShown(
  world: DeathsWorld,
  db: RegistryDb,
  rows: readonly PeopleRow<'custody_person'>[],
): Promise<ShownCustody[]> {
  const today = shanghaiDay(world.clock.now());
  const nameOf = await namesOfPeople(world, db, ['custody_report'], rows);
  return rows.map((row) => shownCustody(row, nameOf(row), today));
}

/** Makes a row presentable. */
export function shownCustody(
  row: PeopleRow<'custody_person'>,
  name: ShownPerson,
  today: string,
): ShownCustody {
  return {
    ...{ record: row.subject, person_id: row.person_id, agency: row.agency, ...name },
    ...{ grade: row.grade, match_reason: row.match_reason, state: stateOf(row, today) },
    terms: row.terms as readonly ShownTerm[],
    ...{ sources: row.sources, paid: row.paid as ShownCustody['paid'] },
    ...{ paid_fen: Number(row.paid_fen), last_received_at: row.last_received_at },
  };
}

function stateOf(row: PeopleRow<'custody_person'>, today: string): ShownCustody['state'] {
  if (row.standing === 'withdrawn') return 'withdrawn';
  if (row.held_until === null) return 'other';
  return row.held_until >= today ? 'held' : 'ended';
}
