import {
  createCipheriv,
  createDecipheriv,
  createHmac,
  hkdfSync,
  randomBytes,
  timingSafeEqual,
} from 'node:crypto';

/** Two independent keys: one hides, one proves that nothing was changed. */
export interface SealKey {
  readonly cipher: Buffer;
  readonly mac: Buffer;
}

const IV_BYTES = 16;
const TAG_BYTES = 32;

/** Bytes a sealed value has more than the plain one. */
export const SEAL_OVERHEAD_BYTES = IV_BYTES + TAG_BYTES;

/** Derives the two keys from one secret of 32 bytes: HKDF over HMAC-SM3 (RFC 5869). */
export function sealKeyOf(secret: Buffer): SealKey {
  const derive = (label: string, bytes: number) =>
    Buffer.from(hkdfSync('sm3', secret, '', `huiliu ${label}`, bytes));
  return { cipher: derive('sm4-ctr', 16), mac: derive('hmac-sm3', 32) };
}

/**
 * Seals bytes (加密): SM4-CTR under a random counter, then HMAC-SM3 over context, counter and
 * cipher text. Node has no SM4-GCM; encrypt-then-MAC gives the same guarantees.
 * @source GB/T 32907 (SM4), GB/T 32905 (SM3), requirement R37
 */
export function sealBytes(key: SealKey, context: string, plain: Uint8Array): Buffer {
  const iv = randomBytes(IV_BYTES);
  const cipher = createCipheriv('sm4-ctr', key.cipher, iv);
  const hidden = Buffer.concat([cipher.update(plain), cipher.final()]);
  return Buffer.concat([iv, hidden, tagOf(key, context, iv, hidden)]);
}

/** Opens sealed bytes; null when they were changed or sealed in another context. */
export function openBytes(key: SealKey, context: string, sealed: Uint8Array): Buffer | null {
  if (sealed.length < SEAL_OVERHEAD_BYTES) return null;
  const iv = sealed.subarray(0, IV_BYTES);
  const hidden = sealed.subarray(IV_BYTES, sealed.length - TAG_BYTES);
  const tag = sealed.subarray(sealed.length - TAG_BYTES);
  if (!timingSafeEqual(tag, tagOf(key, context, iv, hidden))) return null;
  const decipher = createDecipheriv('sm4-ctr', key.cipher, iv);
  return Buffer.concat([decipher.update(hidden), decipher.final()]);
}

/** The length before the context keeps it apart from what follows. */
function tagOf(key: SealKey, context: string, iv: Uint8Array, hidden: Uint8Array): Buffer {
  const label = Buffer.from(context, 'utf8');
  const length = Buffer.alloc(4);
  length.writeUInt32BE(label.length);
  return createHmac('sm3', key.mac).update(length).update(label).update(iv).update(hidden).digest();
}
