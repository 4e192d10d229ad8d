import { isHuiliuError } from '../../../kernel/index.ts';
import { auditIdentity } from '../audit.ts';
import { tooManyLogins } from '../errors.ts';
import type { Caller } from '../sessions/sessions.ts';
import type { IdentityWorld } from '../world.ts';
import { loginTag } from './login-name.ts';
import { forgetFailures, noteFailure, throttleOf } from './throttle.ts';

/** Who proves something within a session. */
export interface Proving extends Caller {
  readonly login: string;
  readonly token: string;
  readonly origin: string;
}

/** Counts wrong proofs like wrong passwords: six digits alone would be guessed. */
export async function guarded(
  world: IdentityWorld,
  who: Proving,
  action: string,
  work: () => Promise<string>,
): Promise<string> {
  const tag = loginTag(world.key, `proof of ${who.login}`);
  const throttle = await throttleOf(world, tag, who.address, null);
  if (throttle.addressRetryAfterS !== null || throttle.locked) {
    const minutes = world.policy.limits.login.lock_minutes;
    throw tooManyLogins({
      retry_after_s: Math.ceil(throttle.addressRetryAfterS ?? minutes * 60),
    });
  }
  try {
    const token = await work();
    await forgetFailures(world.db, tag, who.address);
    return token;
  } catch (error) {
    // A database that does not answer is nobody's wrong guess.
    if (!isHuiliuError(error) || error.kind !== 'forbidden') throw error;
    await noteFailure(world, tag, who.address);
    await auditIdentity(world, world.db, {
      ...{ actor: `user:${who.login}`, origin: who.origin, action },
      ...{ object: null, outcome: 'refused', keyTag: tag },
      ...(typeof error.details.what === 'string' ? { reason: error.details.what } : {}),
    });
    await world.pause(throttle.delayMs);
    throw error;
  }
}
