export { keyFileExposed, keyFileInvalid, keyFileUnreadable } from './errors.ts';
export type { FeedKey, SignAlgorithm } from './key-entry.ts';
export { type KeyRing, keyRingOf, loadKeyRing } from './key-ring.ts';
export {
  isSm2PublicKey,
  prepareSm2,
  SM2_DEFAULT_UID,
  signSm2,
  sm2PrivateKeyOf,
  sm2PublicKeyOf,
  sm2PublicKeyPem,
  verifySm2,
} from './sm2.ts';
export {
  hmacSm3Hex,
  openSm3,
  type SignedData,
  type Sm3Stream,
  sm3Hex,
  verifyHmacSm3,
} from './sm3.ts';
export { openSm3Thread, type Sm3Thread } from './sm3-thread.ts';
