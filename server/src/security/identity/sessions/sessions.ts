import type { Selectable } from 'kysely';
import { shanghaiDay, shanghaiTime } from '../../../kernel/index.ts';
import { sessionRequired } from '../errors.ts';
import { readSealed } from '../read-sealed.ts';
import { type AccountRow, assertSealed, type IdentityTransaction } from '../seal.ts';
import type { Factor, IdentityTables } from '../tables.ts';
import type { IdentityWorld } from '../world.ts';
import {
  boundFactors,
  passwordExpiry,
  principalOfAccount,
  type SignedIn,
  stageOf,
} from './signed-in.ts';
import { csrfTokenOf, hashToken, isToken, newToken } from './token.ts';

/** Why a session ended; the next request is told. */
export type SessionEnd =
  | 'logout'
  | 'replaced'
  | 'kicked'
  | 'disabled'
  | 'rights_changed'
  | 'password_changed'
  | 'factor_changed';

/** `seen_at` is written at most this often: reading must not cost a write each time. */
const SEEN_EVERY_MS = 30_000;

/** Where a request comes from, for lists and alarms. */
export interface Caller {
  readonly address: string;
  /** What the browser calls itself, cut short. */
  readonly device: string;
}

/** Opens a session; the oldest beyond the number allowed at a time end. Returns its id. */
export async function openSession(
  world: IdentityWorld,
  transaction: IdentityTransaction,
  account: Pick<AccountRow, 'account_id'>,
  factor: Factor,
  caller: Caller,
): Promise<string> {
  const token = newToken();
  const now = world.clock.now().toISOString();
  const { concurrent } = world.policy.limits.session;
  const others = await transaction
    .selectFrom('identity_session')
    .select('session_id')
    .where('account_id', '=', account.account_id)
    .where('ended_at', 'is', null)
    .orderBy('created_at', 'desc')
    .execute();
  for (const { session_id } of others.slice(concurrent - 1)) {
    await endSession(world, transaction, String(session_id), 'replaced');
  }
  await transaction
    .insertInto('identity_session')
    .values({
      id_hash: hashToken(token),
      account_id: account.account_id,
      factor,
      created_at: now,
      seen_at: now,
      address: caller.address.slice(0, 60),
      device: caller.device.slice(0, 120),
      step_up_until: null,
      ended_at: null,
      end_reason: null,
    })
    .execute();
  return token;
}

/** Gives a session a new id, so that one noted before a proof is worth nothing after it (R09). */
export async function rotateSession(
  transaction: IdentityTransaction,
  token: string,
  change: Partial<Pick<IdentityTables['identity_session'], 'factor' | 'step_up_until'>> = {},
): Promise<string> {
  const next = newToken();
  const { numUpdatedRows } = await transaction
    .updateTable('identity_session')
    .set({ id_hash: hashToken(next), ...change })
    .where('id_hash', '=', hashToken(token))
    .where('ended_at', 'is', null)
    .executeTakeFirst();
  if (numUpdatedRows !== 1n) throw sessionRequired({});
  return next;
}

export async function endSession(
  world: Pick<IdentityWorld, 'clock'>,
  db: IdentityTransaction | IdentityWorld['db'],
  sessionId: string,
  reason: SessionEnd,
): Promise<boolean> {
  const { numUpdatedRows } = await db
    .updateTable('identity_session')
    .set({ ended_at: world.clock.now().toISOString(), end_reason: reason })
    .where('session_id', '=', BigInt(sessionId))
    .where('ended_at', 'is', null)
    .executeTakeFirst();
  return numUpdatedRows === 1n;
}

/** Ends every session of an account at once (R11), but one that made the change itself. */
export async function endSessionsOf(
  world: Pick<IdentityWorld, 'clock'>,
  transaction: IdentityTransaction,
  accountId: string,
  reason: SessionEnd,
  except?: string,
): Promise<void> {
  await transaction
    .updateTable('identity_session')
    .set({ ended_at: world.clock.now().toISOString(), end_reason: reason })
    .where('account_id', '=', accountId)
    .where('ended_at', 'is', null)
    .where('id_hash', '<>', except === undefined ? '' : hashToken(except))
    .execute();
}

/**
 * Finds who holds a session id. Everything is read from the database at each request, so that an
 * end, a disabled account or changed rights hold at once on every node.
 * @throws SECURITY_SESSION_REQUIRED, SECURITY_ACCESS_TAMPERED
 */
export async function findSignedIn(world: IdentityWorld, token: string): Promise<SignedIn> {
  if (!isToken(token)) throw sessionRequired({});
  const session = await findSession(world, token);
  const sealed = await readSealed(world.db, (all) =>
    all.where('account_id', '=', session.account_id),
  );
  if (sealed === null) throw sessionRequired({});
  const { account } = sealed;
  assertSealed(world.key, sealed);
  if (!isUsable(world, account)) throw sessionRequired({ reason: 'disabled' });
  const principal = principalOfAccount(world, sealed, String(session.session_id));
  const { limits } = world.policy;
  const now = world.clock.now();
  const stepUp =
    session.step_up_until !== null && Date.parse(session.step_up_until) > now.getTime();
  return {
    principal,
    stage: stageOf(world, sealed, session.factor, principal.permissions),
    factor: session.factor,
    stepUpUntil: stepUp ? shanghaiTime(new Date(session.step_up_until ?? 0)) : null,
    expiresAt: shanghaiTime(
      new Date(Date.parse(session.created_at) + limits.session.absolute_hours * 3_600_000),
    ),
    idleMinutes: limits.session.idle_minutes,
    secondFactors: boundFactors(sealed),
    passwordExpiresOn: passwordExpiry(world, account),
    csrfToken: csrfTokenOf(world.key, token),
    demo: world.demo,
  };
}

/** Tells whether a session still stands, for connections that stay open (live events). */
export async function sessionStands(world: IdentityWorld, sessionId: string): Promise<boolean> {
  const row = await world.db
    .selectFrom('identity_session')
    .select('ended_at')
    .where('session_id', '=', BigInt(sessionId))
    .where('ended_at', 'is', null)
    .executeTakeFirst();
  return row !== undefined;
}

/** Tells whether an account may be used today. */
export function isUsable(world: Pick<IdentityWorld, 'clock'>, account: AccountRow): boolean {
  const today = shanghaiDay(world.clock.now());
  return account.state === 'active' && (account.valid_to === null || account.valid_to >= today);
}

async function findSession(
  world: IdentityWorld,
  token: string,
): Promise<Selectable<IdentityTables['identity_session']>> {
  const session = await world.db
    .selectFrom('identity_session')
    .selectAll()
    .where('id_hash', '=', hashToken(token))
    .executeTakeFirst();
  if (session === undefined) throw sessionRequired({});
  if (session.ended_at !== null) throw sessionRequired({ reason: session.end_reason ?? '' });
  const now = world.clock.now().getTime();
  const { idle_minutes, absolute_hours } = world.policy.limits.session;
  const idle = now - Date.parse(session.seen_at);
  if (idle > idle_minutes * 60_000) throw sessionRequired({ reason: 'idle' });
  if (now - Date.parse(session.created_at) > absolute_hours * 3_600_000) {
    throw sessionRequired({ reason: 'expired' });
  }
  if (idle > SEEN_EVERY_MS) {
    await world.db
      .updateTable('identity_session')
      .set({ seen_at: world.clock.now().toISOString() })
      .where('id_hash', '=', session.id_hash)
      .execute();
  }
  return session;
}
