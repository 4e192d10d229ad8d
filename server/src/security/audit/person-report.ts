import { sql } from 'kysely';
import { shanghaiTime } from '../../kernel/index.ts';
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

/** Makes the report of one person: who, when, from where, why, and whether the log can be trusted. */
export async function reportPerson(
  world: AuditWorld,
  input: { readonly personId: string; readonly since: string },
): Promise<PersonReport> {
  const { personId, since } = input;
  const found = await listAccesses(world.db, {
    ...{ object: personId, from: since, page: 1, pageSize: MOST_ACTS },
  });
  return {
    person_id: personId,
    since,
    made_at: shanghaiTime(world.clock.now()),
    people: await groupByActor(world, personId, since),
    acts: found.rows,
    total: found.total,
    log: await checkAudit(world),
  };
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
