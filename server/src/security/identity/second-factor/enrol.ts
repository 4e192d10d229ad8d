import { renderSVG } from 'uqr';
import { openField, sealField } from '../../crypto/index.ts';
import { auditIdentity } from '../audit.ts';
import { accountState, codeRefused } from '../errors.ts';
import { changeAccount } from '../seal.ts';
import { endSessionsOf, rotateSession } from '../sessions/sessions.ts';
import type { IdentityWorld } from '../world.ts';
import { renewRecoveryCodes, seedPlace } from './second-factor.ts';
import { checkCode, newSeed, seedUri } from './totp.ts';

interface Enrolling {
  readonly accountId: string;
  readonly actor: string;
  readonly origin: string;
}

/** What somebody needs to add the platform to an authenticator; shown once. */
export interface Enrolment {
  readonly seed: string;
  readonly uri: string;
  readonly qrSvg: string;
}

/**
 * Begins to bind an authenticator (绑定验证器): a fresh seed that counts only once a code of it is given.
 * @throws SECURITY_ACCOUNT_STATE when one is bound already
 */
export async function beginEnrolment(
  world: IdentityWorld,
  { accountId }: Enrolling,
): Promise<Enrolment> {
  const seed = newSeed();
  const login = await world.db.transaction().execute((transaction) =>
    changeAccount(world, transaction, accountId, async ({ account }) => {
      if (account.totp_confirmed) {
        throw accountState({ what: '已绑定验证器；要更换，请系统管理员先重置第二因素' });
      }
      await transaction
        .updateTable('identity_account')
        .set({ totp_seed: sealField(world.keys, seedPlace(accountId), seed) })
        .where('account_id', '=', accountId)
        .execute();
      return account.login;
    }),
  );
  const uri = seedUri(seed, login);
  return { seed, uri, qrSvg: renderSVG(uri) };
}

/**
 * Completes the binding with a first code: the session continues under a new id, others end.
 * Returns that id and the recovery codes.
 * @throws SECURITY_CODE_REFUSED, SECURITY_ACCOUNT_STATE
 */
export async function confirmEnrolment(
  world: IdentityWorld,
  { accountId, actor, origin }: Enrolling,
  { code, token }: { readonly code: string; readonly token: string },
): Promise<{ token: string; recoveryCodes: string[] }> {
  return world.db.transaction().execute((transaction) =>
    changeAccount(world, transaction, accountId, async (before) => {
      const { account } = before;
      if (account.totp_seed === null || account.totp_confirmed) {
        throw accountState({ what: '没有待确认的验证器，请重新开始绑定' });
      }
      const seed = openField(world.keys, seedPlace(accountId), account.totp_seed);
      const step = await checkCode(world.clock, seed, code, account.totp_step);
      if (step === null) throw codeRefused({});
      await transaction
        .updateTable('identity_account')
        .set({ totp_confirmed: true, totp_step: step })
        .where('account_id', '=', accountId)
        .execute();
      const recoveryCodes = await renewRecoveryCodes(world, transaction, accountId);
      await endSessionsOf(world, transaction, accountId, 'factor_changed', token);
      await auditIdentity(world, transaction, {
        ...{ actor, origin, action: 'session.enrol', object: accountId },
        reason: '绑定验证器',
        changed: { accountId, before },
      });
      return {
        token: await rotateSession(transaction, token, { factor: 'second' }),
        recoveryCodes,
      };
    }),
  );
}
