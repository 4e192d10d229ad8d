import { randomBytes } from 'node:crypto';
import { sm3Hex } from '../../signing/index.ts';
import { keyRefused, sessionRequired } from '../errors.ts';
import { hashToken } from '../sessions/token.ts';
import type { ChallengePurpose } from '../tables.ts';
import type { IdentityWorld } from '../world.ts';
import { requireRelyingParty } from './relying-party.ts';

/** Long enough to find the key and touch it. */
export const CHALLENGE_SECONDS = 120;

/**
 * Issues what a security key is to sign (质询): for one session and one purpose, for two minutes. An
 * earlier one of the same session and purpose is dead. Only its hash is stored.
 * @throws SECURITY_SESSION_REQUIRED
 */
export async function issueChallenge(
  { db, clock }: Pick<IdentityWorld, 'db' | 'clock'>,
  token: string,
  purpose: ChallengePurpose,
): Promise<string> {
  const challenge = randomBytes(32).toString('base64url');
  const now = clock.now().getTime();
  const validTo = new Date(now + CHALLENGE_SECONDS * 1_000).toISOString();
  const session = await db
    .selectFrom('identity_session')
    .select('session_id')
    .where('id_hash', '=', hashToken(token))
    .where('ended_at', 'is', null)
    .executeTakeFirst();
  if (session === undefined) throw sessionRequired({});
  const stored = { challenge_hash: sm3Hex(challenge), valid_to: validTo };
  await db
    .deleteFrom('identity_key_challenge')
    .where('valid_to', '<', new Date(now).toISOString())
    .execute();
  await db
    .insertInto('identity_key_challenge')
    .values({ ...stored, session_id: session.session_id, purpose })
    .onConflict((same) => same.columns(['session_id', 'purpose']).doUpdateSet(stored))
    .execute();
  return challenge;
}

/**
 * Takes a challenge out of the database: true once, for the session and purpose it was issued for.
 * Whatever comes of the answer, it cannot be answered again.
 */
async function takeChallenge(
  { db, clock }: Pick<IdentityWorld, 'db' | 'clock'>,
  token: string,
  purpose: ChallengePurpose,
  challenge: string,
): Promise<boolean> {
  const { numDeletedRows } = await db
    .deleteFrom('identity_key_challenge')
    .where('challenge_hash', '=', sm3Hex(challenge))
    .where('purpose', '=', purpose)
    .where('valid_to', '>', clock.now().toISOString())
    .where('session_id', 'in', (of) =>
      of
        .selectFrom('identity_session')
        .select('session_id')
        .where('id_hash', '=', hashToken(token))
        .where('ended_at', 'is', null),
    )
    .executeTakeFirst();
  return numDeletedRows === 1n;
}

/** What every answer of a key must show, as the library takes it. */
export interface Expected {
  readonly expectedChallenge: (challenge: string) => Promise<boolean>;
  readonly expectedOrigin: string;
  readonly expectedRPID: string;
  readonly requireUserVerification: true;
}

/**
 * Verifies an answer against a challenge, which is spent by it. What the library finds wrong is said
 * in our words; a database that fails is nobody's wrong answer.
 * @throws SECURITY_FACTOR_KEY_OFF, SECURITY_FACTOR_KEY_REFUSED
 */
export async function verifyAnswer<T>(
  world: IdentityWorld,
  token: string,
  purpose: ChallengePurpose,
  verify: (expected: Expected) => Promise<T>,
): Promise<T> {
  const { origin, id } = requireRelyingParty(world);
  let taken: Promise<boolean> | undefined;
  const expectedChallenge = (challenge: string) => {
    taken = takeChallenge(world, token, purpose, challenge);
    return taken;
  };
  try {
    return await verify({
      ...{ expectedChallenge, expectedOrigin: origin, expectedRPID: id },
      requireUserVerification: true,
    });
  } catch (error) {
    const known = (await taken) !== false;
    const what = known
      ? '密钥的答复不符合要求（来源、本人验证、算法或签名不对）'
      : '这次询问已过期、已用过或不是本次登录发出的';
    throw keyRefused({ what }, error);
  }
}
