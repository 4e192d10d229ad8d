import { randomBytes } from 'node:crypto';
import { verificationGate } from './gate.ts';
import { type HashScheme, hashPassword, verifyPassword } from './hash.ts';

const gate = verificationGate();
const dummies = new Map<HashScheme, Promise<string>>();

/**
 * Verifies a password; where there is no account one of nobody is verified instead, so that the
 * time taken does not tell whether the account exists (R06).
 */
export async function verifyOrPretend(
  scheme: HashScheme,
  hash: string | null,
  password: string,
): Promise<boolean> {
  const against = hash ?? (await dummyOf(scheme));
  const matches = await gate(() => verifyPassword(against, password));
  return matches && hash !== null;
}

function dummyOf(scheme: HashScheme): Promise<string> {
  const known = dummies.get(scheme);
  if (known !== undefined) return known;
  const made = hashPassword(scheme, randomBytes(16).toString('base64url'));
  dummies.set(scheme, made);
  return made;
}
