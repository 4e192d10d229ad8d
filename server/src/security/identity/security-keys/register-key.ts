import {
  generateRegistrationOptions,
  type RegistrationResponseJSON,
  verifyRegistrationResponse,
  type WebAuthnCredential,
} from '@simplewebauthn/server';
import { COSEALG, decodeAttestationObject } from '@simplewebauthn/server/helpers';
import { auditIdentity } from '../audit.ts';
import { accountState, keyRefused, sessionRequired } from '../errors.ts';
import { readSealed } from '../read-sealed.ts';
import { changeAccount, type IdentityTransaction, type SealedAccount } from '../seal.ts';
import { renewRecoveryCodes } from '../second-factor/second-factor.ts';
import { endSessionsOf, rotateSession } from '../sessions/sessions.ts';
import { boundFactors } from '../sessions/signed-in.ts';
import type { IdentityWorld } from '../world.ts';
import { CHALLENGE_SECONDS, issueChallenge, verifyAnswer } from './challenge.ts';
import { auditingRefusal, type KeyOwner } from './key-owner.ts';
import { requireRelyingParty } from './relying-party.ts';

/** More than anybody carries; each is sent to the browser at every sign-in. */
const MOST_KEYS = 10;
/** ECDSA on P-256 with SHA-256, which every FIDO2 key has; none of them signs with SM2. */
const ALGORITHMS = [COSEALG.ES256];

/** What a browser brings back from making a key: base64url, as WebAuthn names the parts. */
export interface NewKey {
  readonly name: string;
  readonly credentialId: string;
  readonly clientData: string;
  readonly attestation: string;
  readonly transports: readonly string[];
}

/**
 * Begins to register a security key (登记安全密钥): what the browser is to ask a key for.
 * @throws SECURITY_FACTOR_KEY_OFF, SECURITY_ACCOUNT_STATE
 */
export async function beginKey(world: IdentityWorld, owner: KeyOwner) {
  const party = requireRelyingParty(world);
  const found = await readSealed(world.db, (all) => all.where('account_id', '=', owner.accountId));
  if (found === null) throw sessionRequired({});
  const { account, keys } = found;
  if (keys.length >= MOST_KEYS) {
    throw accountState({ what: `已登记 ${MOST_KEYS} 把安全密钥，请先删除不用的` });
  }
  return generateRegistrationOptions({
    ...{ rpName: '回流社保平台', rpID: party.id, userName: account.login },
    userDisplayName: account.name,
    userID: new TextEncoder().encode(account.account_id),
    challenge: fromText(await issueChallenge(world, owner.token, 'register')),
    timeout: CHALLENGE_SECONDS * 1_000,
    attestationType: 'none',
    excludeCredentials: keys.map(({ credential_id, transports }) => ({
      ...{ id: credential_id, transports: [...transports] },
    })),
    // A key is the second factor here: it need not hold a list of accounts.
    authenticatorSelection: { residentKey: 'discouraged', userVerification: 'required' },
    supportedAlgorithmIDs: ALGORITHMS,
  });
}

/**
 * Registers a key from the browser's answer: the session continues under a new id, others end. The
 * first factor of an account brings its recovery codes; otherwise there are none to show.
 * @throws SECURITY_FACTOR_KEY_OFF, SECURITY_FACTOR_KEY_REFUSED, SECURITY_ACCOUNT_STATE
 */
export async function registerKey(
  world: IdentityWorld,
  owner: KeyOwner,
  given: NewKey,
): Promise<{ token: string; recoveryCodes: string[] }> {
  return auditingRefusal(world, owner, 'session.key_register', async () => {
    const credential = await verifiedKey(world, owner, given);
    return world.db.transaction().execute((transaction) =>
      changeAccount(world, transaction, owner.accountId, async (before) => {
        const keyId = await storeKey(world, transaction, before, given, credential);
        const first = boundFactors(before).length === 0;
        const recoveryCodes = first
          ? await renewRecoveryCodes(world, transaction, owner.accountId)
          : [];
        await endSessionsOf(world, transaction, owner.accountId, 'factor_changed', owner.token);
        await auditIdentity(world, transaction, {
          ...{ actor: owner.actor, origin: owner.origin, action: 'session.key_register' },
          ...{ object: owner.accountId, reason: `登记安全密钥 ${keyId}` },
          changed: { accountId: owner.accountId, before },
        });
        const token = await rotateSession(transaction, owner.token, { factor: 'second' });
        return { token, recoveryCodes };
      }),
    );
  });
}

async function storeKey(
  world: IdentityWorld,
  transaction: IdentityTransaction,
  { account, keys }: SealedAccount,
  given: NewKey,
  credential: WebAuthnCredential,
): Promise<bigint> {
  if (keys.length >= MOST_KEYS) throw accountState({ what: '安全密钥已登记满' });
  const stored = await transaction
    .insertInto('identity_security_key')
    .values({
      ...{ account_id: account.account_id, name: given.name, credential_id: credential.id },
      public_key: Buffer.from(credential.publicKey).toString('base64url'),
      counter: BigInt(credential.counter),
      transports: [...given.transports],
      ...{ created_at: world.clock.now().toISOString(), used_at: null },
    })
    .onConflict((same) => same.column('credential_id').doNothing())
    .returning('key_id')
    .executeTakeFirst();
  if (stored === undefined) throw keyRefused({ what: '这把密钥已经登记过' });
  return stored.key_id;
}

async function verifiedKey(
  world: IdentityWorld,
  owner: KeyOwner,
  given: NewKey,
): Promise<WebAuthnCredential> {
  return verifyAnswer(world, owner.token, 'register', async (expected) => {
    // Other statements carry certificates, whose revocation the library looks up in the network.
    const statement = decodeAttestationObject(fromText(given.attestation));
    if (statement.get('fmt') !== 'none') throw new Error('an attestation nobody asked for');
    const { verified, registrationInfo } = await verifyRegistrationResponse({
      ...{ ...expected, response: responseOf(given), supportedAlgorithmIDs: ALGORITHMS },
    });
    if (!verified) throw new Error('not verified');
    return registrationInfo.credential;
  });
}

function responseOf(given: NewKey): RegistrationResponseJSON {
  return {
    ...{ id: given.credentialId, rawId: given.credentialId, type: 'public-key' },
    clientExtensionResults: {},
    response: {
      ...{ clientDataJSON: given.clientData, attestationObject: given.attestation },
      transports: [...given.transports],
    },
  };
}

function fromText(text: string): Uint8Array<ArrayBuffer> {
  return new Uint8Array(Buffer.from(text, 'base64url'));
}
