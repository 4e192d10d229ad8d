import {
  type AuthenticationResponseJSON,
  generateAuthenticationOptions,
  verifyAuthenticationResponse,
} from '@simplewebauthn/server';
import { raiseAlarm } from '../../access/queries/alarms.ts';
import { keyRefused } from '../errors.ts';
import { readSealed } from '../read-sealed.ts';
import type { IdentityTransaction, SealedAccount, SecurityKeyRow } from '../seal.ts';
import type { ChallengePurpose } from '../tables.ts';
import type { IdentityWorld } from '../world.ts';
import { CHALLENGE_SECONDS, issueChallenge, verifyAnswer } from './challenge.ts';
import type { KeyOwner } from './key-owner.ts';
import { requireRelyingParty } from './relying-party.ts';

/** What a browser brings back from asking a key: base64url, as WebAuthn names the parts. */
export interface KeyAnswer {
  readonly credentialId: string;
  readonly clientData: string;
  readonly authenticatorData: string;
  readonly signature: string;
}

/** What a proof by key is asked for. */
export type ProofPurpose = Exclude<ChallengePurpose, 'register'>;

/** An answer that holds; the counter is still to be kept. */
export interface ProvenKey {
  readonly key: SecurityKeyRow;
  readonly counter: bigint;
}

/**
 * Begins a proof by security key (用安全密钥验证): what the browser is to ask which of the keys for.
 * @throws SECURITY_FACTOR_KEY_OFF, SECURITY_FACTOR_KEY_REFUSED when the account has none
 */
export async function beginKeyProof(
  world: IdentityWorld,
  owner: Pick<KeyOwner, 'accountId' | 'token'>,
  purpose: ProofPurpose,
) {
  const party = requireRelyingParty(world);
  const sealed = await readSealed(world.db, (all) => all.where('account_id', '=', owner.accountId));
  const keys = sealed?.keys ?? [];
  if (keys.length === 0) throw keyRefused({ what: '这个账号没有登记安全密钥' });
  const challenge = await issueChallenge(world, owner.token, purpose);
  return generateAuthenticationOptions({
    rpID: party.id,
    allowCredentials: keys.map(({ credential_id, transports }) => ({
      ...{ id: credential_id, transports: [...transports] },
    })),
    challenge: new Uint8Array(Buffer.from(challenge, 'base64url')),
    timeout: CHALLENGE_SECONDS * 1_000,
    userVerification: 'required',
  });
}

/**
 * Checks the answer of a key against the challenge of this session, origin, host and signature. A
 * counter that has gone back says that the key was copied: it is refused and an alarm raised.
 * @throws SECURITY_FACTOR_KEY_OFF, SECURITY_FACTOR_KEY_REFUSED
 */
export async function verifyKeyAnswer(
  world: IdentityWorld,
  { account, keys }: SealedAccount,
  token: string,
  purpose: ProofPurpose,
  answer: KeyAnswer,
): Promise<ProvenKey> {
  const key = keys.find(({ credential_id }) => credential_id === answer.credentialId);
  if (key === undefined) throw keyRefused({ what: '这把密钥没有登记在您的账号上' });
  const counter = await verifiedCounter(world, key, token, purpose, answer);
  // Keys without a counter always say nought.
  if (counter <= key.counter && (counter > 0n || key.counter > 0n)) {
    const actor = `user:${account.login_key}`;
    await raiseAlarm(world, world.db, { kind: 'key_counter', actor, personId: null });
    throw keyRefused({ what: '签名计数回退，这把密钥可能被复制' });
  }
  return { key, counter };
}

function verifiedCounter(
  world: IdentityWorld,
  key: SecurityKeyRow,
  token: string,
  purpose: ProofPurpose,
  answer: KeyAnswer,
): Promise<bigint> {
  return verifyAnswer(world, token, purpose, async (expected) => {
    const { verified, authenticationInfo } = await verifyAuthenticationResponse({
      ...expected,
      response: responseOf(answer),
      credential: {
        id: key.credential_id,
        publicKey: new Uint8Array(Buffer.from(key.public_key, 'base64url')),
        // The library would only throw where an alarm is due as well.
        counter: 0,
      },
    });
    if (!verified) throw new Error('the signature does not hold');
    return BigInt(authenticationInfo.newCounter);
  });
}

function responseOf(answer: KeyAnswer): AuthenticationResponseJSON {
  return {
    ...{ id: answer.credentialId, rawId: answer.credentialId, type: 'public-key' },
    clientExtensionResults: {},
    response: {
      ...{ clientDataJSON: answer.clientData, signature: answer.signature },
      authenticatorData: answer.authenticatorData,
    },
  };
}

/** Keeps that a key was used; the database decides, should two answers arrive at once. */
export async function noteKeyUse(
  world: Pick<IdentityWorld, 'clock'>,
  transaction: IdentityTransaction,
  { key, counter }: ProvenKey,
): Promise<void> {
  const { numUpdatedRows } = await transaction
    .updateTable('identity_security_key')
    .set({ counter, used_at: world.clock.now().toISOString() })
    .where('key_id', '=', key.key_id)
    .where('account_id', '=', key.account_id)
    .where('counter', '=', key.counter)
    .executeTakeFirst();
  if (numUpdatedRows !== 1n) throw keyRefused({ what: '这把密钥刚被删除或同时用在别处' });
}
