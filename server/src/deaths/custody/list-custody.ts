import type { Selectable } from 'kysely';
import { shanghaiDay } from '../../kernel/index.ts';
import { HIDDEN, keyTag, maskValue, requirePurpose, withinScope } from '../../security/index.ts';
import { readShownPersons, type ShownPerson } from '../conflicts/shown-person.ts';
import { type Asker, auditAct } from '../registry/audit.ts';
import { nameKeyOf, readIdNumber, subjectOfId } from '../registry/identity.ts';
import type { CustodyPersonRow, RegistryDb } from '../registry/tables.ts';
import { openReport } from '../registry/take-in.ts';
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

type PersonRow = Selectable<CustodyPersonRow>;

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
    const base = transaction
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
    const act = { action: 'deaths.custody_list', object: null, purpose: null };
    await auditAct(transaction, asker, act, world.clock);
    return { rows: await shownCustody(world, transaction, rows), total: Number(counted.n) };
  });
}

/**
 * Finds people in custody by citizen number, person number or whole name in any writing of it,
 * within the asker's data scope. The search is audited, also when it finds nobody.
 * @throws SECURITY_PURPOSE_INVALID
 */
export async function searchCustody(
  world: DeathsWorld,
  asker: Asker,
  request: { readonly key: string; readonly purpose: string },
): Promise<readonly ShownCustody[]> {
  const purpose = requirePurpose(request.purpose);
  const key = request.key.trim();
  const subject = subjectOfId(world.keys, readIdNumber(key).value);
  const name = nameKeyOf(world.keys, world.pack.names, key);
  const db: RegistryDb = world.db;
  return withinScope(db, asker.principal.scope, async (transaction) => {
    const rows = await transaction
      .selectFrom('custody_person')
      .selectAll()
      .where((is) =>
        is.or([
          is('subject', '=', subject),
          is('person_id', '=', key),
          ...(name === null ? [] : [is(is.val(name), '=', is.fn.any('name_keys'))]),
        ]),
      )
      .orderBy('last_received_at', 'desc')
      .limit(50)
      .execute();
    const object = rows.length === 1 ? (rows[0]?.person_id ?? null) : null;
    const none =
      rows.length === 0 ? { outcome: 'not_found' as const, keyTag: keyTag(subject, key) } : {};
    const act = { action: 'deaths.custody_search', object, purpose, ...none };
    await auditAct(transaction, asker, act, world.clock);
    return shownCustody(world, transaction, rows);
  });
}

/** Makes rows presentable: names and numbers masked, from the city's data or from the reports. */
export async function shownCustody(
  world: DeathsWorld,
  db: RegistryDb,
  rows: readonly PersonRow[],
): Promise<ShownCustody[]> {
  const today = shanghaiDay(world.clock.now());
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
      ...{ grade: row.grade, match_reason: row.match_reason, state: stateOf(row, today) },
      terms: row.terms as readonly ShownTerm[],
      ...{ sources: row.sources, paid: row.paid as ShownCustody['paid'] },
      ...{ paid_fen: Number(row.paid_fen), last_received_at: row.last_received_at },
    };
  });
}

function stateOf(row: PersonRow, today: string): ShownCustody['state'] {
  if (row.standing === 'withdrawn') return 'withdrawn';
  if (row.held_until === null) return 'other';
  return row.held_until >= today ? 'held' : 'ended';
}

async function reportedPersons(
  { keys }: DeathsWorld,
  db: RegistryDb,
  subjects: readonly string[],
): Promise<ReadonlyMap<string, ShownPerson>> {
  if (subjects.length === 0) return new Map();
  const rows = await db
    .selectFrom('custody_report')
    .distinctOn('subject')
    .select(['subject', 'source', 'event_id', 'sealed'])
    .where((is) => is('subject', '=', is.fn.any(is.val([...subjects]))))
    .orderBy('subject')
    .orderBy('report_no', 'desc')
    .execute();
  return new Map(
    rows.map((row) => {
      const { name, id_no } = openReport(keys, row, 'custody_report');
      const shown = {
        name: name === null ? null : maskValue('name', name),
        id_no: id_no === null ? null : maskValue('id_no', id_no) || HIDDEN,
      };
      return [row.subject, shown];
    }),
  );
}
