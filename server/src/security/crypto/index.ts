export {
  keyStoreInvalid,
  keyUnknown,
  rootSecretMissing,
  rootSecretWeak,
  sealBroken,
} from './errors.ts';
export {
  blindIndex,
  type FieldPlace,
  isSealed,
  isSealedAnew,
  openField,
  sealField,
} from './field.ts';
export {
  type DataKey,
  KEY_PURPOSES,
  type KeyProvider,
  type KeyPurpose,
  passingKeys,
} from './key-provider.ts';
export { type KeyInfo, type KeyStore, type KeyStoreOptions, openKeyStore } from './key-store.ts';
export { type RootKey, rootKeyFromSecret, rootKeyInFile } from './root-key.ts';
export { openBytes, SEAL_OVERHEAD_BYTES, type SealKey, sealBytes, sealKeyOf } from './seal.ts';
