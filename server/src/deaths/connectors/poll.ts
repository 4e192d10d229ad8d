import { BrokenCircuitError, type CircuitBreakerPolicy } from 'cockatiel';
import { type Kysely, sql } from 'kysely';
import { canonicalJson } from '../../kernel/index.ts';
import { forWholeCity, sealField, sm3Hex } from '../../security/index.ts';
import { backoffMs, type InterfaceTables, keepEvents, MOST_TRIES } from '../inbound/index.ts';
import { HALF_OPEN_AFTER_MS } from './breaker.ts';
import { callDepartment } from './call-department.ts';
import { CallFailure } from './failure.ts';
import { placeOfLetter } from './letters.ts';
import { mapRow } from './mapping.ts';
import { type ConnectorConfig, interfaceOfConnector } from './model.ts';
import { nextPage } from './pager.ts';
import { SCHEMES } from './schemes/index.ts';
import { credentialsOf, type SecretWorld } from './secret.ts';

/** One visit reads at most so many pages; the rest comes at the next. */
const PAGES_A_VISIT = 50;

/** What one visit to a department gave. */
export interface Visit {
  readonly connectorId: string;
  readonly events: number;
  readonly letters: number;
  readonly lastEventAt: string | null;
  /** Null: everything went well. */
  readonly failure: CallFailure | null;
}

/**
 * Visits one department: asks page by page and keeps each page, its letters and the new cursor in
 * one transaction, so a crash reads a page again and never skips one.
 */
export async function visitDepartment(
  world: SecretWorld,
  config: ConnectorConfig,
  breaker: CircuitBreakerPolicy,
): Promise<Visit> {
  const total = {
    connectorId: config.id,
    events: 0,
    letters: 0,
    lastEventAt: null as string | null,
  };
  try {
    for (let page = 0; page < PAGES_A_VISIT; page += 1) {
      const kept = await readPage(world, config, breaker);
      total.events += kept.events;
      total.letters += kept.letters;
      if (kept.lastEventAt !== null && kept.lastEventAt > (total.lastEventAt ?? '')) {
        total.lastEventAt = kept.lastEventAt;
      }
      if (!kept.more) break;
    }
    await plan(world, config, { tries: 0, waitMs: config.everyMinutes * 60_000 });
    return { ...total, failure: null };
  } catch (error) {
    if (error instanceof BrokenCircuitError) {
      await plan(world, config, { waitMs: HALF_OPEN_AFTER_MS });
      return {
        ...total,
        failure: new CallFailure('breaker', '连续失败，已暂停呼叫，稍后自动试探'),
      };
    }
    if (!(error instanceof CallFailure)) throw error;
    await afterFailure(world, config, error);
    return { ...total, failure: error };
  }
}

async function readPage(
  world: SecretWorld,
  config: ConnectorConfig,
  breaker: CircuitBreakerPolicy,
) {
  const { cursor } = await stateOf(world, config.id);
  const request = nextPage(config.pager, cursor, world.clock.now());
  const content = await breaker.execute(() => ask(world, config, request.parameters));
  const page = request.read(content);
  const mapped = page.rows.map((row) => ({ row, mapped: mapRow(config, row, world.content) }));
  const events = mapped.flatMap(({ mapped: each }) => ('event' in each ? [each] : []));
  const faulty = mapped.flatMap(({ row, mapped: each }) =>
    'problems' in each ? [{ row, reason: each.problems.join('；') }] : [],
  );
  const now = world.clock.now().toISOString();
  const sender = {
    interfaceId: interfaceOfConnector(config.id),
    appId: null,
    channel: 'connector' as const,
  };
  const { subject, source } = config;
  let fresh = 0;
  await forWholeCity(world.db, async (transaction) => {
    // Each row is a parcel of its own: one that contradicts itself must not hold up its page.
    const kept = await keepEvents(
      transaction,
      events.map(({ event, agency }) => ({
        sender,
        events: [{ subject, source, agency, body: event }],
      })),
      now,
      world.keys,
    );
    fresh = kept.filter((each) => 'receipts' in each && each.receipts[0]?.known === false).length;
    for (const each of faulty) {
      await writeLetter(transaction, world, config, cursor, 'ROW_INVALID', each.reason, each.row);
    }
    await transaction
      .updateTable('connector_state')
      .set({ cursor: page.cursor })
      .where('connector_id', '=', config.id)
      .execute();
  });
  const times = events.map(({ event }) => new Date(event.occurred_at).toISOString()).sort();
  return {
    events: fresh,
    letters: faulty.length,
    more: page.more,
    lastEventAt: times.at(-1) ?? null,
  };
}

/** Asks once; when the platform says the secret no longer holds, once more with a new one. */
async function ask(
  world: SecretWorld,
  config: ConnectorConfig,
  parameters: Readonly<Record<string, string | number>>,
): Promise<unknown> {
  const scheme = SCHEMES[config.scheme];
  const once = async (renew: boolean): Promise<unknown> => {
    const keys = await credentialsOf(world, config, renew);
    const now = world.clock.now();
    const nonce = world.random.bytes(16).toString('hex');
    const call = scheme.prepare({ ...config.parameters, ...parameters }, keys, { now, nonce });
    const target = { url: config.url, timeoutMs: config.timeoutMs, now };
    return scheme.open(await callDepartment(world.network, world.hosts, target, call), keys);
  };
  try {
    return await once(false);
  } catch (error) {
    const stale =
      error instanceof CallFailure && error.kind === 'signature' && config.refresh !== null;
    if (!stale) throw error;
    return once(true);
  }
}

async function afterFailure(
  world: SecretWorld,
  config: ConnectorConfig,
  failure: CallFailure,
): Promise<void> {
  const { cursor, tries } = await stateOf(world, config.id);
  const next = tries + 1;
  if (failure.retryable && next < MOST_TRIES) {
    const wait = Math.max(backoffMs(next, world.random.fraction()), failure.retryAfterMs);
    await plan(world, config, { tries: next, waitMs: wait });
    return;
  }
  // Given up for now: a person can see why; the next visit is made all the same.
  await forWholeCity(world.db, (transaction) =>
    writeLetter(
      transaction,
      world,
      config,
      cursor,
      failure.kind.toUpperCase(),
      failure.message,
      null,
    ),
  );
  await plan(world, config, { tries: 0, waitMs: config.everyMinutes * 60_000 });
}

async function writeLetter(
  db: Kysely<InterfaceTables>,
  world: SecretWorld,
  config: ConnectorConfig,
  cursor: string | null,
  code: string,
  reason: string,
  row: unknown,
): Promise<void> {
  const body = row === null ? null : canonicalJson(textsOnly(row));
  const key = sm3Hex(`${config.id}/${body ?? ''}`);
  const sealed = body === null ? null : sealField(world.keys, placeOfLetter(config.id), body);
  // The same trouble every quarter of an hour is one letter until somebody takes it up.
  await sql`
    insert into connector_letter
      (connector_id, cursor, reason_code, reason, body_key, sealed_body, failed_at)
    values (${config.id}, ${cursor}, ${code}, ${reason.slice(0, 1000)}, ${key}, ${sealed},
      ${world.clock.now().toISOString()})
    on conflict (connector_id, reason_code, body_key) where replayed_at is null do nothing`.execute(
    db,
  );
}

/** Numbers of theirs may be no whole ones, which a canonical text does not know. */
function textsOnly(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value), (_, each: unknown) =>
    typeof each === 'number' ? String(each) : each,
  ) as unknown;
}

async function stateOf(world: SecretWorld, id: string) {
  return world.db
    .selectFrom('connector_state')
    .select(['cursor', 'tries'])
    .where('connector_id', '=', id)
    .executeTakeFirstOrThrow();
}

async function plan(
  world: SecretWorld,
  config: ConnectorConfig,
  next: { readonly tries?: number; readonly waitMs: number },
): Promise<void> {
  const at = new Date(world.clock.now().getTime() + next.waitMs).toISOString();
  await world.db
    .updateTable('connector_state')
    .set({ next_try_at: at, ...(next.tries === undefined ? {} : { tries: next.tries }) })
    .where('connector_id', '=', config.id)
    .execute();
}
