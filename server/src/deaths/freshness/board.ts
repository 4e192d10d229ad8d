import { sql } from 'kysely';
import type { DataScope } from '../../contract/index.ts';
import { shanghaiDay } from '../../kernel/index.ts';
import { forWholeCity } from '../../security/index.ts';
import { type InterfacesWorld, interfaceOfApp, listApps } from '../apps/index.ts';
import { type ConnectorConfig, interfaceOfConnector, isPolled } from '../connectors/index.ts';

/** How an interface stands: one word for the light on the board. */
export type InterfaceState = 'ok' | 'idle' | 'late' | 'silent' | 'failing' | 'held' | 'ended';

/** One interface as the freshness board shows it (时效看板). */
export interface BoardRow {
  readonly interface_id: string;
  readonly kind: 'app' | 'connector';
  readonly title: string;
  readonly death_source: string | null;
  readonly custody_source: string | null;
  readonly agencies: readonly string[];
  readonly state: InterfaceState;
  /** Last call that went well, whatever it brought. */
  readonly last_success_at: string | null;
  /** Last event that came in. */
  readonly last_received_at: string | null;
  /** Newest moment an event told of. */
  readonly last_event_at: string | null;
  /** Seconds since the last event came in. */
  readonly lag_s: number | null;
  readonly received_today: number;
  /** Mean of the seven days before today, rounded. */
  readonly daily_mean: number;
  readonly expected_per_day: number | null;
  /** Waiting for the registry. */
  readonly backlog: number;
  readonly dead_letters: number;
  readonly failures_in_row: number;
  readonly last_failure_at: string | null;
  readonly last_failure_kind: string | null;
  readonly last_failure: string | null;
}

interface Subject {
  readonly id: string;
  readonly kind: 'app' | 'connector';
  readonly title: string;
  readonly deathSource: string | null;
  readonly custodySource: string | null;
  readonly agencies: readonly string[];
  readonly since: string;
  readonly ended: boolean;
  readonly expectedPerDay: number | null;
  /** Null: nothing comes by itself, so it cannot fall silent. */
  readonly silentAfterHours: number | null;
}

export interface BoardWorld extends InterfacesWorld {
  readonly connectors: {
    readonly configs: readonly ConnectorConfig[];
    isBroken(id: string): boolean;
  };
}

/** Less than this share of what is expected by now counts as late. */
const LATE_SHARE = 0.5;
const HOUR_MS = 3_600_000;
/** Anybody can send a wrong signature in another's name: a few say nothing about the department. */
const STRAY_REFUSALS = 4;

/** Shows every interface within a scope; counts come from the inbox, so they cannot be talked up. */
export async function showBoard(world: BoardWorld, scope: DataScope): Promise<readonly BoardRow[]> {
  const subjects = await subjectsOf(world, scope);
  const counts = await countEvents(world);
  const letters = await world.db
    .selectFrom('connector_letter')
    .select(['connector_id', (row) => row.fn.countAll<bigint>().as('letters')])
    .where('replayed_at', 'is', null)
    .groupBy('connector_id')
    .execute();
  const lettersOf = new Map(
    letters.map((row) => [interfaceOfConnector(row.connector_id), Number(row.letters)]),
  );
  const health = new Map(
    (await world.db.selectFrom('interface_health').selectAll().execute()).map((row) => [
      row.interface_id,
      row,
    ]),
  );
  const now = world.clock.now();
  return subjects.map((subject) => {
    const count = counts.get(subject.id);
    const fares = health.get(subject.id);
    const lastReceived = count?.last_received_at ?? null;
    const row = {
      interface_id: subject.id,
      kind: subject.kind,
      title: subject.title,
      death_source: subject.deathSource,
      custody_source: subject.custodySource,
      agencies: subject.agencies,
      last_success_at: fares?.last_success_at ?? null,
      last_received_at: lastReceived,
      last_event_at: fares?.last_event_at ?? null,
      lag_s:
        lastReceived === null
          ? null
          : Math.round((now.getTime() - Date.parse(lastReceived)) / 1000),
      received_today: Number(count?.today ?? 0),
      daily_mean: Math.round(Number(count?.week ?? 0) / 7),
      expected_per_day: subject.expectedPerDay,
      backlog: Number(count?.waiting ?? 0),
      dead_letters: Number(count?.dead ?? 0) + (lettersOf.get(subject.id) ?? 0),
      failures_in_row: fares?.failures_in_row ?? 0,
      last_failure_at: fares?.last_failure_at ?? null,
      last_failure_kind: fares?.last_failure_kind ?? null,
      last_failure: fares?.last_failure ?? null,
    };
    return { ...row, state: stateOf(world, subject, row, now) };
  });
}

async function subjectsOf(world: BoardWorld, scope: DataScope): Promise<readonly Subject[]> {
  const apps = (await listApps(world, scope)).map((app): Subject => {
    const { deathSource, custodySource, agencies, expectedPerDay, silentAfterHours } = app;
    return {
      ...{ id: interfaceOfApp(app.appId), kind: 'app', title: app.name, since: app.createdAt },
      ...{ deathSource, custodySource, agencies, expectedPerDay, silentAfterHours },
      ended: app.revokedAt !== null,
    };
  });
  const added = new Map(
    (
      await world.db.selectFrom('connector_state').select(['connector_id', 'added_at']).execute()
    ).map((row) => [row.connector_id, row.added_at]),
  );
  const connectors = world.connectors.configs
    .filter(
      ({ agency }) =>
        scope.agencies === 'all' || (agency !== null && scope.agencies.includes(agency)),
    )
    .map((config): Subject => {
      const { subject, source, title, agency, expectedPerDay } = config;
      return {
        ...{ id: interfaceOfConnector(config.id), kind: 'connector', title, ended: false },
        ...{
          deathSource: subject === 'death' ? source : null,
          custodySource: subject === 'custody' ? source : null,
        },
        ...{ agencies: agency === null ? [] : [agency], expectedPerDay },
        silentAfterHours: isPolled(config) ? config.silentAfterHours : null,
        since: added.get(config.id) ?? world.clock.now().toISOString(),
      };
    });
  return [...apps, ...connectors];
}

async function countEvents(world: InterfacesWorld) {
  const today = `${shanghaiDay(world.clock.now())}T00:00:00+08:00`;
  const { rows } = await forWholeCity(world.db, (transaction) =>
    sql<{
      interface_id: string;
      last_received_at: string;
      today: bigint;
      week: bigint;
      waiting: bigint;
      dead: bigint;
    }>`
      select interface_id, max(received_at) as last_received_at,
        count(*) filter (where received_at >= ${today}::timestamptz) as today,
        count(*) filter (where received_at >= ${today}::timestamptz - interval '7 days'
          and received_at < ${today}::timestamptz) as week,
        count(*) filter (where state = 'waiting') as waiting,
        count(*) filter (where state = 'dead') as dead
      from inbound_event group by interface_id`.execute(transaction),
  );
  return new Map(rows.map((row) => [row.interface_id, row]));
}

function stateOf(
  world: BoardWorld,
  subject: Subject,
  row: Omit<BoardRow, 'state'>,
  now: Date,
): InterfaceState {
  if (subject.ended) return 'ended';
  if (
    subject.kind === 'connector' &&
    world.connectors.isBroken(subject.id.slice('connector:'.length))
  ) {
    return 'held';
  }
  const most = subject.kind === 'app' ? STRAY_REFUSALS : 0;
  if (row.failures_in_row > most) return 'failing';
  const quietMs = now.getTime() - Date.parse(row.last_received_at ?? subject.since);
  const silentMs = (subject.silentAfterHours ?? Number.POSITIVE_INFINITY) * HOUR_MS;
  if (quietMs > silentMs) return 'silent';
  if (row.last_received_at === null) return 'idle';
  // By which share of the day has passed; nights and mornings are not held against anybody.
  const share = (now.getTime() - Date.parse(`${shanghaiDay(now)}T00:00:00+08:00`)) / (24 * HOUR_MS);
  const due = (row.expected_per_day ?? 0) * share * LATE_SHARE;
  return share > 0.5 && row.received_today < due ? 'late' : 'ok';
}
