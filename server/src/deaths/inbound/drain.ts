import { type Kysely, sql } from 'kysely';
import { isHuiliuError } from '../../kernel/index.ts';
import { forWholeCity, openField } from '../../security/index.ts';
import type { InterfacesWorld } from '../apps/index.ts';
import type { ReportChannel } from '../model.ts';
import { backoffMs } from './backoff.ts';
import { placeOfBody } from './keep-events.ts';
import type { Registry } from './model.ts';
import type { EventBody } from './read-event.ts';
import type { InterfaceTables, Subject } from './tables.ts';
import { custodyReportOf, deathReportOf } from './to-report.ts';

/**
 * Events handed to the registry at once: one comparison serves them all. Many cost little more than
 * few, for the city is then read once and not person by person.
 */
const EVENTS_AT_A_TIME = 10_000;
/** Tries before an event waits for a person. */
export const MOST_TRIES = 8;

export interface DrainReport {
  readonly taken: number;
  readonly dead: number;
  readonly postponed: number;
  /** The environment failed; what waits is tried again later. */
  readonly failure: string | null;
}

interface WaitingRow {
  readonly inbox_no: bigint;
  readonly subject: Subject;
  readonly source: string;
  readonly event_id: string;
  readonly channel: ReportChannel;
  readonly app_id: string | null;
  readonly interface_id: string;
  readonly agency: string | null;
  readonly sealed_body: string;
  readonly received_at: string;
  readonly tries: number;
}

type Totals = { taken: number; dead: number; postponed: number };

/**
 * Hands waiting events to the registry in the order of arrival until none is due. An event is
 * marked only after its findings were delivered, so a crash in between repeats work and loses
 * none (at least once; registry and alerts are idempotent).
 */
export async function drainInbox(world: InterfacesWorld, registry: Registry): Promise<DrainReport> {
  const total: Totals = { taken: 0, dead: 0, postponed: 0 };
  for (;;) {
    const rows = await findDue(world);
    if (rows.length === 0) return { ...total, failure: null };
    const failure = await handOverInParts(world, registry, rows, total);
    if (failure !== null) return { ...total, failure };
  }
}

/**
 * Hands events over together; where that fails, in halves, so that one faulty event among
 * thousands is found in a dozen steps and delays no other. Returns a failure of the environment.
 */
async function handOverInParts(
  world: InterfacesWorld,
  registry: Registry,
  rows: readonly WaitingRow[],
  total: Totals,
): Promise<string | null> {
  try {
    await handOver(world, registry, rows);
    total.taken += rows.length;
    return null;
  } catch (error) {
    if (isEnvironment(error)) return textOf(error);
    const [only] = rows;
    if (rows.length === 1 && only !== undefined) {
      total[await putBack(world, only, error)] += 1;
      return null;
    }
  }
  const middle = rows.length >> 1;
  for (const half of [rows.slice(0, middle), rows.slice(middle)]) {
    const failure = await handOverInParts(world, registry, half, total);
    if (failure !== null) return failure;
  }
  return null;
}

async function findDue(world: InterfacesWorld): Promise<readonly WaitingRow[]> {
  return forWholeCity(world.db, (transaction) =>
    transaction
      .selectFrom('inbound_event')
      .select(['inbox_no', 'subject', 'source', 'event_id', 'channel', 'app_id', 'interface_id'])
      .select(['agency', 'sealed_body', 'received_at', 'tries'])
      .where('state', '=', 'waiting')
      .where('next_try_at', '<=', world.clock.now().toISOString())
      .orderBy('inbox_no')
      .limit(EVENTS_AT_A_TIME)
      .$castTo<WaitingRow>()
      .execute(),
  );
}

async function handOver(
  world: InterfacesWorld,
  registry: Registry,
  rows: readonly WaitingRow[],
): Promise<void> {
  const read = rows.map((row) => ({ row, body: openBody(world, row) }));
  const of = (subject: Subject) => read.filter(({ row }) => row.subject === subject);
  const deaths = of('death').map(({ row, body }) => deathReportOf(body, originOf(row)));
  const custody = of('custody').map(({ row, body }) => custodyReportOf(body, originOf(row)));
  const subjects = new Set([
    ...(deaths.length === 0 ? [] : await registry.takeDeaths(deaths)),
    ...(custody.length === 0 ? [] : await registry.takeCustody(custody)),
  ]);
  const delivery = subjects.size === 0 ? null : await registry.compare([...subjects]);
  if (delivery !== null) await registry.deliver(delivery);
  await settle(world, rows);
}

async function settle(world: InterfacesWorld, rows: readonly WaitingRow[]): Promise<void> {
  const numbers = rows.map((row) => row.inbox_no);
  await forWholeCity(world.db, (transaction) =>
    sql`update inbound_event set state = 'taken', settled_at = ${world.clock.now().toISOString()},
        reason_code = null, reason = null
      where inbox_no = any(${numbers}::bigint[])`.execute(transaction),
  );
}

/** Plans another try of an event that failed by itself, or leaves it to a person. */
async function putBack(
  world: InterfacesWorld,
  row: WaitingRow,
  error: unknown,
): Promise<'dead' | 'postponed'> {
  // What is wrong with the event itself does not get better by waiting.
  const hopeless = isHuiliuError(error) && error.kind === 'invalid';
  const tries = row.tries + 1;
  const dead = hopeless || tries >= MOST_TRIES;
  const now = world.clock.now();
  const wait = backoffMs(tries, world.random.fraction());
  await forWholeCity(world.db, async (transaction) => {
    await transaction
      .updateTable('inbound_event')
      .set({
        tries,
        state: dead ? 'dead' : 'waiting',
        next_try_at: new Date(now.getTime() + wait).toISOString(),
        reason_code: isHuiliuError(error) ? error.code : 'DEATHS_INTERNAL',
        reason: textOf(error),
        settled_at: dead ? now.toISOString() : null,
      })
      .where('inbox_no', '=', row.inbox_no)
      .execute();
    if (dead) await raiseDeadLetter(transaction, row, now.toISOString());
  });
  return dead ? 'dead' : 'postponed';
}

async function raiseDeadLetter(
  db: Kysely<InterfaceTables>,
  row: WaitingRow,
  now: string,
): Promise<void> {
  await sql`
    insert into interface_alarm (interface_id, kind, detail, opened_at)
    values (${row.interface_id}, 'dead_letter', '有报送未能处理，等待人工查看原因后重新处理', ${now})
    on conflict (interface_id, kind) where closed_at is null and kind <> 'event_differs'
    do nothing`.execute(db);
}

function openBody(world: InterfacesWorld, row: WaitingRow): EventBody {
  const place = placeOfBody(row.subject, row.source, row.event_id);
  return JSON.parse(openField(world.keys, place, row.sealed_body)) as EventBody;
}

function originOf(row: WaitingRow) {
  const { source, agency, received_at: receivedAt, channel, app_id: appId } = row;
  return { source, agency, receivedAt, channel, appId };
}

/** The database, the disk or a lock is in the way: no event is to blame for it. */
function isEnvironment(error: unknown): boolean {
  if (isHuiliuError(error)) return error.kind === 'unavailable' || error.kind === 'conflict';
  const code = (error as { code?: unknown } | null)?.code;
  // Connection lost (08), out of resources (53), shutting down (57); Node's own are E….
  return typeof code === 'string' && /^(08|53|57|E[A-Z]+$)/.test(code);
}

/** Our own messages carry no personal data; those of libraries may quote values and stay out. */
function textOf(error: unknown): string {
  return isHuiliuError(error) ? error.message.slice(0, 1000) : '处理时内部出错，已记入运行日志';
}
