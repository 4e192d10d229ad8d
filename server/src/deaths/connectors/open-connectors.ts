import type { CircuitBreakerPolicy } from 'cockatiel';
import { CircuitState } from 'cockatiel';
import { sql } from 'kysely';
import type { HealthBook } from '../freshness/health-book.ts';
import { makeBreaker } from './breaker.ts';
import { connectorUnknown } from './errors.ts';
import {
  type ConnectorConfig,
  type InterfacesConfig,
  interfaceOfConnector,
  isPolled,
  type PolledConnector,
} from './model.ts';
import { type Visit, visitDepartment } from './poll.ts';
import { type Answer, isQueried, type Question, queryDepartment } from './query-department.ts';
import type { SecretWorld } from './secret.ts';

const LOOK_EVERY_MS = 1_000;

/** Connectors of a running process (对外接口). */
export interface Connectors {
  readonly configs: readonly ConnectorConfig[];
  /** Visits every department that is due, each by itself, and waits for all. */
  visitDue(): Promise<readonly Visit[]>;
  /** Asks a department about one person. @throws DEATHS_CONNECTOR_UNKNOWN */
  query(id: string, question: Question): Promise<Answer>;
  /** Whether calls to a department are held back at the moment. */
  isBroken(id: string): boolean;
  start(): void;
  stop(): Promise<void>;
}

/** Opens the connectors of a configuration; `arrived` is told when events came in. */
export async function openConnectors(
  world: Omit<SecretWorld, 'hosts'>,
  config: InterfacesConfig,
  { health, arrived }: { readonly health: HealthBook; readonly arrived: () => void },
): Promise<Connectors> {
  const calling: SecretWorld = { ...world, hosts: config.hosts };
  const breakers = new Map(config.connectors.map(({ id }) => [id, makeBreaker()] as const));
  const visits = oneAtATime<Visit>();
  let timer: NodeJS.Timeout | null = null;
  await addStates(calling, config.connectors);

  const visit = (connector: PolledConnector, breaker: CircuitBreakerPolicy) =>
    visits.run(connector.id, async () => {
      const outcome = await visitDepartment(calling, connector, breaker);
      note(connector.id, outcome);
      return outcome;
    });

  function note(id: string, outcome: Pick<Visit, 'failure' | 'events' | 'lastEventAt'>): void {
    const name = interfaceOfConnector(id);
    const { failure, events, lastEventAt } = outcome;
    if (failure === null) health.succeeded(name, lastEventAt);
    else health.failed(name, failure.kind, failure.message);
    if (events > 0) arrived();
  }

  async function visitDue(): Promise<readonly Visit[]> {
    const ids = await dueNow(calling);
    const due = config.connectors.filter(isPolled).filter(({ id }) => ids.has(id));
    return Promise.all(
      due.map((connector) => visit(connector, breakers.get(connector.id) ?? makeBreaker())),
    );
  }

  async function query(id: string, question: Question): Promise<Answer> {
    const connector = config.connectors.filter(isQueried).find((each) => each.id === id);
    const breaker = breakers.get(id);
    if (connector === undefined || breaker === undefined) throw connectorUnknown({});
    const answer = await queryDepartment(calling, connector, breaker, question);
    note(id, { ...answer, events: answer.fresh });
    return answer;
  }

  return {
    configs: config.connectors,
    visitDue,
    query,
    isBroken: (id) => breakers.get(id)?.state === CircuitState.Open,
    start() {
      if (config.connectors.length === 0) return;
      // A slow department holds only its own place in `visits`; the others are looked at each second.
      timer ??= setInterval(() => void visitDue().catch(() => undefined), LOOK_EVERY_MS);
    },
    async stop() {
      if (timer !== null) clearInterval(timer);
      timer = null;
      await visits.settled();
    },
  };
}

/** Work of a name is not begun a second time: who asks meanwhile gets the one under way. */
function oneAtATime<T>() {
  const under = new Map<string, Promise<T>>();
  return {
    run(name: string, work: () => Promise<T>): Promise<T> {
      const going = under.get(name);
      if (going !== undefined) return going;
      const begun = work().finally(() => under.delete(name));
      under.set(name, begun);
      return begun;
    },
    settled: async (): Promise<void> => void (await Promise.allSettled(under.values())),
  };
}

/** A connector that is new to the database is due at once. */
async function addStates(
  { db, clock }: SecretWorld,
  connectors: readonly ConnectorConfig[],
): Promise<void> {
  for (const { id } of connectors) {
    const now = clock.now().toISOString();
    await sql`insert into connector_state (connector_id, next_try_at, added_at)
      values (${id}, ${now}, ${now}) on conflict do nothing`.execute(db);
  }
}

async function dueNow({ db, clock }: SecretWorld): Promise<ReadonlySet<string>> {
  const due = await db
    .selectFrom('connector_state')
    .select('connector_id')
    .where('next_try_at', '<=', clock.now().toISOString())
    .execute();
  return new Set(due.map((row) => row.connector_id));
}
