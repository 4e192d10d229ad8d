import type { Principal } from '../../../contract/index.ts';
import { shanghaiTime } from '../../../kernel/index.ts';
import type { Administrator } from '../../identity/accounts/administrator.ts';
import { auditIdentity } from '../../identity/audit.ts';
import { hashToken, newToken } from '../../identity/sessions/token.ts';
import type { IdentityWorld } from '../../identity/world.ts';
import { grantInvalid, screenTokenUnknown } from '../errors.ts';

const PREFIX = 'scr_';

/** A token of a wall screen (大屏令牌), without the secret. */
export interface ScreenToken {
  readonly token_id: bigint;
  readonly title: string;
  readonly issued_by: string;
  readonly issued_at: string;
  readonly valid_to: string;
  readonly revoked_by: string | null;
  readonly revoked_at: string | null;
}

/**
 * Issues a token with which a wall screen reads what `screen.read` allows and nothing else: no
 * personal data, no change. Returns the token, shown this once only.
 * @throws SECURITY_GRANT_INVALID
 */
export async function issueScreenToken(
  world: IdentityWorld,
  by: Administrator,
  { title, days }: { readonly title: string; readonly days: number },
): Promise<{ token: string; tokenId: bigint; validTo: string }> {
  const longest = world.policy.limits.screen.token_days;
  if (days < 1 || days > longest) throw grantInvalid({ what: `令牌有效期为 1 至 ${longest} 天` });
  const token = `${PREFIX}${newToken()}`;
  const now = world.clock.now();
  const validTo = new Date(now.getTime() + days * 86_400_000);
  return world.db.transaction().execute(async (transaction) => {
    const { token_id } = await transaction
      .insertInto('access_screen_token')
      .values({
        token_hash: hashToken(token),
        title,
        issued_by: by.actor,
        issued_at: now.toISOString(),
        valid_to: validTo.toISOString(),
        ...{ revoked_by: null, revoked_at: null },
      })
      .returning('token_id')
      .executeTakeFirstOrThrow();
    await auditIdentity(world, transaction, {
      ...{ actor: by.actor, origin: by.origin, action: 'screen.issue' },
      ...{ object: `screen ${token_id}`, reason: title.length < 4 ? `大屏令牌 ${title}` : title },
    });
    return { token, tokenId: token_id, validTo: shanghaiTime(validTo) };
  });
}

/** Revokes a token; the screen goes dark at its next request. @throws SECURITY_SCREEN_TOKEN_UNKNOWN */
export async function revokeScreenToken(
  world: IdentityWorld,
  by: Administrator,
  tokenId: string,
): Promise<void> {
  await world.db.transaction().execute(async (transaction) => {
    const { numUpdatedRows } = await transaction
      .updateTable('access_screen_token')
      .set({ revoked_by: by.actor, revoked_at: world.clock.now().toISOString() })
      .where('token_id', '=', BigInt(tokenId))
      .where('revoked_at', 'is', null)
      .executeTakeFirst();
    if (numUpdatedRows !== 1n) throw screenTokenUnknown({});
    await auditIdentity(world, transaction, {
      ...{ actor: by.actor, origin: by.origin, action: 'screen.revoke' },
      object: `screen ${tokenId}`,
    });
  });
}

/** Lists tokens, the newest first; there are a handful. */
export function listScreenTokens({ db }: IdentityWorld): Promise<ScreenToken[]> {
  return db
    .selectFrom('access_screen_token')
    .select(['token_id', 'title', 'issued_by', 'issued_at', 'valid_to', 'revoked_by', 'revoked_at'])
    .orderBy('token_id', 'desc')
    .limit(200)
    .execute();
}

/** Finds the principal of a screen token: one right and no person; null when it is not valid. */
export async function findScreenPrincipal(
  world: IdentityWorld,
  token: string,
): Promise<Principal | null> {
  if (!token.startsWith(PREFIX) || token.length > 60) return null;
  const row = await world.db
    .selectFrom('access_screen_token')
    .select(['token_id', 'title'])
    .where('token_hash', '=', hashToken(token))
    .where('revoked_at', 'is', null)
    .where('valid_to', '>', world.clock.now().toISOString())
    .executeTakeFirst();
  if (row === undefined) return null;
  return {
    ...{ accountId: null, actor: `screen:${row.token_id}`, name: row.title, department: null },
    ...{ roles: [], permissions: new Set(['screen.read']), operatorId: null, sessionId: null },
    scope: { agencies: 'all', insurances: 'all', unmask: false },
  };
}
