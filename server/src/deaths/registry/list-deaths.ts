import type { Selectable } from 'kysely';
import { HIDDEN, keyTag, maskValue, requirePurpose, withinScope } from '../../security/index.ts';
import { readShownPersons, type ShownPerson } from '../conflicts/shown-person.ts';
import { personUnknownHere } from '../errors.ts';
import type { DeathsWorld } from '../world.ts';
import { type Asker, auditAct } from './audit.ts';
import { nameKeyOf, readIdNumber, subjectOfId } from './identity.ts';
import type { DeathPersonRow, RegistryDb } from './tables.ts';
import { openReport } from './take-in.ts';

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
  readonly conflicts: unknown;
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

type PersonRow = Selectable<DeathPersonRow>;

/** Lists the registry within the asker's data scope, newest report first, masked. */
export async function listDeaths(
  world: DeathsWorld,
  asker: Asker,
  query: DeathsQuery,
): Promise<{ readonly rows: readonly ShownDeath[]; readonly total: number }> {
  const db: RegistryDb = world.db;
  return withinScope(db, asker.principal.scope, async (transaction) => {
    const { verdict, standing, source, agency, overpaid, matched } = query;
    const base = transaction
      .selectFrom('death_person')
      .$if(verdict !== undefined, (q) => q.where('verdict', '=', verdict ?? '0'))
      .$if(standing !== undefined, (q) => q.where('standing', '=', standing ?? 'reported'))
      .$if(agency !== undefined, (q) => q.where('agency', '=', agency ?? ''))
      .$if(overpaid === true, (q) => q.where('overpaid_fen', '>', 0n))
      .$if(matched === true, (q) => q.where('grade', 'in', ['1', '2']))
      .$if(source !== undefined, (q) =>
        q.where((is) => is(is.val(source), '=', is.fn.any('sources'))),
      );
    const counted = await base
      .select((is) => is.fn.countAll<bigint>().as('n'))
      .executeTakeFirstOrThrow();
    const rows = await base
      .selectAll()
      .orderBy('last_received_at', 'desc')
      .orderBy('subject')
      .offset(query.offset)
      .limit(query.limit)
      .execute();
    const act = { action: 'deaths.list', object: null, purpose: null };
    await auditAct(transaction, asker, act, world.clock);
    return { rows: await shownDeaths(world, transaction, rows), total: Number(counted.n) };
  });
}

/**
 * Finds people of the registry by citizen number (18 or 15 digits), person number or whole name in
 * any writing of it (blanks, middle dots, width, traditional and variant characters), within the asker's data scope. The search is audited, also when it finds nobody.
 * @throws SECURITY_PURPOSE_INVALID
 */
export async function searchDeaths(
  world: DeathsWorld,
  asker: Asker,
  request: { readonly key: string; readonly purpose: string },
): Promise<readonly ShownDeath[]> {
  const purpose = requirePurpose(request.purpose);
  const { keys } = world;
  const key = request.key.trim();
  const number = readIdNumber(key);
  const name = nameKeyOf(keys, world.pack.names, key);
  const db: RegistryDb = world.db;
  return withinScope(db, asker.principal.scope, async (transaction) => {
    const rows = await transaction
      .selectFrom('death_person')
      .selectAll()
      .where((is) =>
        is.or([
          is('subject', '=', subjectOfId(keys, number.value)),
          is('person_id', '=', key),
          ...(name === null ? [] : [is(is.val(name), '=', is.fn.any('name_keys'))]),
        ]),
      )
      .orderBy('last_received_at', 'desc')
      .limit(50)
      .execute();
    const object = rows.length === 1 ? (rows[0]?.person_id ?? null) : null;
    await auditAct(
      transaction,
      asker,
      {
        ...{ action: 'deaths.search', object, purpose },
        // What was looked for in vain can be counted, not read.
        ...(rows.length === 0
          ? { outcome: 'not_found' as const, keyTag: keyTag(subjectOfId(keys, number.value), key) }
          : {}),
      },
      world.clock,
    );
    return shownDeaths(world, transaction, rows);
  });
}

/** Finds the key of a record by citizen number or person number. @throws DEATHS_PERSON_UNKNOWN */
export async function findRecordKey(
  world: DeathsWorld,
  asker: Asker,
  key: string,
): Promise<string> {
  const db: RegistryDb = world.db;
  const row = await withinScope(db, asker.principal.scope, (transaction) =>
    transaction
      .selectFrom('death_person')
      .select('subject')
      .where((is) =>
        is.or([
          is('subject', '=', subjectOfId(world.keys, readIdNumber(key).value)),
          is('person_id', '=', key.trim()),
        ]),
      )
      .orderBy('grade')
      .executeTakeFirst(),
  );
  if (row === undefined) throw personUnknownHere({});
  return row.subject;
}

/** Makes rows presentable: names and numbers masked, from the city's data or from the reports. */
export async function shownDeaths(
  world: DeathsWorld,
  db: RegistryDb,
  rows: readonly PersonRow[],
): Promise<ShownDeath[]> {
  const people = await readShownPersons(
    world,
    rows.flatMap(({ person_id }) => person_id ?? []),
  );
  const strangers = rows.filter((row) => !people.has(row.person_id ?? ''));
  const reported = await reportedPersons(
    world,
    db,
    strangers.map(({ subject }) => subject),
  );
  return rows.map((row) => {
    const person = people.get(row.person_id ?? '') ?? reported.get(row.subject);
    return {
      ...{ record: row.subject, person_id: row.person_id, agency: row.agency },
      ...{ name: person?.name ?? null, id_no: person?.id_no ?? null },
      ...{ grade: row.grade, match_reason: row.match_reason, standing: row.standing },
      ...{ verdict: row.verdict, died_on: row.died_on, sources: row.sources },
      ...{ conflicts: row.conflicts, overpaid_fen: Number(row.overpaid_fen) },
      last_received_at: row.last_received_at,
    };
  });
}

async function reportedPersons(
  { keys }: DeathsWorld,
  db: RegistryDb,
  subjects: readonly string[],
): Promise<ReadonlyMap<string, ShownPerson>> {
  if (subjects.length === 0) return new Map();
  const rows = await db
    .selectFrom('death_report')
    .distinctOn('subject')
    .select(['subject', 'source', 'event_id', 'sealed'])
    .where((is) => is('subject', '=', is.fn.any(is.val([...subjects]))))
    .where('kind', '<>', 'revocation')
    .orderBy('subject')
    .orderBy('report_no', 'desc')
    .execute();
  return new Map(
    rows.map((row) => {
      const { name, id_no } = openReport(keys, row);
      const shown = {
        name: name === null ? null : maskValue('name', name),
        id_no: id_no === null ? null : maskValue('id_no', id_no) || HIDDEN,
      };
      return [row.subject, shown];
    }),
  );
}
