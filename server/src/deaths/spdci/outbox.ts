import { type Kysely, sql } from 'kysely';
import { type FieldPlace, openField, sealField } from '../../security/index.ts';
import type { AppBook, InterfacesWorld, KnownApp } from '../apps/index.ts';
import { interfaceOfApp } from '../apps/index.ts';
import { callDepartment, type Network } from '../connectors/call-department.ts';
import { CallFailure } from '../connectors/failure.ts';
import type { HealthBook } from '../freshness/health-book.ts';
import { backoffMs, type InterfaceTables, MOST_TRIES } from '../inbound/index.ts';
import type { DeathReport } from '../model.ts';
import { readIdNumber, subjectOfId } from '../registry/identity.ts';
import { eventKey } from '../registry/take-in.ts';
import type { CallbackAction, Json } from './envelope.ts';
import { makeSignature } from './signature.ts';

/** What of ours goes where below the address a partner registered. */
const PATHS: Readonly<Record<CallbackAction, string>> = {
  ...{ 'on-search': 'on-search', 'on-subscribe': 'on-subscribe', notify: 'notify' },
  ...{ 'on-unsubscribe': 'on-unsubscribe', 'txn-on-status': 'txn/on-status' },
};
const MESSAGES_AT_A_TIME = 100;
const TIMEOUT_MS = 10_000;

const placeOf = (appId: string): FieldPlace => ({
  ...{ table: 'spdci_outbox', column: 'sealed_message', key: appId },
});

/** The event a subscriber is told of, once however often it is handed over. */
interface Cause {
  readonly subscription: string;
  readonly event: string;
}

/** Puts a message to a partner into the outbox, in the transaction of what caused it. */
export async function putOut(
  world: InterfacesWorld,
  db: Kysely<InterfaceTables>,
  appId: string,
  action: CallbackAction,
  message: Json,
  cause: Cause | null = null,
): Promise<void> {
  const now = world.clock.now().toISOString();
  await db
    .insertInto('spdci_outbox')
    .values({
      ...{ app_id: appId, action, created_at: now, next_try_at: now },
      ...{ sent_at: null, dead_at: null, reason: null },
      sealed_message: sealField(world.keys, placeOf(appId), JSON.stringify(message)),
      ...{ subscription: cause?.subscription ?? null, event_key: cause?.event ?? null },
    })
    .onConflict((conflict) => conflict.columns(['subscription', 'event_key']).doNothing())
    .execute();
}

/**
 * Writes a notice for everybody who subscribed to the death of one of these people. Reports come
 * again when their batch is tried again; a subscriber is told of each event once.
 */
export async function putNotices(
  world: InterfacesWorld,
  reports: readonly DeathReport[],
): Promise<void> {
  const named = reports.flatMap((report) => {
    if (report.idNo === null || report.kind === 'revocation') return [];
    const idNo = readIdNumber(report.idNo).value;
    return [{ report, idNo, subject: subjectOfId(world.keys, idNo) }];
  });
  if (named.length === 0) return;
  const subjects = named.map((each) => each.subject);
  const found = await world.db
    .selectFrom('spdci_subscription')
    .select(['code', 'app_id', 'criteria'])
    .where('state', '=', 'subscribe')
    .where((is) => is('criteria', '=', is.fn.any(is.val(subjects))))
    .execute();
  if (found.length === 0) return;
  await world.db.transaction().execute(async (transaction) => {
    for (const { code, app_id: appId, criteria } of found) {
      for (const { report, idNo } of named.filter((each) => each.subject === criteria)) {
        const notice = noticeOf(world, report, idNo);
        const cause = { subscription: code, event: eventKey(report.source, report.eventId) };
        await putOut(world, transaction, appId, 'notify', notice, cause);
      }
    }
  });
}

function noticeOf(world: InterfacesWorld, report: DeathReport, idNo: string): Json {
  const reference = `${report.source}-${report.eventId}`;
  const record = {
    ...{ '@type': 'CRVS_Person', death_status: 'reported' },
    identifier: { '@type': 'Identifier', identifier_type: 'UIN', identifier_value: idNo },
    ...(report.deathDate === null ? {} : { death_date: report.deathDate }),
  };
  const event = {
    ...{ reference_id: reference, timestamp: world.clock.now().toISOString() },
    data: {
      ...{ version: '1.0.0', reg_event_type: 'DEATH' },
      ...{ reg_record_type: 'spdci-extensions-dci:Person', reg_records: record },
    },
  };
  return { transaction_id: reference, notify_event: [event] };
}

export interface RelayWorld extends InterfacesWorld {
  readonly apps: AppBook;
  readonly health: HealthBook;
  readonly network: Network;
}

/** Sends what is due, partner by partner: one that hangs holds up only its own messages. */
export async function relayOutbox(world: RelayWorld): Promise<number> {
  const due = await world.db
    .selectFrom('spdci_outbox')
    .select(['message_no', 'app_id', 'action', 'sealed_message', 'tries'])
    .where('sent_at', 'is', null)
    .where('dead_at', 'is', null)
    .where('next_try_at', '<=', world.clock.now().toISOString())
    .orderBy('message_no')
    .limit(MESSAGES_AT_A_TIME)
    .execute();
  const byApp = Map.groupBy(due, (row) => row.app_id);
  const sent = await Promise.all([...byApp].map(([appId, rows]) => relayTo(world, appId, rows)));
  return sent.reduce((sum, each) => sum + each, 0);
}

interface OutRow {
  readonly message_no: bigint;
  readonly action: string;
  readonly sealed_message: string;
  readonly tries: number;
}

async function relayTo(world: RelayWorld, appId: string, rows: readonly OutRow[]): Promise<number> {
  const app = await world.apps.find(appId);
  let sent = 0;
  for (const row of rows) {
    const failure = await post(world, app, appId, row);
    await settle(world, row, failure);
    if (failure !== null) {
      world.health.failed(interfaceOfApp(appId), failure.kind, failure.message);
      // What comes after would fail alike; it keeps its turn.
      return sent;
    }
    sent += 1;
  }
  return sent;
}

async function post(
  world: RelayWorld,
  app: KnownApp | null,
  appId: string,
  row: OutRow,
): Promise<CallFailure | null> {
  const base = app?.callbackUrl ?? null;
  if (app === null || base === null)
    return new CallFailure('refused', '应用已停用或没有登记回调地址');
  const action = row.action as CallbackAction;
  const message = JSON.parse(openField(world.keys, placeOf(appId), row.sealed_message)) as Json;
  const now = world.clock.now();
  const header: Json = {
    ...{ version: '1.0.0', message_id: `huiliu-${row.message_no}`, message_ts: now.toISOString() },
    ...{ action, status: 'succ', total_count: 1, completed_count: 1 },
    ...{ sender_id: 'huiliu', receiver_id: appId },
  };
  const signature = makeSignature({ header, message }, app, now);
  const body = JSON.stringify({ ...(signature === null ? {} : { signature }), header, message });
  const target = { url: `${base.replace(/\/$/, '')}/${PATHS[action]}`, timeoutMs: TIMEOUT_MS, now };
  const call = { headers: { 'content-type': 'application/json; charset=utf-8' }, body };
  try {
    await callDepartment(world.network, [URL.parse(base)?.host ?? ''], target, call);
    return null;
  } catch (error) {
    if (error instanceof CallFailure) return error;
    throw error;
  }
}

async function settle(world: RelayWorld, row: OutRow, failure: CallFailure | null): Promise<void> {
  const now = world.clock.now();
  const tries = row.tries + 1;
  const dead = failure !== null && tries >= MOST_TRIES;
  const wait =
    failure === null
      ? 0
      : Math.max(backoffMs(tries, world.random.fraction()), failure.retryAfterMs);
  await sql`update spdci_outbox set tries = ${tries},
      sent_at = ${failure === null ? now.toISOString() : null},
      dead_at = ${dead ? now.toISOString() : null},
      next_try_at = ${new Date(now.getTime() + wait).toISOString()},
      reason = ${failure?.message.slice(0, 1000) ?? null}
    where message_no = ${row.message_no}`.execute(world.db);
}
