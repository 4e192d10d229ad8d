import { createPublicKey, verify } from 'node:crypto';
import { hmacSm3Hex, prepareSm2, verifyHmacSm3 } from '../../security/index.ts';
import type { AppAlgorithm } from './model.ts';

/** One key, prepared to check signatures. */
export interface Verifier {
  readonly keyNo: number;
  readonly algorithm: AppAlgorithm;
  /** `signature`: lower-case hex; DER for SM2. */
  isSignatureOf(data: string | Uint8Array, signature: string): boolean;
  /** Signs for us with a shared secret; null where only the other side can sign. */
  readonly makeSignature: ((data: string) => string) | null;
}

/** Head of an Ed25519 public key in DER; the 32 bytes of the key follow. @source RFC 8410 */
const ED25519_DER = '302a300506032b6570032100';

/** Prepares a key: a shared secret, or a public key in hex. */
export function verifierOf(keyNo: number, algorithm: AppAlgorithm, key: string): Verifier {
  const makeSignature = algorithm === 'HMAC-SM3' ? (data: string) => hmacSm3Hex(key, data) : null;
  return { keyNo, algorithm, isSignatureOf: checkOf(algorithm, key), makeSignature };
}

function checkOf(algorithm: AppAlgorithm, key: string): Verifier['isSignatureOf'] {
  switch (algorithm) {
    case 'HMAC-SM3':
      return (data, signature) => verifyHmacSm3(key, data, signature);
    case 'SM2':
      return prepareSm2(key);
    case 'ED25519': {
      const der = Buffer.from(ED25519_DER + key, 'hex');
      const publicKey = createPublicKey({ key: der, format: 'der', type: 'spki' });
      return (data, signature) =>
        /^[0-9a-f]{128}$/.test(signature) &&
        verify(null, Buffer.from(data), publicKey, Buffer.from(signature, 'hex'));
    }
  }
}
