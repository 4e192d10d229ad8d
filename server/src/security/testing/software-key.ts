import {
  createHash,
  generateKeyPairSync,
  type JsonWebKey,
  type KeyObject,
  randomBytes,
  sign,
} from 'node:crypto';
import { isoCBOR } from '@simplewebauthn/server/helpers';

/** What a browser or a key may get wrong, or an attacker change. */
export interface Twist {
  readonly origin?: string;
  readonly rpId?: string;
  readonly challenge?: string;
  readonly type?: string;
  /** The key asked neither for its PIN nor for a finger. */
  readonly unverified?: boolean;
  /** What the key says it has signed before; it counts by itself otherwise. */
  readonly counter?: number;
  /** Form of the attestation; nobody asks for any but `none`. */
  readonly format?: string;
}

/** A security key made of software, as tests hold it: ECDSA on P-256, one credential. */
export interface SoftwareKey {
  readonly credentialId: string;
  /** Answers a registration (`navigator.credentials.create`), as the page would send it. */
  create(options: { challenge: string }, twist?: Twist): CreatedKey;
  /** Answers a proof (`navigator.credentials.get`). */
  answer(options: { challenge: string }, twist?: Twist): AnsweredKey;
}

export interface CreatedKey {
  readonly credential_id: string;
  readonly client_data: string;
  readonly attestation: string;
  readonly transports: string[];
}

export interface AnsweredKey {
  readonly credential_id: string;
  readonly client_data: string;
  readonly authenticator_data: string;
  readonly signature: string;
}

const PRESENT = 0x01;
const VERIFIED = 0x04;
const ATTESTED = 0x40;
const text = (bytes: Uint8Array) => Buffer.from(bytes).toString('base64url');
const sha256 = (bytes: string | Uint8Array) => createHash('sha256').update(bytes).digest();

/** Makes a key for the pages of an origin. */
export function openSoftwareKey(home: { origin: string; rpId: string }): SoftwareKey {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const id = randomBytes(32);
  let signed = 0;
  const clientData = (type: string, challenge: string, twist: Twist) =>
    Buffer.from(
      JSON.stringify({
        type: twist.type ?? type,
        challenge: twist.challenge ?? challenge,
        origin: twist.origin ?? home.origin,
        crossOrigin: false,
      }),
    );
  const authenticatorData = (twist: Twist, attested: Uint8Array = Buffer.alloc(0)) => {
    signed += 1;
    const flags =
      PRESENT | (twist.unverified === true ? 0 : VERIFIED) | (attested.length > 0 ? ATTESTED : 0);
    const head = Buffer.alloc(5);
    head.writeUInt8(flags, 0);
    head.writeUInt32BE(twist.counter ?? signed, 1);
    return Buffer.concat([sha256(twist.rpId ?? home.rpId), head, attested]);
  };
  return {
    credentialId: text(id),
    create: ({ challenge }, twist = {}) => {
      const attestation = new Map<string, unknown>([
        ['fmt', twist.format ?? 'none'],
        ['attStmt', new Map()],
        ['authData', new Uint8Array(authenticatorData(twist, attestedKey(id, publicKey)))],
      ]);
      return {
        credential_id: text(id),
        client_data: text(clientData('webauthn.create', challenge, twist)),
        attestation: text(isoCBOR.encode(attestation as never)),
        transports: ['usb'],
      };
    },
    answer: ({ challenge }, twist = {}) => {
      const seen = clientData('webauthn.get', challenge, twist);
      const data = authenticatorData(twist);
      return {
        credential_id: text(id),
        client_data: text(seen),
        authenticator_data: text(data),
        signature: text(sign('sha256', Buffer.concat([data, sha256(seen)]), privateKey)),
      };
    },
  };
}

/** The part of authenticator data that names a new credential. @source WebAuthn 6.5.1 */
function attestedKey(id: Buffer, publicKey: KeyObject): Buffer {
  const { x = '', y = '' } = publicKey.export({ format: 'jwk' }) as JsonWebKey;
  const cose = isoCBOR.encode(
    new Map<number, number | Uint8Array>([
      ...([[1, 2]] as const),
      ...([[3, -7]] as const),
      ...([[-1, 1]] as const),
      [-2, new Uint8Array(Buffer.from(x, 'base64url'))],
      [-3, new Uint8Array(Buffer.from(y, 'base64url'))],
    ]) as never,
  );
  const length = Buffer.alloc(2);
  length.writeUInt16BE(id.length);
  return Buffer.concat([Buffer.alloc(16), length, id, cose]);
}
