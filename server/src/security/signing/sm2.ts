import { sm2 } from 'sm-crypto-v2';
import type { SignedData } from './sm3.ts';

/** The user id Chinese systems put into every SM2 signature. @source GM/T 0009 */
export const SM2_DEFAULT_UID = '1234567812345678';

/** Order of the SM2 curve; both halves of a signature lie in 1 … n−1. @source GB/T 32918.5 */
const CURVE_ORDER = 0xfffffffeffffffffffffffffffffffff7203df6b21c6052b53bbf40939d54123n;

/**
 * Tells whether a DER signature (hex) is the SM2 signature of the data under the public key
 * (hex, `04…` or compressed). Malformed keys and signatures are simply not valid.
 * Node's own SM2 signs with an empty user id and cannot be used.
 */
export function verifySm2(
  publicKeyHex: string,
  data: SignedData,
  signatureDerHex: string,
  uid: string = SM2_DEFAULT_UID,
): boolean {
  const halves = readDer(signatureDerHex);
  if (halves === null || !isSm2PublicKey(publicKeyHex)) return false;
  try {
    return sm2.doVerifySignature(bytesOf(data), halves, publicKeyHex, { hash: true, userId: uid });
  } catch {
    return false; // the curve library throws on points it cannot compute with
  }
}

/**
 * Prepares a public key that checks many signatures: some milliseconds once, then about ten times
 * as fast as {@link verifySm2} with the same verdict. The key must be one ({@link isSm2PublicKey}).
 */
export function prepareSm2(
  publicKeyHex: string,
  uid: string = SM2_DEFAULT_UID,
): (data: SignedData, signatureDerHex: string) => boolean {
  const point = sm2.precomputePublicKey(publicKeyHex);
  return (data, signatureDerHex) => {
    const halves = readDer(signatureDerHex);
    if (halves === null) return false;
    try {
      return sm2.doVerifySignature(bytesOf(data), halves, point, { hash: true, userId: uid });
    } catch {
      return false;
    }
  };
}

/** Signs data with an SM2 private key (64 hex digits) and gives the DER signature as hex. */
export function signSm2(
  privateKeyHex: string,
  data: SignedData,
  uid: string = SM2_DEFAULT_UID,
): string {
  return sm2.doSignature(bytesOf(data), privateKeyHex, { der: true, hash: true, userId: uid });
}

/** Computes the public key (hex, `04…`) of a private one (64 hex digits). */
export function sm2PublicKeyOf(privateKeyHex: string): string {
  return sm2.getPublicKeyFromPrivateKey(privateKeyHex);
}

/** What stands before the point in a public key file: id-ecPublicKey on the curve sm2p256v1. */
const SPKI_HEAD = '3059301306072a8648ce3d020106082a811ccf5501822d034200';

/** Writes a public key (hex, `04…`) as PEM, as `openssl` reads it. @source RFC 5480, GM/T 0006 */
export function sm2PublicKeyPem(publicKeyHex: string): string {
  const base64 = Buffer.from(SPKI_HEAD + publicKeyHex, 'hex').toString('base64');
  const lines = base64.match(/.{1,64}/g) ?? [];
  return ['-----BEGIN PUBLIC KEY-----', ...lines, '-----END PUBLIC KEY-----', ''].join('\n');
}

/** Makes an SM2 private key of 32 secret bytes: a number from 1 to n−2, evenly but for 2⁻³². */
export function sm2PrivateKeyOf(secret: Uint8Array): string {
  const number = BigInt(`0x${Buffer.from(secret).toString('hex')}`);
  return ((number % (CURVE_ORDER - 2n)) + 1n).toString(16).padStart(64, '0');
}

/** Tells whether the hex text is a point of the SM2 curve. */
export function isSm2PublicKey(publicKeyHex: string): boolean {
  if (!/^(04[0-9a-fA-F]{128}|0[23][0-9a-fA-F]{64})$/.test(publicKeyHex)) return false;
  try {
    return sm2.verifyPublicKey(publicKeyHex);
  } catch {
    return false;
  }
}

function bytesOf(data: SignedData): Uint8Array {
  return typeof data === 'string' ? Buffer.from(data, 'utf8') : data;
}

/**
 * Reads a strict DER `SEQUENCE { r, s }` into r‖s of 128 hex digits. Strict, because the library's
 * own reader accepts trailing bytes and so several texts for one signature.
 */
function readDer(hex: string): string | null {
  if (!/^(?:[0-9a-fA-F]{2})+$/.test(hex)) return null;
  const bytes = Buffer.from(hex, 'hex');
  if (bytes[0] !== 0x30 || bytes[1] !== bytes.length - 2) return null;
  const r = readInteger(bytes, 2);
  const s = r === null ? null : readInteger(bytes, r.end);
  if (r === null || s === null || s.end !== bytes.length) return null;
  return r.hex + s.hex;
}

function readInteger(bytes: Buffer, at: number): { hex: string; end: number } | null {
  const length = bytes[at + 1] ?? 0;
  const end = at + 2 + length;
  const first = bytes[at + 2] ?? 0xff;
  if (bytes[at] !== 0x02 || length < 1 || length > 33 || end > bytes.length) return null;
  const negative = first >= 0x80;
  const padded = length > 1 && first === 0 && (bytes[at + 3] ?? 0) < 0x80;
  if (negative || padded) return null;
  const value = BigInt(`0x${bytes.toString('hex', at + 2, end)}`);
  if (value === 0n || value >= CURVE_ORDER) return null;
  return { hex: value.toString(16).padStart(64, '0'), end };
}
