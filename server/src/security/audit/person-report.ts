import { sql } from 'kysely';
import { shanghaiTime } from '../../kernel/index.ts';
import { findArchived } from './archive/search-archived.ts';
import { type AuditReport, checkAudit } from './check-audit.ts';
import type { AuditWorld } from './checkpoint.ts';
import { type AccessRecord, listAccesses } from './search-audit.ts';

/** Everybody who looked at one person since a day (泄露排查报告), for the first hours of an incident. */
export interface PersonReport {
  readonly person_id: string;
  readonly since: string;
  readonly made_at: string;
  readonly people: readonly {
    readonly actor: string;
    readonly departments: readonly string[];
    readonly addresses: readonly string[];
    readonly actions: readonly string[];
    readonly matters: readonly string[];
    readonly first_at: string;
    readonly last_at: string;
    readonly acts: number;
    /** Fields seen plain. */
    readonly unmasked: number;
  }[];
  /** The acts, the newest first, at most {@link MOST_ACTS}. */
  readonly acts: readonly AccessRecord[];
  readonly total: number;
  /** Whether the log this stands on is what was written. */
  readonly log: AuditReport;
}

const MOST_ACTS = 5_000;

/**
 * Makes the report of one person: who, when, from where, why, and whether the log can be trusted.
 * Archived acts count like those online.
 * @throws SECURITY_AUDIT_ARCHIVE_DAMAGED
 */
export async function reportPerson(
  world: AuditWorld,
  input: { readonly personId: string; readonly since: string },
): Promise<PersonReport> {
  const { personId, since } = input;
  const found = await listAccesses(world.db, {
    ...{ object: personId, from: since, page: 1, pageSize: MOST_ACTS },
  });
  const archived: AccessRecord[] = [];
  for await (const some of findArchived(world, { object: personId, from: since })) {
    archived.push(...some);
  }
  return {
    person_id: personId,
    since,
    made_at: shanghaiTime(world.clock.now()),
    people: merge(await groupByActor(world, personId, since), archived),
    acts: [...found.rows, ...archived].slice(0, MOST_ACTS),
    total: found.total + archived.length,
    log: await checkAudit(world),
  };
}

type Looker = PersonReport['people'][number];

/** Adds archived acts to what people did online; whoever acted most stands first. */
function merge(online: readonly Looker[], archived: readonly AccessRecord[]): Looker[] {
  const people = new Map(online.map((one) => [one.actor, one]));
  const joined = (list: readonly string[], more: string | null) =>
    more === null || list.includes(more) ? list : [...list, more].sort();
  for (const act of archived) {
    const { actor, at } = act;
    const one = people.get(actor);
    const unmasked = act.action === 'dossier.unmask' && act.outcome === 'ok' ? 1 : 0;
    people.set(actor, {
      actor,
      departments: joined(one?.departments ?? [], act.department),
      addresses: joined(one?.addresses ?? [], act.address),
      actions: joined(one?.actions ?? [], act.action),
      matters: joined(one?.matters ?? [], act.matter_no),
      first_at: one === undefined || at < one.first_at ? at : one.first_at,
      last_at: one === undefined || at > one.last_at ? at : one.last_at,
      acts: (one?.acts ?? 0) + 1,
      unmasked: (one?.unmasked ?? 0) + unmasked,
    });
  }
  return [...people.values()].sort((a, b) => b.acts - a.acts);
}

async function groupByActor(
  { db }: AuditWorld,
  personId: string,
  since: string,
): Promise<PersonReport['people']> {
  const distinct = (column: 'department' | 'address' | 'action' | 'matter_no') =>
    sql<
      string[]
    >`coalesce(array_agg(distinct ${sql.ref(column)}) filter (where ${sql.ref(column)} is not null), '{}')`;
  const rows = await db
    .selectFrom('audit_entry')
    .select([
      'actor',
      distinct('department').as('departments'),
      distinct('address').as('addresses'),
      distinct('action').as('actions'),
      distinct('matter_no').as('matters'),
      sql<string>`extract(epoch from min(at)) * 1000`.as('first_ms'),
      sql<string>`extract(epoch from max(at)) * 1000`.as('last_ms'),
      sql<string>`count(*)`.as('acts'),
      sql<string>`count(*) filter (where action = 'dossier.unmask' and outcome = 'ok')`.as('plain'),
    ])
    .where('object', '=', personId)
    .where('seq', 'is not', null)
    .where(sql<boolean>`at >= ${since}::timestamptz`)
    .groupBy('actor')
    .orderBy(sql`count(*)`, 'desc')
    .execute();
  return rows.map(({ first_ms, last_ms, acts, plain, ...row }) => ({
    ...row,
    first_at: shanghaiTime(new Date(Number(first_ms))),
    last_at: shanghaiTime(new Date(Number(last_ms))),
    acts: Number(acts),
    unmasked: Number(plain),
  }));
}
