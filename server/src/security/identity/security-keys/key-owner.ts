import { isHuiliuError } from '../../../kernel/index.ts';
import { auditIdentity } from '../audit.ts';
import type { IdentityWorld } from '../world.ts';

/** Whose keys, and the session that asks. */
export interface KeyOwner {
  readonly accountId: string;
  readonly actor: string;
  readonly origin: string;
  readonly token: string;
}

/** Does something to one's keys; a refusal is in the audit log like what was done. */
export async function auditingRefusal<T>(
  world: IdentityWorld,
  { accountId, actor, origin }: KeyOwner,
  action: string,
  work: () => Promise<T>,
): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (isHuiliuError(error) && error.kind !== 'unavailable') {
      await auditIdentity(world, world.db, {
        ...{ actor, origin, action, object: accountId },
        ...{ outcome: 'refused', reason: error.message.slice(0, 200) },
      });
    }
    throw error;
  }
}
