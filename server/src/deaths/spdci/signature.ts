import { createHash, hash } from 'node:crypto';
import type { AppAlgorithm, KnownApp, Verifier } from '../apps/index.ts';
import { type Envelope, type Json, Refusal } from './envelope.ts';

const WINDOW_S = 300;
/** A signature that outlives its message by more than this is refused. */
const LONGEST_S = 3_600;
const DEEPEST = 64;

const ALGORITHMS: Readonly<Record<string, AppAlgorithm>> = {
  sm2: 'SM2',
  'hmac-sm3': 'HMAC-SM3',
  ed25519: 'ED25519',
};

/**
 * Checks the signature of a message: `Signature: namespace="spdci", kidId="sender|key|algorithm",
 * algorithm=…, created=…, expires=…, headers="(created) (expires) digest", signature=base64`. What is
 * signed are the two times and the digest of `{header, message}` as RFC 8785 writes it: SM3 for the
 * national algorithms, SHA-256 for Ed25519. @throws Refusal
 */
export function checkSignature(envelope: Envelope, app: KnownApp, now: Date): void {
  const { signature, header, message } = envelope;
  if (signature === null || signature === '') {
    throw new Refusal(401, 'err.signature.missing', '报文没有签名');
  }
  const wrong = (): Refusal => new Refusal(401, 'err.signature.invalid', '签名不正确或已过期');
  const parts = partsOf(signature);
  const algorithm = ALGORITHMS[parts.algorithm ?? ''];
  const [kidSender, , kidAlgorithm] = (parts.kidId ?? '').split('|');
  const created = Number(parts.created);
  const expires = Number(parts.expires);
  const seconds = now.getTime() / 1000;
  const inTime =
    Number.isSafeInteger(created) &&
    Number.isSafeInteger(expires) &&
    created <= seconds + WINDOW_S &&
    expires >= seconds &&
    expires - created <= LONGEST_S;
  const sameSender = kidSender === app.appId && kidAlgorithm === parts.algorithm;
  if (algorithm === undefined || !inTime || !sameSender) throw wrong();
  if (parts.headers !== '(created) (expires) digest') throw wrong();
  const text = signedContent({ header, message }, parts.algorithm ?? '', created, expires);
  const bytes = Buffer.from(parts.signature ?? '', 'base64');
  // One text for one signature: base64 that is written otherwise is another text.
  if (bytes.toString('base64') !== parts.signature) throw wrong();
  const keys = app.keysAt(now).filter((key) => key.algorithm === algorithm);
  if (!keys.some((key) => key.isSignatureOf(text, bytes.toString('hex')))) throw wrong();
}

/** Makes the signature field of a message of ours; null when there is no key of ours to sign with. */
export function makeSignature(
  content: { readonly header: Json; readonly message: Json },
  app: KnownApp,
  now: Date,
): string | null {
  const key = app
    .keysAt(now)
    .find(
      (each): each is Verifier & { makeSignature(text: string): string } =>
        each.makeSignature !== null,
    );
  if (key === undefined) return null;
  const created = Math.floor(now.getTime() / 1000);
  const expires = created + WINDOW_S;
  const made = key.makeSignature(signedContent(content, 'hmac-sm3', created, expires));
  return writeSignature({
    ...{ sender: app.appId, keyNo: key.keyNo, algorithm: 'hmac-sm3', created, expires },
    signature: Buffer.from(made, 'hex').toString('base64'),
  });
}

/** Writes the field as the protocol's example does. */
export function writeSignature(field: {
  readonly sender: string;
  readonly keyNo: number;
  readonly algorithm: string;
  readonly created: number;
  readonly expires: number;
  readonly signature: string;
}): string {
  const { sender, keyNo, algorithm, created, expires, signature } = field;
  return [
    `Signature: namespace="spdci", kidId="${sender}|${keyNo}|${algorithm}", algorithm="${algorithm}"`,
    `created="${created}", expires="${expires}", headers="(created) (expires) digest"`,
    `signature="${signature}"`,
  ].join(', ');
}

/** The text that is signed. */
export function signedContent(
  content: { readonly header: Json; readonly message: Json },
  algorithm: string,
  created: number,
  expires: number,
): string {
  const bytes = jcs(content);
  const digest =
    algorithm === 'ed25519'
      ? `SHA-256=${createHash('sha256').update(bytes).digest('base64')}`
      : `SM3=${hash('sm3', bytes, 'base64')}`;
  return `(created): ${created}\n(expires): ${expires}\ndigest: ${digest}`;
}

/** JSON with sorted keys and the numbers of ECMAScript. @source RFC 8785 */
export function jcs(value: unknown, depth = 0): string {
  if (depth > DEEPEST) throw new Refusal(400, 'err.request.bad', `报文嵌套超过 ${DEEPEST} 层`);
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  if (Array.isArray(value)) return `[${value.map((each) => jcs(each, depth + 1)).join(',')}]`;
  const members = Object.entries(value)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, each]) => `${JSON.stringify(name)}:${jcs(each, depth + 1)}`);
  return `{${members.join(',')}}`;
}

function partsOf(signature: string): Readonly<Record<string, string>> {
  const given = signature.replace(/^Signature:\s*/, '');
  const parts: Record<string, string> = {};
  for (const [, name = '', value = ''] of given.matchAll(/(\w+)="([^"]{0,400})"/g)) {
    // A part given twice could be read in two ways: the last reading must not win silently.
    if (name in parts) return {};
    parts[name] = value;
  }
  return parts;
}
