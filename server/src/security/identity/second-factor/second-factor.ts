import { randomBytes } from 'node:crypto';
import { type FieldPlace, openField } from '../../crypto/index.ts';
import { hmacSm3Hex } from '../../signing/index.ts';
import type { AccountRow, IdentityTransaction } from '../seal.ts';
import type { IdentityWorld } from '../world.ts';
import { checkCode } from './totp.ts';

/**
 * A second factor (第二因素) that is a code somebody types. Keys that answer a challenge are in
 * `../security-keys/`; a certificate on an SM2 key (UKey) would be another of those.
 */
export interface SecondFactor {
  readonly kind: string;
  /** Accepts a proof once; false leaves everything as it was. */
  prove(
    world: IdentityWorld,
    transaction: IdentityTransaction,
    account: AccountRow,
    proof: string,
  ): Promise<boolean>;
}

const RECOVERY_CODES = 10;

const totp: SecondFactor = {
  kind: 'totp',
  prove: async (world, transaction, account, proof) => {
    if (!account.totp_confirmed || account.totp_seed === null) return false;
    const seed = openField(world.keys, seedPlace(account.account_id), account.totp_seed);
    const step = await checkCode(world.clock, seed, proof, account.totp_step);
    if (step === null) return false;
    // The database decides who used the code first, should it arrive twice at once.
    const { numUpdatedRows } = await transaction
      .updateTable('identity_account')
      .set({ totp_step: step })
      .where('account_id', '=', account.account_id)
      .where('totp_step', '<', step)
      .executeTakeFirst();
    return numUpdatedRows === 1n;
  },
};

const recoveryCode: SecondFactor = {
  kind: 'recovery',
  prove: async (world, transaction, account, proof) => {
    const { numUpdatedRows } = await transaction
      .updateTable('identity_recovery_code')
      .set({ used_at: world.clock.now().toISOString() })
      .where('account_id', '=', account.account_id)
      .where('code_hash', '=', hashCode(world.key, proof))
      .where('used_at', 'is', null)
      .executeTakeFirst();
    return numUpdatedRows === 1n;
  },
};

const SECOND_FACTORS: readonly SecondFactor[] = [totp, recoveryCode];

/** Tries a proof at every second factor; returns the kind that accepted it, or null. */
export async function proveSecondFactor(
  world: IdentityWorld,
  transaction: IdentityTransaction,
  account: AccountRow,
  proof: string,
): Promise<string | null> {
  for (const factor of SECOND_FACTORS) {
    if (await factor.prove(world, transaction, account, proof)) return factor.kind;
  }
  return null;
}

/** Binds the encrypted seed to its account: moved to another row it does not open. */
export function seedPlace(accountId: string): FieldPlace {
  return { table: 'identity_account', column: 'totp_seed', key: accountId };
}

/** Replaces the recovery codes (恢复码) of an account; they are shown this once only. */
export async function renewRecoveryCodes(
  world: IdentityWorld,
  transaction: IdentityTransaction,
  accountId: string,
): Promise<string[]> {
  const codes = Array.from({ length: RECOVERY_CODES }, () => newCode(10));
  await transaction
    .deleteFrom('identity_recovery_code')
    .where('account_id', '=', accountId)
    .execute();
  await transaction
    .insertInto('identity_recovery_code')
    .values(
      codes.map((code) => ({
        account_id: accountId,
        code_hash: hashCode(world.key, code),
        used_at: null,
      })),
    )
    .execute();
  return codes;
}

const LETTERS = 'ABCDEFGHJKMNPQRSTVWXYZ23456789';

/** Makes a code people can type, five letters a group; each letter is worth almost five bits. */
export function newCode(length: number): string {
  const letters: string[] = [];
  while (letters.length < length) {
    for (const byte of randomBytes(length)) {
      const letter = LETTERS[byte % 32];
      if (letter !== undefined && letters.length < length) letters.push(letter);
    }
  }
  return letters.join('').replace(/(.{5})(?=.)/g, '$1-');
}

/** Hashes a typed code; case, spaces and dashes do not count. 50 random bits and a key: no slow hash is needed. */
export function hashCode(key: string, code: string): string {
  const plain = code.normalize('NFKC').toUpperCase().replace(/[\s-]/g, '').slice(0, 100);
  return hmacSm3Hex(key, `code ${plain}`);
}
