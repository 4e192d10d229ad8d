import type { Kysely } from 'kysely';
import type { Paging } from '../../identity/accounts/list-accounts.ts';
import type { IdentityTables } from '../../identity/tables.ts';
import type { IdentityWorld } from '../../identity/world.ts';
import { alarmUnknown } from '../errors.ts';

/** What is noticeable about looking at people and about signing in (异常告警). */
export const ALARM_KINDS = {
  quota_hour: '一小时内查看人数达到限额',
  quota_day: '一天内查看人数达到限额',
  own_record: '查看本人或已申报亲属的档案',
  colleague: '查看同事的档案',
  off_hours: '非工作时间查看档案',
  sequential: '连号查看档案',
  spraying: '同一地址大量登录失败',
  guessing: '同一账号连续登录失败，已锁定',
  tampered: '账号或授权记录被绕过系统改动',
  key_counter: '安全密钥的签名计数回退，密钥可能被复制',
} as const;

export type AlarmKind = keyof typeof ALARM_KINDS;

/**
 * Raises an alarm, once an hour for each kind and actor, or each person where one is named: a list
 * nobody can read through warns nobody.
 */
export async function raiseAlarm(
  world: Pick<IdentityWorld, 'clock'>,
  db: Kysely<IdentityTables>,
  alarm: { kind: AlarmKind; actor: string; personId: string | null; detail?: string },
): Promise<void> {
  const now = world.clock.now();
  const recent = await db
    .selectFrom('access_alarm')
    .select('alarm_id')
    .where('kind', '=', alarm.kind)
    .where('actor', '=', alarm.actor)
    .where('object', 'is not distinct from', alarm.personId)
    .where('at', '>', new Date(now.getTime() - 3_600_000).toISOString())
    .executeTakeFirst();
  if (recent !== undefined) return;
  await db
    .insertInto('access_alarm')
    .values({
      kind: alarm.kind,
      actor: alarm.actor,
      object: alarm.personId,
      detail: alarm.detail ?? ALARM_KINDS[alarm.kind],
      at: now.toISOString(),
      ...{ handled_by: null, handled_at: null, result: null },
    })
    .execute();
}

/** Lists alarms, open ones first. */
export async function listAlarms(
  { db }: IdentityWorld,
  filter: { readonly open?: boolean },
  paging: Paging,
) {
  let query = db.selectFrom('access_alarm');
  if (filter.open === true) query = query.where('handled_at', 'is', null);
  const { count } = await query
    .select((of) => of.fn.countAll<bigint>().as('count'))
    .executeTakeFirstOrThrow();
  const rows = await query
    .selectAll()
    .orderBy((of) => of('handled_at', 'is', null), 'desc')
    .orderBy('alarm_id', 'desc')
    .offset(paging.offset)
    .limit(paging.limit)
    .execute();
  return { rows, total: Number(count) };
}

/** Notes what came of looking into an alarm (处理告警). @throws SECURITY_ALARM_UNKNOWN */
export async function handleAlarm(
  world: IdentityWorld,
  by: { readonly actor: string },
  alarmId: string,
  result: string,
): Promise<void> {
  const { numUpdatedRows } = await world.db
    .updateTable('access_alarm')
    .set({ handled_by: by.actor, handled_at: world.clock.now().toISOString(), result })
    .where('alarm_id', '=', BigInt(alarmId))
    .where('handled_at', 'is', null)
    // Nobody waves through what is about themselves.
    .where('actor', '<>', by.actor)
    .executeTakeFirst();
  if (numUpdatedRows !== 1n) throw alarmUnknown({});
}
