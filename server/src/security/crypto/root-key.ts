import { pbkdf2, randomBytes } from 'node:crypto';
import { promisify } from 'node:util';
import { loadOrCreateKey } from '../key-file.ts';
import { rootSecretWeak } from './errors.ts';
import { openBytes, sealBytes, sealKeyOf } from './seal.ts';

/** Description of a root key as the key store remembers it; holds no secret. */
export type RootDescription =
  | { readonly kind: 'file' }
  | { readonly kind: 'secret'; readonly salt: string; readonly iterations: number };

/**
 * The key that protects all others (根密钥). A cryptographic machine takes this place by wrapping
 * and unwrapping inside itself.
 */
export interface RootKey {
  readonly description: RootDescription;
  wrap(context: string, key: Buffer): Promise<Buffer>;
  /** Null when the wrapped key is not of this root. */
  unwrap(context: string, wrapped: Buffer): Promise<Buffer | null>;
}

const MIN_SECRET_CHARS = 32;
const ITERATIONS = 100_000;
const stretch = promisify(pbkdf2);

/** Root key in a file of mode 0600, made when absent: protects against copies of the data alone. */
export async function rootKeyInFile(file: string): Promise<RootKey> {
  const secret = Buffer.from(await loadOrCreateKey(file), 'base64url');
  return rootKeyOf({ kind: 'file' }, secret);
}

/**
 * Root key from a secret of the environment, never on the disk of the data.
 * @throws SECURITY_ROOT_SECRET_WEAK
 */
export async function rootKeyFromSecret(
  text: string,
  known: { salt: string; iterations: number } = {
    salt: randomBytes(16).toString('hex'),
    iterations: ITERATIONS,
  },
): Promise<RootKey> {
  if (text.length < MIN_SECRET_CHARS) throw rootSecretWeak({});
  const salt = Buffer.from(known.salt, 'hex');
  const secret = await stretch(text, salt, known.iterations, 32, 'sm3');
  return rootKeyOf({ kind: 'secret', ...known }, secret);
}

function rootKeyOf(description: RootDescription, secret: Buffer): RootKey {
  const key = sealKeyOf(secret);
  secret.fill(0);
  return {
    description,
    wrap: async (context, plain) => sealBytes(key, context, plain),
    unwrap: async (context, wrapped) => openBytes(key, context, wrapped),
  };
}
