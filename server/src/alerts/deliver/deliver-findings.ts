import { sql } from 'kysely';
import type { FindingDelivery } from '../../contract/index.ts';
import { shanghaiDay, shanghaiTime } from '../../kernel/index.ts';
import { workingCalendar } from '../../municipal/index.ts';
import { forWholeCity } from '../../security/index.ts';
import type { AlertsTransaction } from '../tables.ts';
import type { AlertsWorld } from '../world.ts';
import { judgeDelivered } from './judge.ts';
import { openNew } from './open-new.ts';
import { stageDelivery } from './stage.ts';
import {
  bringBack,
  changeFacts,
  markVanished,
  refreshCases,
  reopenRecurred,
} from './update-known.ts';

/** What a delivery did. Counted in alerts, one per rule and key; `recurred` in cases. */
export interface DeliveryResult {
  readonly opened: number;
  readonly updated: number;
  readonly vanished: number;
  readonly recurred: number;
  /** The same facts were already judged, or another rule tells them: nothing is opened. */
  readonly suppressed: number;
}

/** What every step of a delivery needs to know. */
export interface Moment {
  readonly now: string;
  readonly today: string;
  readonly dueOn: string;
  readonly delivery: FindingDelivery;
}

/** Any number no other lock of the operational database uses. */
const DELIVERY_LOCK = 4_872_150_971;

/**
 * Opens and updates alerts (预警) from what one producer found in one run, in one transaction. Running
 * it again changes nothing; a finding that is no longer there is marked as vanished, and a person
 * decides what that means. 200,000 findings took 39 s on two cores busy with other work.
 */
export async function deliverFindings(
  world: AlertsWorld,
  delivery: FindingDelivery,
): Promise<DeliveryResult> {
  const now = world.clock.now();
  const today = shanghaiDay(now);
  const calendar = workingCalendar(world.content);
  const moment: Moment = {
    now: shanghaiTime(now),
    today,
    dueOn: calendar.addWorkingDays(today, world.handling.limits.assign),
    delivery,
  };
  return forWholeCity(world.db, async (db) => {
    await sql`select pg_advisory_xact_lock(${sql.lit(DELIVERY_LOCK)})`.execute(db);
    await stageDelivery(db, delivery);
    await judgeDelivered(db, delivery.asOf);
    const recurred = await reopenRecurred(db, moment);
    await changeFacts(db, moment);
    await bringBack(db, moment);
    await openNew(db, moment);
    const vanished = await markVanished(db, moment);
    await refreshCases(db, moment);
    const result = { ...(await fates(db)), vanished, recurred };
    await sql`insert into alert_delivery
        (run_id, source, as_of, delivered_at, findings, opened, updated, vanished, recurred, suppressed)
      values (${delivery.runId}, ${delivery.source}, ${delivery.asOf}, ${moment.now},
        ${delivery.findings.length}, ${result.opened}, ${result.updated}, ${vanished}, ${recurred},
        ${result.suppressed})`.execute(db);
    return result;
  });
}

async function fates(
  db: AlertsTransaction,
): Promise<Pick<DeliveryResult, 'opened' | 'updated' | 'suppressed'>> {
  const { rows } = await sql<{ opened: number; updated: number; suppressed: number }>`select
      cast(count(*) filter (where fate = 'new') as integer) as opened,
      cast(count(*) filter (where fate in ('changed', 'back')) as integer) as updated,
      cast(count(*) filter (where fate in ('suppressed', 'covered')) as integer) as suppressed
    from delivered`.execute(db);
  return rows[0] ?? { opened: 0, updated: 0, suppressed: 0 };
}
