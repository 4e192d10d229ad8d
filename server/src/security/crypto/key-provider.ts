import { randomBytes } from 'node:crypto';
import { keyUnknown } from './errors.ts';
import { type SealKey, sealKeyOf } from './seal.ts';

/** What a key is for; keys of one purpose never serve another. */
export const KEY_PURPOSES = ['field', 'blind', 'file', 'city', 'anchor'] as const;
export type KeyPurpose = (typeof KEY_PURPOSES)[number];

/** One data key (数据密钥), unwrapped, in memory only. */
export interface DataKey {
  /** `purpose-number`, stands in everything sealed under the key. */
  readonly id: string;
  readonly purpose: KeyPurpose;
  /** 32 random bytes; sealing uses keys derived from them. */
  readonly secret: Buffer;
  readonly seal: SealKey;
}

/**
 * Gives data keys (密钥提供者). The implementation may keep its root in a file, in the environment
 * or in a cryptographic machine (密码机): only the unwrapping differs.
 */
export interface KeyProvider {
  /** The newest key of a purpose: what new data are protected by. */
  current(purpose: KeyPurpose): DataKey;
  /** The key of an id, also of older ones. @throws SECURITY_KEY_UNKNOWN */
  find(id: string): DataKey;
  /** Ids of a purpose, oldest first. */
  ids(purpose: KeyPurpose): readonly string[];
}

export function dataKeyOf(id: string, purpose: KeyPurpose, secret: Buffer): DataKey {
  return { id, purpose, secret, seal: sealKeyOf(secret) };
}

/** Makes a provider of keys already unwrapped, oldest first. */
export function keyProviderOf(keys: readonly DataKey[]): KeyProvider {
  const newest = (purpose: KeyPurpose) => keys.findLast((key) => key.purpose === purpose);
  const find = (id: string): DataKey => {
    const key = keys.find((one) => one.id === id);
    if (key === undefined) throw keyUnknown({ key_id: id });
    return key;
  };
  return {
    current: (purpose) => newest(purpose) ?? find(`${purpose}-1`),
    find,
    ids: (purpose) => keys.filter((key) => key.purpose === purpose).map(({ id }) => id),
  };
}

/** Makes a provider of fresh random keys that end with the process, for tests and trials. */
export function passingKeys(): KeyProvider {
  return keyProviderOf(
    KEY_PURPOSES.map((purpose) => dataKeyOf(`${purpose}-1`, purpose, randomBytes(32))),
  );
}
