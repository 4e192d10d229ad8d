import { setTimeout as wait } from 'node:timers/promises';
import { type Kysely, sql } from 'kysely';
import { forWholeCity } from '../../server/src/security/index.ts';

/** What the database holds of the events of one prefix. */
export interface KeptEvents {
  /** Rows of the inbox, and how many different events they are. */
  readonly rows: number;
  readonly different: number;
  readonly waiting: number;
  /** Rows of the registry's evidence. */
  readonly evidence: number;
}

/** Counts the events of a prefix in the inbox and in the registry's evidence. */
export async function countEvents(db: Kysely<never>, prefix: string): Promise<KeptEvents> {
  const like = `${prefix}-%`;
  const { rows } = await forWholeCity(db, (transaction) =>
    sql<Record<keyof KeptEvents, bigint>>`
      select count(*) as rows, count(distinct event_id) as different,
        count(*) filter (where state <> 'taken') as waiting,
        (select count(*) from death_report where event_id like ${like}) as evidence
      from inbound_event where event_id like ${like}`.execute(transaction),
  );
  const of = (name: keyof KeptEvents): number => Number(rows[0]?.[name] ?? 0n);
  return {
    ...{ rows: of('rows'), different: of('different') },
    ...{ waiting: of('waiting'), evidence: of('evidence') },
  };
}

/** Lists which events of a prefix the inbox holds. */
export async function keptIds(db: Kysely<never>, prefix: string): Promise<ReadonlySet<string>> {
  const { rows } = await forWholeCity(db, (transaction) =>
    sql<{ event_id: string }>`
      select event_id from inbound_event where event_id like ${`${prefix}-%`}`.execute(transaction),
  );
  return new Set(rows.map(({ event_id }) => event_id));
}

const DRAINED_WITHIN_MS = 900_000;

/** Waits until the registry has taken every event of a prefix; tells whether it did in time. */
export async function awaitDrained(db: Kysely<never>, prefix: string): Promise<boolean> {
  const until = performance.now() + DRAINED_WITHIN_MS;
  while (performance.now() < until) {
    if ((await countEvents(db, prefix)).waiting === 0) return true;
    await wait(250);
  }
  return false;
}

/** Events that are lost or there twice, once everything was acknowledged and taken. */
export function faultsOf(
  kept: KeptEvents,
  acknowledged: number,
): { readonly lost: number; readonly doubled: number } {
  return {
    lost: Math.max(0, acknowledged - kept.different) + Math.max(0, kept.different - kept.evidence),
    doubled: Math.max(0, kept.rows - kept.different) + Math.max(0, kept.evidence - kept.different),
  };
}
