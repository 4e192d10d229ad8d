import type { Kysely } from 'kysely';
import type { KnownApp } from '../apps/index.ts';
import type { InterfaceTables } from '../inbound/index.ts';
import { readIdNumber, subjectOfId } from '../registry/identity.ts';
import { isJson, isText, type Json, listIn, Refusal } from './envelope.ts';
import type { SpdciWorld } from './handle.ts';

/** `…:Death` or `DEATH`. */
export const isDeathEvent = (type: unknown): boolean =>
  typeof type === 'string' && /(^|:)(death|deathregistration)$/i.test(type);

/** Subscribes to the death of people named by number; anything else is refused by its reason. */
export async function subscribe(
  world: SpdciWorld,
  db: Kysely<InterfaceTables>,
  app: KnownApp,
  message: Json,
): Promise<readonly Json[]> {
  const answers: Json[] = [];
  for (const request of listIn(message, 'subscribe_request')) {
    const timestamp = world.clock.now().toISOString();
    const reference = isText(request.reference_id) ? request.reference_id : null;
    const outcome =
      reference === null
        ? rejected('rjct.reference_id.invalid', '缺少 reference_id')
        : await subscribeOne(world, db, app, request.subscribe_criteria, timestamp);
    answers.push({ reference_id: reference ?? 'unknown', timestamp, ...outcome });
  }
  return answers;
}

const rejected = (code: string, why: string): Json => ({
  ...{ status: 'rjct', status_reason_code: code, status_reason_message: why },
});

async function subscribeOne(
  world: SpdciWorld,
  db: Kysely<InterfaceTables>,
  app: KnownApp,
  criteria: unknown,
  timestamp: string,
): Promise<Json> {
  if (!isJson(criteria)) return rejected('rjct.notify_details.invalid', '缺少 subscribe_criteria');
  const { reg_event_type: event, filter, notify_record_type: record } = criteria;
  if (!isDeathEvent(event)) return rejected('rjct.notify_types.invalid', '只提供死亡事件的订阅');
  const number = isJson(filter) && isText(filter.value) ? readIdNumber(filter.value) : null;
  if (number === null || number.problem !== null) {
    return rejected('rjct.person_id.invalid', 'filter 应写明一个公民身份号码（UIN）');
  }
  const code = `sub-${world.random.bytes(12).toString('hex')}`;
  const added = await db
    .insertInto('spdci_subscription')
    .values({
      ...{
        code,
        app_id: app.appId,
        event_type: 'DEATH',
        state: 'subscribe',
        created_at: timestamp,
      },
      // A search key: the table says nothing about who it is.
      ...{ criteria: subjectOfId(world.keys, number.value), ended_at: null },
    })
    .onConflict((conflict) => conflict.doNothing())
    .returning('code')
    .executeTakeFirst();
  if (added === undefined)
    return rejected('rjct.event.already_subscribed', '已经订阅过这个人的死亡事件');
  const subscription = {
    ...{ version: '1.0.0', code, status: 'subscribe', timestamp, reg_event_type: event, filter },
    ...(record === undefined ? {} : { notify_record_type: record }),
  };
  return { status: 'succ', subscriptions: [subscription] };
}

/** Ends subscriptions by their codes; an application ends only its own. */
export async function unsubscribe(
  world: SpdciWorld,
  db: Kysely<InterfaceTables>,
  app: KnownApp,
  message: Json,
): Promise<Json> {
  const codes = message.subscription_codes;
  if (!Array.isArray(codes) || codes.length === 0 || codes.length > 1_000 || !codes.every(isText)) {
    throw new Refusal(400, 'err.request.bad', 'message.subscription_codes 应为 1 到 1000 项的列表');
  }
  const timestamp = world.clock.now().toISOString();
  const ended = await db
    .updateTable('spdci_subscription')
    .set({ state: 'unsubscribe', ended_at: timestamp })
    .where('app_id', '=', app.appId)
    .where('code', 'in', codes as string[])
    .where('state', '=', 'subscribe')
    .returning('code')
    .execute();
  const done = ended.map(({ code }) => ({ code, status: 'unsubscribe' }));
  if (done.length === codes.length) return { timestamp, status: 'succ', subscription_status: done };
  const why = '有订阅代码不存在、已退订或不属于发送方';
  return {
    timestamp,
    ...rejected('rjct.subscription_code.invalid', why),
    subscription_status: done,
  };
}
