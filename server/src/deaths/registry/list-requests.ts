import { type Kysely, type Selectable, sql } from 'kysely';
import { type KeyProvider, withinScope } from '../../security/index.ts';
import type { ShownPerson } from '../conflicts/shown-person.ts';
import type { DeathsWorld } from '../world.ts';
import { type Asker, auditAct } from './audit.ts';
import { maskedIdentity } from './reported-people.ts';
import { openRegistration } from './requests.ts';
import type { RegistryDb, RegistryTables, RequestRow } from './tables.ts';
import { openReport } from './take-in.ts';

/** A request that waits for a second person, or was decided; the person is masked. */
export interface ShownRequest extends ShownPerson {
  readonly request_no: string;
  readonly kind: 'register' | 'void';
  readonly agency: string;
  readonly record: string;
  /** What is to be registered, or what the report says that is to be void. */
  readonly source: string | null;
  readonly death_date: string | null;
  readonly evidence: string;
  readonly state: 'asked' | 'confirmed' | 'refused';
  readonly asked_by: string;
  readonly asked_at: string;
  readonly decided_by: string | null;
  readonly opinion: string | null;
  readonly allowed_actions: readonly string[];
}

/** Lists requests within the asker's data scope, waiting ones first; audited. */
export async function listRequests(
  world: DeathsWorld,
  asker: Asker,
  query: {
    readonly state?: ShownRequest['state'];
    readonly offset: number;
    readonly limit: number;
  },
): Promise<{ readonly rows: readonly ShownRequest[]; readonly total: number }> {
  const db: RegistryDb = world.db;
  return withinScope(db, asker.principal.scope, async (transaction) => {
    const counted = await requests(transaction, query.state)
      .select((is) => is.fn.countAll<bigint>().as('n'))
      .executeTakeFirstOrThrow();
    const rows = await requests(transaction, query.state)
      .leftJoin('death_report as report', (join) =>
        join
          .onRef('report.subject', '=', 'asked.subject')
          .on(sql<boolean>`report.source || '/' || report.event_id = asked.event_key`),
      )
      .selectAll('asked')
      .select(['report.source', 'report.event_id', 'report.death_date'])
      .select('report.sealed as reported')
      .orderBy((is) => is.case().when('asked.state', '=', 'asked').then(0).else(1).end())
      .orderBy('asked.request_no', 'desc')
      .offset(query.offset)
      .limit(query.limit)
      .execute();
    const act = { action: 'deaths.request_list', object: null, purpose: null };
    await auditAct(transaction, asker, act, world.clock);
    return {
      rows: rows.map((row) => shownRequest(row, world.keys, asker)),
      total: Number(counted.n),
    };
  });
}

function requests(db: Kysely<RegistryTables>, state: ShownRequest['state'] | undefined) {
  return db
    .selectFrom('death_request as asked')
    .$if(state !== undefined, (q) => q.where('asked.state', '=', state ?? 'asked'));
}

/** A request with the report it wants void; nulls where there is none. */
type Row = Selectable<RequestRow> & {
  readonly source: string | null;
  readonly event_id: string | null;
  readonly death_date: string | null;
  readonly reported: string | null;
};

function shownRequest(row: Row, keys: KeyProvider, { principal }: Asker): ShownRequest {
  const mayDecide =
    row.state === 'asked' &&
    row.asked_by !== principal.actor &&
    principal.permissions.has('deaths.confirm');
  return {
    ...{ request_no: String(row.request_no), kind: row.kind, agency: row.agency },
    ...{ record: row.subject, evidence: row.evidence, state: row.state },
    ...(row.sealed === null ? voidOf(row, keys) : registrationOf(row, keys)),
    ...{ asked_by: row.asked_by, asked_at: row.asked_at, decided_by: row.decided_by },
    opinion: row.opinion,
    allowed_actions: mayDecide ? ['confirm', 'refuse'] : [],
  };
}

type Subject = Pick<ShownRequest, 'name' | 'id_no' | 'source' | 'death_date'>;

function registrationOf(row: Row, keys: KeyProvider): Subject {
  const { source, idNo, name, deathDate } = openRegistration(keys, row);
  return { ...maskedIdentity({ name, id_no: idNo }), source, death_date: deathDate };
}

function voidOf({ source, event_id, death_date, reported }: Row, keys: KeyProvider): Subject {
  if (source === null || event_id === null || reported === null) {
    return { name: null, id_no: null, source: null, death_date: null };
  }
  const said = openReport(keys, { source, event_id, sealed: reported });
  return { ...maskedIdentity(said), source, death_date };
}
