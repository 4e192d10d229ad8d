import type { Selectable, SelectQueryBuilder } from 'kysely';
import { HIDDEN, keyTag, maskValue, requirePurpose, withinScope } from '../../security/index.ts';
import { readShownPersons, type ShownPerson } from '../conflicts/shown-person.ts';
import { personUnknownHere } from '../errors.ts';
import type { DeathsWorld } from '../world.ts';
import { type Asker, auditAct } from './audit.ts';
import { nameKeyOf, readIdNumber, subjectOfId } from './identity.ts';
import type { RegistryDb, RegistryTables } from './tables.ts';
import { openReport, type SealedFields } from './take-in.ts';

/** The tables of people departments report: the dead and those in custody. */
export type PeopleTable = 'death_person' | 'custody_person';
export type ReportTable = 'death_report' | 'custody_report';
export type PeopleRow<T extends PeopleTable> = Selectable<RegistryTables[T]>;
type PeopleQuery<T extends PeopleTable> = SelectQueryBuilder<RegistryTables, T, object>;

/** Most people one search answers with: more share a name than anybody can look through. */
const MOST_FOUND = 50;

/** Columns both tables have, for queries that say which table only when they run. */
const peopleIn = (db: RegistryDb, table: PeopleTable): PeopleQuery<'death_person'> =>
  db.selectFrom(table as 'death_person');

/** One page of a list of people, the newest report first, and how many there are in all. */
export async function pageOfPeople<T extends PeopleTable>(
  query: PeopleQuery<T>,
  at: { readonly offset: number; readonly limit: number },
): Promise<{ readonly rows: readonly PeopleRow<T>[]; readonly total: number }> {
  const base = query as unknown as PeopleQuery<'death_person'>;
  const counted = await base
    .select((is) => is.fn.countAll<bigint>().as('n'))
    .executeTakeFirstOrThrow();
  const rows = await base
    .selectAll()
    .orderBy('last_received_at', 'desc')
    .orderBy('subject')
    .offset(at.offset)
    .limit(at.limit)
    .execute();
  return { rows: rows as unknown as PeopleRow<T>[], total: Number(counted.n) };
}

/**
 * Finds people by citizen number (18 or 15 digits), person number or whole name in any writing of it
 * (blanks, middle dots, width, traditional and variant characters), within the asker's data scope,
 * and hands them to `show`. The search is audited under `action`, also when it finds nobody.
 * @throws SECURITY_PURPOSE_INVALID
 */
export async function searchPeople<T extends PeopleTable, Shown>(
  world: DeathsWorld,
  asker: Asker,
  request: { readonly key: string; readonly purpose: string },
  { table, action, show }: PeopleSearch<T, Shown>,
): Promise<readonly Shown[]> {
  const purpose = requirePurpose(request.purpose);
  const key = request.key.trim();
  const subject = subjectOfId(world.keys, readIdNumber(key).value);
  const name = nameKeyOf(world.keys, world.pack.names, key);
  return withinScope(world.db as RegistryDb, asker.principal.scope, async (transaction) => {
    const rows = await peopleIn(transaction, table)
      .selectAll()
      .where((is) =>
        is.or([
          is('subject', '=', subject),
          is('person_id', '=', key),
          ...(name === null ? [] : [is(is.val(name), '=', is.fn.any('name_keys'))]),
        ]),
      )
      .orderBy('last_received_at', 'desc')
      .limit(MOST_FOUND)
      .execute();
    const object = rows.length === 1 ? (rows[0]?.person_id ?? null) : null;
    // What was looked for in vain can be counted, not read.
    const none =
      rows.length === 0 ? { outcome: 'not_found' as const, keyTag: keyTag(subject, key) } : {};
    await auditAct(transaction, asker, { action, object, purpose, ...none }, world.clock);
    return show(transaction, rows as unknown as PeopleRow<T>[]);
  });
}

interface PeopleSearch<T extends PeopleTable, Shown> {
  readonly table: T;
  readonly action: string;
  readonly show: (db: RegistryDb, rows: readonly PeopleRow<T>[]) => Promise<readonly Shown[]>;
}

/** Finds the key of a record by citizen number or person number. @throws DEATHS_PERSON_UNKNOWN */
export async function findPeopleKey(
  world: DeathsWorld,
  asker: Asker,
  table: PeopleTable,
  key: string,
): Promise<string> {
  const subject = subjectOfId(world.keys, readIdNumber(key).value);
  const row = await withinScope(world.db as RegistryDb, asker.principal.scope, (transaction) =>
    peopleIn(transaction, table)
      .select('subject')
      .where((is) => is.or([is('subject', '=', subject), is('person_id', '=', key.trim())]))
      .orderBy('grade')
      .executeTakeFirst(),
  );
  if (row === undefined) throw personUnknownHere({});
  return row.subject;
}

/** Reads one record for a stated purpose and audits the look. @throws DEATHS_PERSON_UNKNOWN */
export async function openRecord<T extends PeopleTable>(
  world: Pick<DeathsWorld, 'clock'>,
  db: RegistryDb,
  asker: Asker,
  look: { readonly table: T; readonly record: string; readonly action: string; purpose: string },
): Promise<PeopleRow<T>> {
  const { table, record, action, purpose } = look;
  const row = await peopleIn(db, table)
    .selectAll()
    .where('subject', '=', record)
    .executeTakeFirst();
  if (row === undefined) throw personUnknownHere({});
  const object = row.person_id ?? row.subject;
  await auditAct(db, asker, { action, object, purpose }, world.clock);
  return row as unknown as PeopleRow<T>;
}

/** Name and number of somebody as a report gives them, masked. */
export function maskedIdentity({ name, id_no }: Pick<SealedFields, 'name' | 'id_no'>): ShownPerson {
  return {
    name: name === null ? null : maskValue('name', name),
    id_no: id_no === null ? null : maskValue('id_no', id_no) || HIDDEN,
  };
}

/**
 * Tells how lists show each of these people: name and number masked, from the city's data or, for
 * whom the city does not know, from what was reported last in the first of the tables that has him.
 */
export async function namesOfPeople(
  world: DeathsWorld,
  db: RegistryDb,
  tables: readonly ReportTable[],
  rows: readonly { readonly subject: string; readonly person_id: string | null }[],
): Promise<(row: { subject: string; person_id: string | null }) => ShownPerson> {
  const people = await readShownPersons(
    world,
    rows.flatMap(({ person_id }) => person_id ?? []),
  );
  const strangers = rows.filter(({ person_id }) => !people.has(person_id ?? ''));
  const reported = new Map<string, ShownPerson>();
  for (const table of tables) {
    const unnamed = strangers.filter(({ subject }) => !reported.has(subject));
    const found = await reportedPersons(world, db, table, unnamed);
    for (const [subject, person] of found) reported.set(subject, person);
  }
  return ({ subject, person_id }) =>
    people.get(person_id ?? '') ?? reported.get(subject) ?? { name: null, id_no: null };
}

async function reportedPersons(
  { keys }: DeathsWorld,
  db: RegistryDb,
  table: ReportTable,
  rows: readonly { readonly subject: string }[],
): Promise<ReadonlyMap<string, ShownPerson>> {
  if (rows.length === 0) return new Map();
  const subjects = rows.map(({ subject }) => subject);
  const reports = await db
    .selectFrom(table)
    .distinctOn('subject')
    .select(['subject', 'source', 'event_id', 'sealed'])
    .where((is) => is('subject', '=', is.fn.any(is.val(subjects))))
    .orderBy('subject')
    // A revocation need not repeat the name.
    .orderBy((is) => is('kind', '=', 'revocation'))
    .orderBy('report_no', 'desc')
    .execute();
  return new Map(
    reports.map((row) => [row.subject, maskedIdentity(openReport(keys, row, table))] as const),
  );
}
