import { generateSecret, generateURI, verify } from 'otplib';
import type { Clock } from '../../../kernel/index.ts';

/** One step either way: clocks of telephones differ. @source RFC 6238 5.2 */
const TOLERANCE_S = 30;

export function newSeed(): string {
  return generateSecret({ length: 20 });
}

/** Address that an authenticator reads from the QR code; it holds the seed. */
export function seedUri(seed: string, login: string): string {
  return generateURI({ issuer: '回流社保平台', label: login, secret: seed });
}

/**
 * Checks a code of an authenticator; returns its time step, or null. Steps up to `after` are spent:
 * a code overheard is worth nothing once used (R08).
 */
export async function checkCode(
  clock: Clock,
  seed: string,
  code: string,
  after: bigint,
): Promise<bigint | null> {
  if (!/^\d{6}$/.test(code)) return null;
  const result = await verify({
    secret: seed,
    token: code,
    epoch: Math.floor(clock.now().getTime() / 1_000),
    epochTolerance: TOLERANCE_S,
  });
  if (!result.valid || !('timeStep' in result)) return null;
  const step = BigInt(result.timeStep);
  return step > after ? step : null;
}
