import { sql } from 'kysely';
import type { Principal } from '../../../contract/index.ts';
import { shanghaiTime } from '../../../kernel/index.ts';
import type { IdentityWorld } from '../../identity/world.ts';
import { quotaExceeded } from '../errors.ts';
import { type AlarmKind, raiseAlarm } from './alarms.ts';

interface Views {
  readonly hour: number;
  readonly day: number;
  readonly known: boolean;
  readonly oldest_hour: string | null;
  readonly oldest_day: string | null;
  readonly near: number;
}

/** Looking at the same person again costs nothing; different persons are counted. */
const HOUR_MS = 3_600_000;
/** Numbers this near count as one run of neighbours. */
const NEIGHBOURS = 10;

/**
 * Counts a look at a person's record against the quota (查询限额) and raises alarms on what is unusual:
 * one's own record or a declared relative's, colleagues, off hours, numbers in sequence. Call it
 * before anything of the person is shown. The command line has no quota.
 * @throws SECURITY_QUERY_QUOTA
 * @source requirement R23
 */
export async function checkPersonQuota(
  world: IdentityWorld,
  principal: Principal,
  personId: string,
): Promise<void> {
  if (principal.accountId === null) return;
  const { actor } = principal;
  const now = world.clock.now();
  const { queries } = world.policy.limits;
  // Two looks at once must not both be the fiftieth.
  const refusal = await world.db.transaction().execute(async (transaction) => {
    await sql`select pg_advisory_xact_lock(hashtextextended(${`access_view ${actor}`}, 0))`.execute(
      transaction,
    );
    const views = await countViews({ ...world, db: transaction }, actor, personId);
    const over = overQuota(views, queries);
    if (!views.known && over !== null) {
      const kind = over.per === '一小时' ? 'quota_hour' : 'quota_day';
      await raiseAlarm(world, transaction, { kind, actor, personId: null });
      const since = Date.parse(over.oldest ?? now.toISOString());
      const retry = Math.ceil((since + over.spanMs - now.getTime()) / 1_000);
      return quotaExceeded({ limit: over.limit, per: over.per, retry_after_s: Math.max(1, retry) });
    }
    await transaction
      .insertInto('access_view')
      .values({ actor, person_id: personId, at: now.toISOString() })
      .execute();
    for (const kind of await unusual({ ...world, db: transaction }, principal, personId, views)) {
      await raiseAlarm(world, transaction, {
        ...{ kind, actor },
        personId: kind === 'own_record' || kind === 'colleague' ? personId : null,
      });
    }
    return null;
  });
  if (refusal !== null) throw refusal;
}

function overQuota(
  views: Views,
  limits: { persons_per_hour: number; persons_per_day: number },
): { limit: number; per: string; oldest: string | null; spanMs: number } | null {
  if (views.hour >= limits.persons_per_hour) {
    const { persons_per_hour: limit } = limits;
    return { limit, per: '一小时', oldest: views.oldest_hour, spanMs: HOUR_MS };
  }
  if (views.day >= limits.persons_per_day) {
    const { persons_per_day: limit } = limits;
    return { limit, per: '一天', oldest: views.oldest_day, spanMs: 24 * HOUR_MS };
  }
  return null;
}

async function countViews(world: IdentityWorld, actor: string, personId: string): Promise<Views> {
  const now = world.clock.now().getTime();
  const hour = new Date(now - HOUR_MS).toISOString();
  const day = new Date(now - 24 * HOUR_MS).toISOString();
  const [, letters = '', digits = '0'] = /^(.*?)(\d{1,15})$/.exec(personId) ?? [];
  const { rows } = await sql<Views>`
    with seen as (
      select person_id, max(at) as at from access_view
      where actor = ${actor} and at > ${day} group by person_id
    )
    select
      count(*) filter (where at > ${hour})::int as hour,
      count(*)::int as day,
      coalesce(bool_or(person_id = ${personId}), false) as known,
      min(at) filter (where at > ${hour}) as oldest_hour,
      min(at) as oldest_day,
      count(*) filter (where at > ${hour} and person_id like ${`${letters.replace(/[\\%_]/g, '\\$&')}%`}
        and substring(person_id from '(\\d{1,15})$')::numeric
          between ${Number(digits) - NEIGHBOURS}::numeric and ${Number(digits) + NEIGHBOURS}::numeric)::int as near
    from seen
  `.execute(world.db);
  const [views] = rows;
  if (views === undefined) throw new Error('counting views gave no row');
  return views;
}

async function unusual(
  world: IdentityWorld,
  principal: Principal,
  personId: string,
  views: Views,
): Promise<AlarmKind[]> {
  const { work_hours, sequential } = world.policy.limits.queries;
  const [from = '', to = ''] = work_hours;
  const time = shanghaiTime(world.clock.now()).slice(11, 16);
  const relation = await relationOf(world, principal, personId);
  return [
    ...(relation === null ? [] : [relation]),
    ...(time < from || time >= to ? (['off_hours'] as const) : []),
    ...(!views.known && views.near + 1 >= sequential ? (['sequential'] as const) : []),
  ];
}

/** Own person ids and relatives' are declared with the account (R24); others' accounts name colleagues. */
async function relationOf(
  { db }: IdentityWorld,
  { accountId }: Principal,
  personId: string,
): Promise<'own_record' | 'colleague' | null> {
  const rows = await db
    .selectFrom('identity_account')
    .select('account_id')
    .where(sql<boolean>`relatives @> array[${personId}]::text[]`)
    .execute();
  if (rows.some(({ account_id }) => account_id === accountId)) return 'own_record';
  return rows.length > 0 ? 'colleague' : null;
}
