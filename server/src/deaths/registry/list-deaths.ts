import { withinScope } from '../../security/index.ts';
import type { ShownPerson } from '../conflicts/shown-person.ts';
import type { DeathsWorld } from '../world.ts';
import { type Asker, auditAct } from './audit.ts';
import {
  findPeopleKey,
  namesOfPeople,
  type PeopleRow,
  pageOfPeople,
  searchPeople,
} from './reported-people.ts';
import type { DeathPersonRow, RegistryDb } from './tables.ts';

/** One person of the registry as lists show him, masked (死亡人员). */
export interface ShownDeath extends ShownPerson {
  /** Key of the record; says nothing about the number it was made of. */
  readonly record: string;
  readonly person_id: string | null;
  readonly agency: string;
  readonly grade: string;
  readonly match_reason: string;
  readonly standing: DeathPersonRow['standing'];
  readonly verdict: DeathPersonRow['verdict'];
  readonly died_on: string | null;
  readonly sources: readonly string[];
  readonly conflicts: readonly { readonly kind: string; readonly title: string }[];
  readonly overpaid_fen: number;
  readonly last_received_at: string;
}

export interface DeathsQuery {
  readonly verdict?: '0' | '1' | '2' | '3';
  readonly standing?: DeathPersonRow['standing'];
  readonly source?: string;
  readonly agency?: string;
  /** Only those with payments after death. */
  readonly overpaid?: boolean;
  /** Only those matched by number. */
  readonly matched?: boolean;
  readonly offset: number;
  readonly limit: number;
}

/** Lists the registry within the asker's data scope, newest report first, masked. */
export async function listDeaths(
  world: DeathsWorld,
  asker: Asker,
  query: DeathsQuery,
): Promise<{ readonly rows: readonly ShownDeath[]; readonly total: number }> {
  const db: RegistryDb = world.db;
  return withinScope(db, asker.principal.scope, async (transaction) => {
    const { verdict, standing, source, agency, overpaid, matched } = query;
    const wanted = transaction
      .selectFrom('death_person')
      .$if(verdict !== undefined, (q) => q.where('verdict', '=', verdict ?? '0'))
      .$if(standing !== undefined, (q) => q.where('standing', '=', standing ?? 'reported'))
      .$if(agency !== undefined, (q) => q.where('agency', '=', agency ?? ''))
      .$if(overpaid === true, (q) => q.where('overpaid_fen', '>', 0n))
      .$if(matched === true, (q) => q.where('grade', 'in', ['1', '2']))
      .$if(source !== undefined, (q) =>
        q.where((is) => is(is.val(source), '=', is.fn.any('sources'))),
      );
    const { rows, total } = await pageOfPeople(wanted, query);
    const act = { action: 'deaths.list', object: null, purpose: null };
    await auditAct(transaction, asker, act, world.clock);
    return { rows: await allShown(world, transaction, rows), total };
  });
}

/**
 * Finds people of the registry by number or name within the asker's data scope; audited.
 * @throws SECURITY_PURPOSE_INVALID
 */
export function searchDeaths(
  world: DeathsWorld,
  asker: Asker,
  request: { readonly key: string; readonly purpose: string },
): Promise<readonly ShownDeath[]> {
  return searchPeople(world, asker, request, {
    ...{ table: 'death_person', action: 'deaths.search' },
    show: (db, rows) => allShown(world, db, rows),
  });
}

/** Finds the key of a record by citizen number or person number. @throws DEATHS_PERSON_UNKNOWN */
export function findRecordKey(world: DeathsWorld, asker: Asker, key: string): Promise<string> {
  return findPeopleKey(world, asker, 'death_person', key);
}

async function allShown(
  world: DeathsWorld,
  db: RegistryDb,
  rows: readonly PeopleRow<'death_person'>[],
): Promise<ShownDeath[]> {
  const nameOf = await namesOfPeople(world, db, ['death_report'], rows);
  return rows.map((row) => shownDeath(row, nameOf(row)));
}

/** Makes a row presentable. */
export function shownDeath(row: PeopleRow<'death_person'>, name: ShownPerson): ShownDeath {
  return {
    ...{ record: row.subject, person_id: row.person_id, agency: row.agency, ...name },
    ...{ grade: row.grade, match_reason: row.match_reason, standing: row.standing },
    ...{ verdict: row.verdict, died_on: row.died_on, sources: row.sources },
    ...{
      conflicts: row.conflicts as ShownDeath['conflicts'],
      overpaid_fen: Number(row.overpaid_fen),
    },
    last_received_at: row.last_received_at,
  };
}
