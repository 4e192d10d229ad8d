import { pbkdf2, randomBytes, timingSafeEqual } from 'node:crypto';
import { promisify } from 'node:util';
import { hash as argon2Hash, verify as argon2Verify, parseOptions } from '@node-rs/argon2';

export type HashScheme = 'argon2id' | 'pbkdf2-sm3';

/** @source OWASP Password Storage Cheat Sheet: argon2id with 19 MiB, two passes, one lane */
const ARGON2 = { algorithm: 2, memoryCost: 19_456, timeCost: 2, parallelism: 1 };
const ITERATIONS = 600_000;
const derive = promisify(pbkdf2);

/** Hashes a password with a tag that names scheme and cost, so that either may change later. */
export async function hashPassword(scheme: HashScheme, password: string): Promise<string> {
  if (scheme === 'argon2id') return argon2Hash(password, ARGON2);
  const salt = randomBytes(16);
  const key = await derive(Buffer.from(password, 'utf8'), salt, ITERATIONS, 32, 'sm3');
  return `$pbkdf2-sm3$i=${ITERATIONS}$${salt.toString('base64url')}$${key.toString('base64url')}`;
}

/** Verifies a password against a hash of any scheme we ever wrote; anything else is false. */
export async function verifyPassword(hash: string, password: string): Promise<boolean> {
  if (hash.startsWith('$argon2id$')) return argon2Verify(hash, password).catch(() => false);
  const found = /^\$pbkdf2-sm3\$i=(\d{1,8})\$([\w-]+)\$([\w-]+)$/.exec(hash);
  if (found === null) return false;
  const [, iterations = '1', salt = '', expected = ''] = found;
  const wanted = Buffer.from(expected, 'base64url');
  const key = await derive(
    Buffer.from(password, 'utf8'),
    Buffer.from(salt, 'base64url'),
    Number(iterations),
    wanted.length,
    'sm3',
  );
  return timingSafeEqual(key, wanted);
}

/** Tells whether a hash was made by another scheme or at lower cost than today's. */
export function isOutdated(hash: string, scheme: HashScheme): boolean {
  if (scheme === 'pbkdf2-sm3') return !hash.startsWith(`$pbkdf2-sm3$i=${ITERATIONS}$`);
  if (!hash.startsWith('$argon2id$')) return true;
  const { memoryCost, timeCost } = parseOptions(hash);
  return memoryCost < ARGON2.memoryCost || timeCost < ARGON2.timeCost;
}
