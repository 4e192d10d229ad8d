import { BrokenCircuitError, type CircuitBreakerPolicy } from 'cockatiel';
import { forWholeCity } from '../../security/index.ts';
import { backoffMs, keepEvents, MOST_TRIES } from '../inbound/index.ts';
import { ask } from './ask.ts';
import { HALF_OPEN_AFTER_MS } from './breaker.ts';
import { CallFailure } from './failure.ts';
import { writeLetter } from './letters.ts';
import { mapRow } from './mapping.ts';
import { interfaceOfConnector, type PolledConnector } from './model.ts';
import { nextPage } from './pager.ts';
import type { SecretWorld } from './secret.ts';

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
  config: PolledConnector,
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
  config: PolledConnector,
  breaker: CircuitBreakerPolicy,
) {
  const { cursor } = await stateOf(world, config.id);
  const request = nextPage(config.pager, cursor, world.clock.now());
  const content = await breaker.execute(() => ask(world, config, config.url, request.parameters));
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
      const { reason, row } = each;
      await writeLetter(transaction, world, config, { cursor, code: 'ROW_INVALID', reason, row });
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

async function afterFailure(
  world: SecretWorld,
  config: PolledConnector,
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
    writeLetter(transaction, world, config, {
      ...{ cursor, code: failure.kind.toUpperCase(), reason: failure.message, row: null },
    }),
  );
  await plan(world, config, { tries: 0, waitMs: config.everyMinutes * 60_000 });
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
  config: PolledConnector,
  next: { readonly tries?: number; readonly waitMs: number },
): Promise<void> {
  const at = new Date(world.clock.now().getTime() + next.waitMs).toISOString();
  await world.db
    .updateTable('connector_state')
    .set({ next_try_at: at, ...(next.tries === undefined ? {} : { tries: next.tries }) })
    .where('connector_id', '=', config.id)
    .execute();
}
