import { sql } from 'kysely';
import type { IdentityWorld } from '../world.ts';

/** What earlier failures mean for a try to sign in. */
export interface Throttle {
  /** The address guesses too much at all accounts together: it is told so. */
  readonly addressRetryAfterS: number | null;
  /** This login is locked for this address, or for every address but the usual ones. */
  readonly locked: boolean;
  /** How long the answer to a further failure waits. */
  readonly delayMs: number;
}

interface Counts {
  readonly pair: number;
  readonly burst: boolean;
  readonly address: number;
  readonly address_since: string | null;
  readonly account: number;
  readonly known: boolean;
}

/**
 * Weighs earlier failures. Locks hold for login *and* address, so that nobody can lock a colleague
 * out from elsewhere; a login attacked from many addresses stays open for the addresses it is
 * usually used from (R05). Unknown logins are counted alike.
 */
export async function throttleOf(
  world: IdentityWorld,
  tag: string,
  address: string,
  accountId: string | null,
): Promise<Throttle> {
  const { login } = world.policy.limits;
  const now = world.clock.now();
  const counts = await countFailures(world, tag, address, accountId);
  const blocked = counts.address >= login.address_failures && counts.address_since !== null;
  const free = login.window_minutes * 60_000;
  const over = counts.pair + 1 - login.free_failures;
  return {
    addressRetryAfterS: blocked
      ? Math.max(1, (Date.parse(counts.address_since ?? '') + free - now.getTime()) / 1_000)
      : null,
    locked: counts.burst || (counts.account >= login.account_failures && !counts.known),
    delayMs: over <= 0 ? 0 : Math.min(login.longest_delay_seconds * 1_000, 500 * 2 ** (over - 1)),
  };
}

async function countFailures(
  world: IdentityWorld,
  tag: string,
  address: string,
  accountId: string | null,
): Promise<Counts> {
  const { login } = world.policy.limits;
  const now = world.clock.now().getTime();
  const ago = (minutes: number) => new Date(now - minutes * 60_000).toISOString();
  const since = ago(login.window_minutes);
  const { rows } = await sql<Counts>`
    with pair as (
      select at, at - lag(at, ${login.lock_failures - 1}::int) over (order by at) as span
      from identity_failure
      where login_tag = ${tag} and address = ${address}
        and at > ${ago(login.window_minutes + login.lock_minutes)}
    )
    select
      (select count(*)::int from pair where at > ${since}) as pair,
      exists (select 1 from pair
        where at > ${ago(login.lock_minutes)}
          and span <= make_interval(mins => ${login.window_minutes}::int)) as burst,
      (select count(*)::int from identity_failure where address = ${address} and at > ${since})
        as address,
      (select min(at) from identity_failure where address = ${address} and at > ${since})
        as address_since,
      (select count(*)::int from identity_failure where login_tag = ${tag} and at > ${since})
        as account,
      exists (select 1 from identity_known_address
        where account_id = ${accountId ?? ''} and address = ${address}
          and at > ${ago(login.known_address_days * 1_440)}) as known
  `.execute(world.db);
  const [counts] = rows;
  if (counts === undefined) throw new Error('counting failures gave no row');
  return counts;
}

/** Notes a failure; those too old to matter go. */
export async function noteFailure(
  world: IdentityWorld,
  tag: string,
  address: string,
): Promise<void> {
  const { login } = world.policy.limits;
  const now = world.clock.now();
  const keep = (login.window_minutes + login.lock_minutes) * 60_000;
  await world.db
    .insertInto('identity_failure')
    .values({ login_tag: tag, address, at: now.toISOString() })
    .execute();
  await world.db
    .deleteFrom('identity_failure')
    .where('at', '<', new Date(now.getTime() - keep).toISOString())
    .execute();
}

/** Forgets failures of a login from an address after the right password came from it. */
export async function forgetFailures(
  db: Pick<IdentityWorld['db'], 'deleteFrom'>,
  tag: string,
  address: string,
): Promise<void> {
  await db
    .deleteFrom('identity_failure')
    .where('login_tag', '=', tag)
    .where('address', '=', address)
    .execute();
}
