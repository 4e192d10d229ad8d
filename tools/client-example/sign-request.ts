/**
 * Ready client for 回流 Huiliu's open interface, contract HL-SIGN-1 (部门报送客户端示例).
 * Copy this file into your own system; besides Node 20+ it needs only `sm-crypto-v2` for SM2.
 */
import { createHash, createHmac, randomBytes } from 'node:crypto';
import { sm2 } from 'sm-crypto-v2';

/** The key an application was given, or the private key whose public half it registered. */
export type SigningKey =
  | { readonly algorithm: 'HMAC-SM3'; readonly secret: string }
  | { readonly algorithm: 'SM2'; readonly privateKey: string };

export interface RequestToSign {
  readonly app: string;
  readonly key: SigningKey;
  /** Path with query, without host: `/open/v1/deaths`. */
  readonly path: string;
  /** Event number of a single report, batch number of a batch. */
  readonly eventId: string;
  /** The very bytes that will be sent. */
  readonly body: string;
  readonly now?: Date;
  readonly nonce?: string;
}

/** User id of every SM2 signature here. @source GM/T 0009 */
const SM2_UID = '1234567812345678';

/** Makes the headers of a signed POST request. */
export function signRequest(request: RequestToSign): Record<string, string> {
  const { app, key, path, eventId, body } = request;
  const timestamp = String(Math.floor((request.now ?? new Date()).getTime() / 1000));
  // A new one for every request, also when the same event is sent again.
  const nonce = request.nonce ?? randomBytes(16).toString('hex');
  const digest = createHash('sm3').update(body, 'utf8').digest('hex');
  const text = ['POST', path, app, timestamp, nonce, digest].join('\n');
  return {
    'content-type': 'application/json',
    'x-hl-app': app,
    'x-hl-event-id': eventId,
    'x-hl-timestamp': timestamp,
    'x-hl-nonce': nonce,
    'x-hl-digest': digest,
    'x-hl-signature': sign(key, text),
  };
}

function sign(key: SigningKey, text: string): string {
  if (key.algorithm === 'HMAC-SM3') {
    return `hmac-sm3:${createHmac('sm3', key.secret).update(text).digest('hex')}`;
  }
  const bytes = Buffer.from(text, 'utf8');
  const options = { der: true, hash: true, userId: SM2_UID };
  return `sm2:${sm2.doSignature(bytes, key.privateKey, options)}`;
}
