import { randomBytes } from 'node:crypto';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { type Clock, systemClock } from '../../kernel/index.ts';
import { keyStoreInvalid, rootSecretMissing } from './errors.ts';
import {
  type DataKey,
  dataKeyOf,
  KEY_PURPOSES,
  type KeyProvider,
  type KeyPurpose,
  keyProviderOf,
} from './key-provider.ts';
import {
  readStoreFile,
  type StoreFile,
  type WrappedKey,
  writeStoreFile,
} from './key-store-file.ts';
import { type RootKey, rootKeyFromSecret, rootKeyInFile } from './root-key.ts';
import { openBytes, type SealKey, sealBytes, sealKeyOf } from './seal.ts';

/** What is told about a key; never the key. */
export interface KeyInfo {
  readonly id: string;
  readonly purpose: KeyPurpose;
  readonly made_at: string;
  readonly current: boolean;
}

/** The keys of one data folder (密钥库): root → key-encrypting key → data keys. */
export interface KeyStore extends KeyProvider {
  /** Where the root key is: `file` or `secret`. */
  readonly root: RootKey['description']['kind'];
  list(): readonly KeyInfo[];
  /** Makes a new key of a purpose the current one; older ones stay readable. */
  rotate(purpose: KeyPurpose): Promise<DataKey>;
  /** Wraps all keys under a new key-encrypting key and root; data need not change. */
  rewrap(root: RootKey): Promise<void>;
}

export interface KeyStoreOptions {
  /** `DATA/config/keys`. */
  readonly dir: string;
  /** `HULIU_ROOT_SECRET`: when given, a new store is protected by it instead of a file. */
  readonly rootSecret?: string | undefined;
  readonly clock?: Clock;
}

/**
 * Opens the key store of a data folder, making it and every missing key.
 * @throws SECURITY_KEY_STORE_INVALID, SECURITY_ROOT_SECRET_MISSING, SECURITY_KEY_FILE_EXPOSED
 */
export async function openKeyStore(options: KeyStoreOptions): Promise<KeyStore> {
  const { dir, clock = systemClock } = options;
  await mkdir(dir, { recursive: true, mode: 0o700 });
  const file = join(dir, 'keys.json');
  const known = await readStoreFile(file);
  let root = await openRoot(options, known);
  const kekSecret = known === null ? randomBytes(32) : await unwrapKek(root, known, file);
  let kek = { secret: kekSecret, seal: sealKeyOf(kekSecret) };
  const keys: DataKey[] = (known?.keys ?? []).map((wrapped) => unwrapKey(kek.seal, wrapped, file));
  const madeAt = new Map((known?.keys ?? []).map(({ id, made_at }) => [id, made_at]));

  const save = async (): Promise<void> => {
    const sealed = (context: string, secret: Buffer) =>
      sealBytes(kek.seal, context, secret).toString('base64url');
    await writeStoreFile(file, {
      format: 'huiliu-keys-1',
      root: root.description,
      kek: (await root.wrap(KEK, kek.secret)).toString('base64url'),
      keys: keys.map(({ id, purpose, secret }) => ({
        ...{ id, purpose, made_at: madeAt.get(id) ?? '' },
        sealed: sealed(keyContext(id), secret),
      })),
    });
  };
  const make = (purpose: KeyPurpose): DataKey => {
    const id = `${purpose}-${keys.filter((key) => key.purpose === purpose).length + 1}`;
    const key = dataKeyOf(id, purpose, randomBytes(32));
    keys.push(key);
    madeAt.set(id, clock.now().toISOString());
    return key;
  };
  const missing = KEY_PURPOSES.filter((purpose) => keys.every((key) => key.purpose !== purpose));
  for (const purpose of missing) make(purpose);
  if (missing.length > 0) await save();

  const provider = keyProviderOf(keys);
  return {
    ...provider,
    get root() {
      return root.description.kind;
    },
    list: () =>
      keys.map(({ id, purpose }) => ({
        ...{ id, purpose, made_at: madeAt.get(id) ?? '' },
        current: provider.current(purpose).id === id,
      })),
    rotate: async (purpose) => {
      const key = make(purpose);
      await save();
      return key;
    },
    rewrap: async (next) => {
      root = next;
      const secret = randomBytes(32);
      kek = { secret, seal: sealKeyOf(secret) };
      await save();
    },
  };
}

const KEK = 'huiliu-kek-1';
const keyContext = (id: string): string => `huiliu-key-1 ${id}`;

async function openRoot(options: KeyStoreOptions, known: StoreFile | null): Promise<RootKey> {
  const { dir, rootSecret } = options;
  const given = rootSecret === undefined || rootSecret === '' ? null : rootSecret;
  if (known?.root.kind === 'secret') {
    if (given === null) throw rootSecretMissing({});
    return rootKeyFromSecret(given, known.root);
  }
  return known === null && given !== null
    ? rootKeyFromSecret(given)
    : rootKeyInFile(join(dir, 'root.key'));
}

async function unwrapKek(root: RootKey, known: StoreFile, file: string): Promise<Buffer> {
  const secret = await root.unwrap(KEK, Buffer.from(known.kek, 'base64url'));
  if (secret !== null) return secret;
  if (known.root.kind === 'secret') throw rootSecretMissing({});
  throw keyStoreInvalid({ file, problem: '它不是由这里的根密钥 root.key 保护的' });
}

function unwrapKey(kek: SealKey, wrapped: WrappedKey, file: string): DataKey {
  const context = keyContext(wrapped.id);
  const secret = openBytes(kek, context, Buffer.from(wrapped.sealed, 'base64url'));
  if (secret === null) throw keyStoreInvalid({ file, problem: `密钥 ${wrapped.id} 被改动过` });
  return dataKeyOf(wrapped.id, wrapped.purpose, secret);
}
