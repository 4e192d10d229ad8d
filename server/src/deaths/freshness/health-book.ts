import { type Kysely, sql } from 'kysely';
import type { Clock } from '../../kernel/index.ts';
import type { InterfaceTables } from '../inbound/tables.ts';

/** Why a call with a department failed, as the board tells it apart (失败类别). */
export type FailureKind =
  | 'timeout'
  | 'refused'
  | 'http'
  | 'garbage'
  | 'signature'
  | 'secret'
  | 'clock'
  | 'address'
  | 'breaker';

interface Change {
  successAt: string | null;
  eventAt: string | null;
  failureAt: string | null;
  kind: FailureKind | null;
  reason: string | null;
  failures: number;
}

/**
 * Remembers how each interface fares. Refused requests are counted in memory and written by
 * `flush`: somebody who sends rubbish must not make us write once per request.
 */
export interface HealthBook {
  succeeded(interfaceId: string, lastEventAt: string | null): void;
  failed(interfaceId: string, kind: FailureKind, reason: string): void;
  flush(): Promise<void>;
}

export function openHealthBook(world: {
  readonly db: Kysely<InterfaceTables>;
  readonly clock: Clock;
}): HealthBook {
  const changes = new Map<string, Change>();
  const changeOf = (interfaceId: string): Change => {
    const change = changes.get(interfaceId) ?? {
      ...{ successAt: null, eventAt: null, failureAt: null, kind: null, reason: null, failures: 0 },
    };
    changes.set(interfaceId, change);
    return change;
  };
  return {
    succeeded(interfaceId, lastEventAt) {
      const change = changeOf(interfaceId);
      change.successAt = world.clock.now().toISOString();
      if (lastEventAt !== null && lastEventAt > (change.eventAt ?? ''))
        change.eventAt = lastEventAt;
      change.failures = 0;
    },
    failed(interfaceId, kind, reason) {
      const change = changeOf(interfaceId);
      change.failureAt = world.clock.now().toISOString();
      change.kind = kind;
      change.reason = reason.slice(0, 1000);
      change.failures += 1;
    },
    async flush() {
      const taken = [...changes];
      changes.clear();
      for (const [interfaceId, change] of taken) await write(world.db, interfaceId, change);
    },
  };
}

async function write(
  db: Kysely<InterfaceTables>,
  interfaceId: string,
  { successAt, eventAt, failureAt, kind, reason, failures }: Change,
): Promise<void> {
  const add = successAt === null ? sql`interface_health.failures_in_row +` : sql``;
  await sql`
    insert into interface_health as interface_health
      (interface_id, last_success_at, last_event_at, last_failure_at, last_failure_kind,
       last_failure, failures_in_row)
    values (${interfaceId}, ${successAt}, ${eventAt}, ${failureAt}, ${kind}, ${reason}, ${failures})
    on conflict (interface_id) do update set
      last_success_at = greatest(excluded.last_success_at, interface_health.last_success_at),
      last_event_at = greatest(excluded.last_event_at, interface_health.last_event_at),
      last_failure_at = greatest(excluded.last_failure_at, interface_health.last_failure_at),
      last_failure_kind = coalesce(excluded.last_failure_kind, interface_health.last_failure_kind),
      last_failure = coalesce(excluded.last_failure, interface_health.last_failure),
      failures_in_row = ${add} excluded.failures_in_row`.execute(db);
}
